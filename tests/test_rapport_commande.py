"""The command ``rapport``: where it writes, the same bytes, and what people type in its findings is text."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from console import Console, process
from rapports import (
    FORMATS,
    MINEURES,
    a6,
    absent_from,
    changed,
    findings_file,
    pages,
    report_bytes,
    squeezed,
    texte,
)

FORMATS_TRIES = sorted(FORMATS)


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


# ---- the command ----------------------------------------------------------------------------------------


@pytest.mark.lent
@pytest.mark.parametrize("options", [(), ("--fiches",)])
@pytest.mark.parametrize("format_", FORMATS_TRIES)
def test_two_runs_give_the_same_bytes(
    call: Console, tmp_path: Path, format_: str, options: tuple[str, ...]
) -> None:
    """Here and in another process; the digest said is that of the file."""
    path = findings_file(a6(), tmp_path)
    suffix = FORMATS[format_].suffix
    one, two = tmp_path / f"un{suffix}", tmp_path / f"deux{suffix}"
    first = call("rapport", path, "-o", one, *options)
    assert first.status == 0, first.err
    assert first.out == b""
    assert process("rapport", path, "-o", two, *options, env={"PYTHONHASHSEED": "7"}).status == 0
    assert one.read_bytes() == two.read_bytes()
    assert f"sha256:{sha256(one.read_bytes()).hexdigest()}" in first.err
    assert f"{one} : 22 lignes, 4 écarts, 1 élément non renseigné." in first.err


def test_the_sheet_of_the_closing_meeting_alone(call: Console, tmp_path: Path) -> None:
    """The gaps with their dates and the places to sign; no finding by criterion, nor sheet of a gap."""
    sheet = texte(report_bytes(call, a6(), tmp_path, "html", "--cloture"), "html")
    assert "Fichedelaréuniondeclôture" in sheet
    gaps = {"Les tarifs de deux formations sur cinq ne sont ni publiés ni remis.", "29 septembre 2024"}
    assert absent_from(sheet, gaps | {"Signature"}) == set()
    assert "Constatsparcritère" not in sheet
    assert "Fichedenonconformité" not in sheet
    both = call("rapport", findings_file(a6(), tmp_path), "--fiches", "--cloture")
    assert both.status == 2
    assert "en garder un, puis demander l’autre" in both.err


def test_where_it_goes(call: Console, tmp_path: Path) -> None:
    """Text goes to standard output; what is not text, when it is written so, and never over the findings."""
    path = findings_file(a6(), tmp_path)
    assert call("rapport", path).out.startswith(b"<!DOCTYPE html>")
    piped = call("rapport", "-", "--format", "html", stdin=path.read_text(encoding="utf-8"))
    assert piped.out == call("rapport", path).out
    refused = call("rapport", path, "--format", "pdf")
    assert (refused.status, refused.codes, refused.out) == (2, ["sortie-requise"], b"")
    assert call("rapport", path, "--format", "pdf", "-o", "-").out.startswith(b"%PDF")
    assert call("rapport", path, "-o", tmp_path / "r.odt").codes == ["format-inconnu"]
    assert call("rapport", path, "--format", "pfd", "-o", "-").codes == ["format-inconnu"]
    before = path.read_bytes()
    over = call("rapport", path, "--format", "html", "-o", path, "--remplacer")
    assert (over.status, over.codes) == (2, ["fichier-existant"])
    assert path.read_bytes() == before


def test_no_gap_no_sheet(call: Console, tmp_path: Path) -> None:
    """Without any gap, the sheets alone say that there is none."""
    data = a6()
    data["constats"] = [entry | {"constat": "conforme", "ecart": {}} for entry in data["constats"]]
    found = texte(report_bytes(call, data, tmp_path, "html", "--fiches"), "html")
    assert squeezed("Aucun écart n’est relevé") in found
    assert "Fichedenonconformité–" not in found


# ---- typed text is never code ---------------------------------------------------------------------------

HOSTILE = [
    '<script>alert("x")</script>', "<img src=x onerror=alert(1)>", "]]></w:t><w:br/>", "&amp; &lt;b&gt;",
    '#read("/etc/passwd") $x$ *gras* _it_ @ref <label> \\ #import "x"', "`#eval`", "=1+1", "@SUM(1)",
    "%{env.HOME}", "{{ 7*7 }}", "[lien](javascript:alert(1))", "\x1b[31mrouge\x07", "droite\u202egauche",
]  # fmt: skip


def hostile(value: Any, text: str) -> Any:
    """Every text people type becomes ``text`` added to what it was; ids, dates and codes stay."""
    kept = {"id", "constat", "site", "date", "le", "debut", "fin", "mode", "categorie", "empreinte", "objet",
            "plan_recu_le", "plan_accepte_le", "annotations", "categories", "sites", "faits"}  # fmt: skip
    if isinstance(value, dict):
        return {k: v if k in kept else hostile(v, text) for k, v in value.items()}
    if isinstance(value, list):
        return [hostile(v, text) for v in value]
    return f"{value} {text}" if isinstance(value, str) else value


@pytest.mark.parametrize("format_", FORMATS_TRIES)
def test_people_are_protected(call: Console, tmp_path: Path, format_: str) -> None:
    """Names, addresses and numbers of the report’s own parts are warned about, or replaced everywhere."""
    data = a6(
        personnes=[{"role": "Personne rencontrée", "nom": "Élodie Martin", "initiales": "É. M."}],
        evaluation={"par": "Paul Roy", "le": "2024-03-29"},
        decision={"par": "Zoé Petit", "le": "2024-05-06", "motif": "Joindre zoe.petit@exemple.fr"},
        desaccords=["Appeler le 06 12 34 56 78."],
    )
    secrets = {"Élodie Martin", "Paul Roy", "Zoé Petit", "zoe.petit@exemple.fr", "06 12 34 56 78"}
    parts = ("personnes.nom", "evaluation.par", "decision.par", "decision.motif", "desaccords")
    path = findings_file(data, tmp_path)
    plain = call("rapport", path, "-o", tmp_path / f"clair{FORMATS[format_].suffix}")
    assert [part for part in parts if f"rapport, « {part} » contient" not in plain.err] == []
    assert not [secret for secret in secrets if secret in plain.err]
    hidden = call("rapport", path, "--pseudonymiser", "--format", format_, "-o", "-")
    assert hidden.status == 0, hidden.err
    found = texte(hidden.out, format_)
    assert {secret for secret in secrets if squeezed(secret) in found} == set()
    assert {"[nom]", "[courriel]", "[téléphone]"} == {
        r for r in ("[nom]", "[courriel]", "[téléphone]") if r in found
    }
    assert absent_from(found, {"É. M.", *MINEURES.values()}) == set()
    assert "Pseudonymisé" in hidden.err
    same = findings_file(data | {"decision": {"par": "ROY Paul"}}, tmp_path)
    assert call("rapport", same, "--pseudonymiser").codes == ["decision-par-evaluateur"]


def test_sensitive_lines_and_retention(call: Console, tmp_path: Path) -> None:
    """A line that may reveal health carries its warning, its sheet too; how long records are kept is said."""
    data = changed("26", constat="nc_majeure", commentaire="Aucun réseau mobilisé.")
    warned = squeezed("notes")
    page = report_bytes(call, data, tmp_path).decode()
    rows = [row for row in re.findall(r"<tr\b.*?</tr>", page, re.DOTALL) if "Pièce P-" in row]
    assert [re.findall(r"Pièce P-(\d+)", row)[0] for row in rows if "Santé" in row] == ["26"]
    sheets = pages(report_bytes(call, data, tmp_path, "pdf", "--fiches"))
    assert ["Donnéessensibles" in sheet for sheet in sheets] == [False, False, False, True, False]
    assert warned in sheets[3]
    assert squeezed("Combien de temps se gardent les dossiers") in texte(page.encode(), "html")


@pytest.mark.parametrize("format_", FORMATS_TRIES)
def test_typed_text_is_text(call: Console, tmp_path: Path, format_: str) -> None:
    """Whatever is typed, anywhere, comes out as it was typed, but for what acts without being seen."""
    # Control characters that no keyboard types are refused with their place, in any file.
    text = re.sub("[\x1b\x07]", "", "\n".join(HOSTILE))
    data = a6()
    whole = {k: v for k, v in data.items() if k in ("format", "referentiel", "audit", "ecarts_notifies_le")}
    typed = hostile({k: v for k, v in data.items() if k not in whole}, text)
    content = report_bytes(call, {**typed, **whole}, tmp_path, format_)
    found = texte(content, format_)
    visible = {re.sub(r"\x1b|\x07|\u202e", "", h) for h in HOSTILE}
    assert absent_from(found, visible) == set()
    assert not set("\x1b\x07\u202e") & set(found)
    assert "root:" not in found
    if format_ == "html":
        page = content.decode()
        assert "<script>alert" not in page
        assert "<img" not in page
        assert 'javascript:alert(1)"' not in page
