"""Files with odd values: refused with a message, or read by every page; never a fault of the program."""

from __future__ import annotations

import os
import random
from typing import Any

import pytest
from espaces import begun, plain, sent
from msgspec.structs import replace

from certif_rules.echanges.archive import Colis, read_archive, write_archive
from certif_rules.journal.evenements import DEBUT, Contenu, Inscription, contained, sealed

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


def addresses(root: str) -> list[str]:
    """Every address of an audit that is opened as a page, without what is made in another process."""
    from certif_rules.web.adresses import urlpatterns

    routes = [str(one.pattern) for one in urlpatterns]
    prefix = "dossier/<uuid:identifiant>"
    return [
        root + one.removeprefix(prefix) for one in routes if one.startswith(prefix) and one.count("<") == 1
    ]


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
