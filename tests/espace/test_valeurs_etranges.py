"""Files with odd values: refused with a message, or read by every page; never a fault of the program."""

from __future__ import annotations

import os
import random
from typing import Any

import pytest
from espaces import PROFIL, addresses, begun, plain, sent
from msgspec.structs import replace

from certif_rules.echanges.archive import Colis, read_archive, write_archive
from certif_rules.journal.evenements import DEBUT, Contenu, Endroit, Inscription, contained, sealed
from certif_rules.plugins.empreinte import digest

pytest.importorskip("django")

#: What a field may be given by whoever writes a file by hand.
ETRANGES: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, 1.5, "", "x", "a\x00b", "2024-99-99", [], [1], [[None]], ["x", "x"], {},
    {"x": 1}, {"le": 3, "par": 7}, [{"x": [1]}], {"": None}, "m" * 500,
)  # fmt: skip


def altered(colis: Colis, rank: int, value: Any) -> bytes:
    """The archive with what one event gives replaced, its chain made again."""
    content = contained(value, sel=f"sel{rank}")
    events: list[Inscription] = []
    seal = DEBUT
    for place, one in enumerate(colis.evenements):
        changed = replace(one, apres=content.empreinte) if place == rank else one
        events.append(sealed(changed, seal))
        seal = events[-1].empreinte
    named = {digest for one in events for digest in (one.apres, one.raison)}
    known: dict[str, Contenu] = {**colis.contenus, content.empreinte: content}
    contents = {digest: one for digest, one in known.items() if digest in named}
    return write_archive(replace(colis, evenements=tuple(events), contenus=contents))


def walked(navigateur: Any, content: bytes, nom: str) -> list[str]:
    """The addresses that answered by a fault of the program, once a file is taken up."""
    navigateur.raise_request_exception = False
    response = navigateur.post("/reprendre", {"fichier": sent(content, nom)})
    if response.status_code >= 500:
        return ["/reprendre"]
    if response.status_code != 302:
        return []
    root = str(response.headers["Location"]).split("?")[0].rpartition("/")[0]
    pages = ["/", "/moi", *addresses(root)]
    return [page for page in pages if navigateur.get(page).status_code >= 500]


def example(navigateur: Any) -> Colis:
    """The archive of the example."""
    from certif_rules.web import transport
    from certif_rules.web.pages.commun import atelier, consult

    dossier = transport.begun_example(atelier(), "auditeur")
    return read_archive(transport.packed(dossier, consult(dossier.pk).chantier), "a.zip")


def tried(navigateur: Any, colis: Colis, seed: int, count: int) -> list[Any]:
    """What answered by a fault, of so many archives with one value altered."""
    from certif_rules.web import models

    drawing = random.Random(seed)
    faulty = []
    for _ in range(count):
        rank, value = drawing.randrange(len(colis.evenements)), drawing.choice(ETRANGES)
        models.DossierSuivi.objects.all().delete()
        if pages := walked(navigateur, altered(colis, rank, value), "a.zip"):
            faulty.append((colis.evenements[rank].cle, repr(value)[:60], pages))
    return faulty


def test_an_archive_with_an_odd_value_is_refused_or_read(navigateur: Any) -> None:
    """One value altered at a time, anywhere: no page is a fault of the program."""
    n = int(os.environ.get("FUZZ_N", "6"))
    assert tried(navigateur, example(navigateur), int(os.environ.get("FUZZ_SEED", "1")), n) == []


def test_a_finding_in_a_word_of_no_rule_is_refused(navigateur: Any) -> None:
    """No page could say it: the archive is refused, with the line and the words that exist."""
    colis = example(navigateur)
    rank = next(n for n, one in enumerate(colis.evenements) if one.cle.champ == "constat")
    from certif_rules.web import models

    models.DossierSuivi.objects.all().delete()
    response = navigateur.post("/reprendre", {"fichier": sent(altered(colis, rank, "parfait"), "a.zip")})
    assert response.status_code == 422
    assert "« parfait » n’est pas un constat de ce référentiel" in plain(response)
    assert "conforme" in plain(response)
    assert not models.DossierSuivi.objects.exists()


@pytest.mark.parametrize(
    ("genre", "champ", "ligne", "valeur"),
    [
        ("note", "cree_le", "n1", "hier"),
        ("preuve", "vu_le", "n1", "hier"),
        ("preuve", "reference", "n1", 3),
        ("autodiagnostic", "nom", "n1", "sans contenu"),
        ("acte", "rapport", "n1", {"version": "x"}),
        ("acte", "relu", "", {"comite": "hier"}),
        ("creneau", "jour", "n1", "hier"),
        ("creneau", "debut", "n1", 3),
    ],
)
def test_a_thing_of_the_workspace_is_refused_or_read(
    navigateur: Any, genre: Any, champ: str, ligne: str, valeur: Any
) -> None:
    """An archive that gives a proof, an act or a slot what no page gives is refused, or every page opens."""
    from certif_rules.journal.evenements import Endroit
    from certif_rules.web import depot, models, transport
    from certif_rules.web.pages.commun import consult

    root = begun(navigateur)
    dossier = models.DossierSuivi.objects.get(pk=root.rpartition("/")[2])
    chantier = consult(dossier.pk).chantier
    depot.record(dossier.pk, [depot.Don(Endroit(genre, champ, ligne), valeur)], "p-1", base=99)
    dossier.refresh_from_db()
    content = transport.packed(dossier, chantier)
    dossier.delete()
    assert walked(navigateur, content, "audit.zip") == []


def given(colis: Colis, *said: tuple[Endroit, Any]) -> bytes:
    """The archive with events after its own, its chain made again."""
    events, contents = list(colis.evenements), dict(colis.contenus)
    for cle, value in said:
        sel = f"sel{len(events)}"
        content = value if isinstance(value, Contenu) else contained(value, sel=sel)
        contents[content.empreinte] = content
        seen = len(events)
        more = replace(events[0], version=seen + 1, cle=cle, apres=content.empreinte, avant="", base=seen)
        events.append(sealed(more, events[-1].empreinte))
    return write_archive(replace(colis, evenements=tuple(events), contenus=contents))


REFUSES: list[tuple[Endroit, Any, str]] = [
    (Endroit("tete", "audit.mode"), 10**30, "attendu : un texte"),
    (Endroit("tete", "audit.type.x"), "x", "n’a pas de place dans un fichier de constats"),
    (Endroit("tete", "constats"), ["x"], "n’a pas de place"),
    (Endroit("tete", "organisme.nom", "qualiopi/1"), "x", "n’a pas de place"),
    (Endroit("ligne", "evalue_par", "qualiopi/1"), [{"id": 1}], "attendu : un texte"),
    (Endroit("ligne", "commentaire", "qualiopi/1"), "a\u202eb", "caractère invisible U+202E"),
    (Endroit("preuve", "cree_le", "p1"), "hier", "preuve p1, cree_le : attendu : un moment"),
    (Endroit("piece", "demande_le", "p2"), "2024-02-30", "attendu : un jour"),
    (Endroit("note", "texte", "n1"), {"x": 1}, "attendu : un texte, oui ou non"),
    (Endroit("acte", "transmis_relecture"), {"comite": "demain"}, "attendu : un jour, ou un moment"),
    (Endroit("acte", "rapport", "r1"), {"version": -1}, "attendu : la version de l’audit"),
    (Endroit("tete", "textes"), {"contenu": 1}, "attendu : des textes"),
]


@pytest.mark.parametrize(("cle", "value", "expected"), REFUSES)
def test_what_no_page_could_show_is_refused_with_its_place(
    navigateur: Any, cle: Endroit, value: Any, expected: str
) -> None:
    """Taken up, or joined to the audit that is here: refused with the field and the cause, nothing kept."""
    from certif_rules.web import models

    models.DossierSuivi.objects.all().delete()
    colis = example(navigateur)
    content = given(colis, (cle, value))
    dossier = models.DossierSuivi.objects.get()
    joined = navigateur.post(f"/dossier/{dossier.pk}/apporter", {"fichier": sent(content, "a.zip")})
    assert joined.status_code == 422
    assert expected in plain(joined)
    assert models.DossierSuivi.objects.get(pk=dossier.pk).version == dossier.version
    models.DossierSuivi.objects.all().delete()
    refused = navigateur.post("/reprendre", {"fichier": sent(content, "a.zip")})
    assert refused.status_code == 422
    assert expected in plain(refused)
    assert not models.DossierSuivi.objects.exists()


def test_a_value_of_too_many_levels_is_refused(navigateur: Any) -> None:
    """Forty lists one within another are read, a thousand are refused, even where a later value came."""
    from certif_rules.web import models

    colis, cle = example(navigateur), Endroit("note", "texte", "n1")
    for levels, status in ((40, 302), (41, 422), (400, 422), (1_000, 422)):
        models.DossierSuivi.objects.all().delete()
        value = Contenu(sel="sel", texte="[" * levels + "]" * levels)
        content = given(colis, (cle, value), (cle, "Vu."))
        response = navigateur.post("/reprendre", {"fichier": sent(content, "a.zip")})
        assert response.status_code == status, levels


def test_what_was_said_once_and_replaced_is_still_shown(navigateur: Any) -> None:
    """An odd value that a later one replaced, a self-assessment that lost its answers: every page opens."""
    from certif_rules.web import models

    colis = example(navigateur)
    mode, name = Endroit("tete", "audit.mode"), Endroit("autodiagnostic", "nom", "a1")
    content = given(colis, (mode, 10**30), (mode, "sur_site"), (name, "reponses.json"))
    models.DossierSuivi.objects.all().delete()
    assert walked(navigateur, content, "a.zip") == []
    assert models.DossierSuivi.objects.exists()


def test_texts_that_no_line_takes_are_told() -> None:
    """Texts carried by findings, for a line that the rules do not have: a fault that names it."""
    from certif_rules.errors import IssuesError
    from certif_rules.services.atelier import open_atelier
    from certif_rules.services.espace import open_work
    from certif_rules.services.reprise import taken_up

    registry = open_atelier().registry
    source = {"titre": "Guide, 3", "reference": "Guide"}
    lines = [{"code": "certifregion/ZZ", "titre": "x", "sources": ["D1"]}]
    contenu = {"format": 1, "sources": {"D1": source}, "indicateurs": lines}
    data = dict(taken_up(registry, "profil", PROFIL).data)
    textes = {"nom": "textes.json", "empreinte": digest(contenu), "contenu": contenu}
    with pytest.raises(IssuesError) as refused:
        open_work(registry, {**data, "textes": textes})
    assert "ZZ" in refused.value.issues[0].message
