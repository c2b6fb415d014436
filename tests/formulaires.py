"""The form in a browser: how it is made, filled, exported and imported by the tests that click through it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fabrique import HOSTILES, LIGNES, checklist, contexte, organisme
from greffons import DONNEES, registry
from msgspec.structs import replace

from certif_rules.audit.demande import Demande, FaitDit
from certif_rules.formulaires import checklist as formulaire
from certif_rules.rules.contexte import Organisme
from certif_rules.services.checklist import make_checklist

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (1280, 360)
NO_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("refused", "SecurityError"); },
});"""
FULL_STORAGE = """const put = Storage.prototype.setItem;
Storage.prototype.setItem = function (key, value) {
  if (value.length > 400) throw new DOMException("full", "QuotaExceededError");
  put.call(this, key, value);
};"""
ISSUES = """async () => {
  const found = await axe.run(document);
  const told = node => `${node.target} ${node.failureSummary}`;
  return found.violations.map(rule => `${rule.id}: ${rule.nodes.map(told).join(" | ")}`);
}"""

#: Out by a fact: the auditor may bring it back with a note.
HORS = replace(
    LIGNES[3],
    indicateur=replace(LIGNES[3].indicateur, id="atelier/6", code="6", numero="6"),
    etat="non_applicable",
)


def document_of(folder: Path, **changes: Any) -> Path:
    """The form of an audit of the shipped data, in this folder."""
    facts = {
        "sous_traitance": True,
        "plus_de_deux_jours": True,
        "formation_a_distance": True,
        "certifiante": False,
    }
    asked = Demande(
        referentiel="certifregion",
        type_audit="initial",
        date="2024-03-18",
        categories=("AF",),
        organisme={"nom": "Organisme d’exemple"},
        faits=tuple(FaitDit(nom, None, valeur) for nom, valeur in facts.items()),
    )
    asked = replace(asked, **changes)
    path = folder / "audit.html"
    path.write_bytes(formulaire.render(make_checklist(registry(**DONNEES), asked)))
    return path


def hostile_of(folder: Path) -> Path:
    """The form of the made-up label, with a line to bring back, and a name that attacks."""
    nom = " ".join(HOSTILES) + "</script><img src=x onerror=alert(1)>" + "x" * 200
    declared = organisme(nom, sites=({"id": nom, "commune": nom},))
    asked = contexte(organisme=Organisme(categories=("MEN",), nom=nom))
    value = checklist(lignes=(*LIGNES, HORS), organisme=declared, contexte=asked)
    path = folder / "hostile.html"
    path.write_bytes(formulaire.render(value))
    return path


def line(page: Any, numero: str) -> Any:
    """The line that bears a number."""
    return page.locator("article").filter(has=page.locator(f"h3 .numero:text-is('{numero}')"))


def choose(page: Any, numero: str, constat: str) -> None:
    line(page, numero).locator(f"input[type=radio][value={constat}]").check()


def field(page: Any, numero: str, champ: str) -> Any:
    """The field of a line, unfolded if it is folded."""
    wanted = line(page, numero).locator(f"[data-champ='{champ}']")
    wanted.first.evaluate(
        "champ => { const volet = champ.closest('details'); if (volet) volet.open = true; }"
    )
    return wanted


def fill(page: Any) -> None:
    """Some of an audit: findings, a comment, evidence, an annotation, a sample."""
    page.get_by_label("Vos initiales").fill("J. D.")
    choose(page, "1", "conforme")
    field(page, "1", "preuves_vues").fill("Site public (12/03)\n\n  Catalogue 2024 ")
    field(page, "1", "echantillons").fill("C-014")
    field(page, "1", "annotations").first.check()
    choose(page, "2", "nc_mineure")
    field(page, "2", "commentaire").fill("<b>Aucun</b> taux d’abandon ; « 5 % » ?")


def exported(page: Any, path: Path) -> Any:
    with page.expect_download() as download:
        page.get_by_role("button", name="Exporter les constats").first.click()
    download.value.save_as(path)
    return json.loads(path.read_text(encoding="utf-8"))


def load(page: Any, path: Path) -> None:
    """Import, and wait until it was read: the field is then emptied."""
    from playwright.sync_api import expect

    page.locator("#fichier").set_input_files(path)
    expect(page.locator("#fichier")).to_have_value("")


def by_id(findings: Any) -> dict[str, Any]:
    return {entry["id"]: entry for entry in findings["constats"]}


def accept(page: Any, *, answer: bool = True) -> list[str]:
    """Answers what the page asks, and keeps the questions."""
    asked: list[str] = []

    def reply(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept() if answer else dialog.dismiss()

    page.on("dialog", reply)
    return asked
