"""Every input of the program, fed with bytes that nobody wrote: each ends in an answer or in issues.

By hand, for as long as one likes: ``uv run --group fuzz python benchmarks/fuzz.py csv -max_total_time=600``.
There, atheris drives the bytes by the branches that they reach; ``tests/test_fuzz.py`` makes a minute of the
same inputs by their grammar.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from msgspec import Struct

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.demande import Demande, from_profile, merge, read_profile
from certif_rules.audit.precedent import read_precedent
from certif_rules.audit.textes import completed, read_textes
from certif_rules.echanges import checklist as echange
from certif_rules.echanges.champs import as_bytes
from certif_rules.errors import Issue, IssuesError
from certif_rules.grilles import autodiagnostic, csv, ods, xlsx
from certif_rules.habillage.fichier import read_habillage
from certif_rules.plugins.registry import Registry
from certif_rules.services.atelier import Atelier, open_atelier
from certif_rules.services.autodiagnostic import make_grid, synthesis
from certif_rules.services.checklist import make_checklist
from certif_rules.services.conclusion import conclude_file
from certif_rules.services.dossier import open_file
from certif_rules.services.lecture import read_grids
from certif_rules.services.population import parse_population
from certif_rules.services.reponses import read_answers
from certif_rules.services.validation import validate
from certif_rules.source.entree import ENTREE, FichierDonne

ROOT = Path(__file__).parent.parent
#: Most characters of a message, of what to do, of the words of another place.
LONGEST = 2_300
#: Every code of an error that is explained to people.
CODES = set(re.findall(r"(?m)^\| `([a-z]+(?:-[a-z]+)*)` \|", (ROOT / "docs/codes.md").read_text("utf-8")))
#: The layers whose files are spoilt, one at a time.
COUCHES = ROOT / "plugins/certifregion/certif_rules_certifregion/donnees"

FAITS = {"sous_traitance": True, "certifiante": {"AF": False, "VAE": True}, "alternance": False}
PROFIL: dict[str, Any] = {
    "format": 1,
    "referentiel": "certifregion",
    "audit": {"type": "initial", "date": "2024-03-15", "mode": "sur_site"},
    "organisme": {
        "nom": "Organisme", "siren": "123456782", "nda": "76310000000", "chiffre_affaires": "320 000",
        "categories": ["AF", "VAE"], "faits": FAITS,
        "sites": [{"id": "S1", "commune": "Toulouse", "region": "Occitanie"}],
    },
    "ajouts": {"categories": ["CFA"], "sites": ["S2"]},
    "precedent": {
        "type": "initial", "date": "2023-01-10", "indicateurs_audites": ["1", "2"],
        "constats": {"2": "nc_mineure"}, "leves": ["2"], "ecarts": {"2": {"enonce": "Rien"}},
    },
    "certificats": {"qualiopi": {"notification": "2022-05-12", "echeance": "2025-05-12"}},
    "dossier": {
        "depot": "2024-01-22", "reponses": {"detention": "aucun"},
        "pieces": {"adresse_site": True, "immatriculation": {"expire_le": "2024-02-20"}},
        "devis": [{"auditeur": "maieutika", "montant": "3200,50", "duree_jours": "2,5", "signe": "oui"}],
    },
}  # fmt: skip
TEXTES = {
    "format": 1,
    "sources": {"REF": {"titre": "Référentiel complet", "reference": "page 12"}},
    "indicateurs": [
        {
            "code": "A",
            "titre": "Un titre",
            "preuves": [{"texte": "x", "sources": ["REF"]}],
            "sources": ["REF"],
        }
    ],
}
HABILLAGE = {
    "format": 1, "emetteur": "Corps", "annotations": {"point_fort": "Atout"},
    "phrases_de_fin": {"rapport": "Fin."},
    "logo": {"fichier": "logo.svg", "texte": "Le corps", "largeur": 30},
}  # fmt: skip
LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" width="40" height="20"><defs>'
    b'<linearGradient id="a"><stop offset="0" stop-color="#123"/></linearGradient></defs>'
    b'<rect width="40" height="20"'
    b' fill="url(#a)" style="stroke: red"/><path d="M0 0 L10 10 Z" transform="scale(2)"/></svg>'
)
AUDIT: dict[str, Any] = {
    "format": 1, "referentiel": "qualiopi", "audit": {"type": "initial", "date": "2024-03-18"},
    "organisme": {"categories": ["AF"], "faits": {"sous_traitance": False}, "sites": [{"id": "S1"}]},
}  # fmt: skip


class Entree(Struct, frozen=True):
    """An input: bytes that it takes, and all that reads them, each of which must hold the law."""

    exemple: Callable[[], bytes]
    lectures: tuple[Callable[[bytes], object], ...]


@cache
def atelier() -> Atelier:
    """Return the plugins that are installed, and their registry."""
    return open_atelier()


def registry() -> Registry:
    """Return the registry of what is installed."""
    return atelier().registry


# ---- what reads them -------------------------------------------------------------------------------------


def piped(content: bytes, name: str = ENTREE) -> FichierDonne:
    """Give a content as the standard input does."""
    return FichierDonne(name, content, Path())


def profil(content: bytes) -> None:
    """Make the checklist that a profile asks for, as a program reads it."""
    echange.render(make_checklist(registry(), read_profile(piped(content))))


def dossier(content: bytes) -> None:
    """Study the application that a profile tells of."""
    open_file(registry(), read_profile(piped(content)))


def conclure(content: bytes) -> None:
    """Conclude from findings."""
    conclude_file(registry(), piped(content))


def precedent(content: bytes) -> None:
    """Take findings for those of an earlier audit."""
    earlier = Demande(precedent=read_precedent(piped(content)), date="2025-09-01", type_audit="surveillance")
    make_checklist(registry(), merge(from_profile(AUDIT), earlier))


def lire(content: bytes) -> None:
    """Read a grid, or the export of a form, from a pipe."""
    read_grids(registry(), [piped(content)])


def valider(content: bytes) -> None:
    """Check a file by itself: its kind is told by its keys."""
    with tempfile.TemporaryDirectory() as folder:
        _validate(Path(folder), Path("a.yaml"), content)


def textes(content: bytes) -> None:
    """Complete a référentiel with the texts of a body."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "corps.yaml")
        path.write_bytes(content)
        completed(registry().resolve("certifregion", day="2024-03-15").referentiel, read_textes(path))


def habillage(content: bytes, logo: bytes | None = None) -> None:
    """Read the dress of a body, with its picture."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "corps.yaml").write_bytes(content)
        Path(folder, "logo.svg").write_bytes(LOGO if logo is None else logo)
        read_habillage(Path(folder, "corps.yaml"))


def logo(content: bytes) -> None:
    """Read the picture of a body."""
    habillage(json.dumps(HABILLAGE).encode(), content)


def reponses(content: bytes, name: str = "-") -> None:
    """Make the synthesis of the answers of a self-assessment."""
    synthesis(registry(), read_answers(piped(content, name)), Demande())


def couche(name: str, content: bytes) -> None:
    """Check a plugin one of whose files is this one."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(COUCHES, folder, dirs_exist_ok=True)
        _validate(Path(folder), Path(name), content)


def population(content: bytes, depuis: str | None = None) -> None:
    """Read the names that a sample is drawn from."""
    parse_population(content, "p.txt", depuis=depuis)


def _validate(folder: Path, name: Path, content: bytes) -> None:
    (folder / name).write_bytes(content)
    issues = validate([folder], atelier().plugins.donnees, here=folder).problemes
    if issues:
        raise IssuesError(issues)


# ---- what they take --------------------------------------------------------------------------------------


@cache
def checklist() -> Checklist:
    """Return the checklist whose grids are spoilt."""
    return make_checklist(registry(), from_profile(AUDIT))


def constats() -> dict[str, Any]:
    """Return findings with everything that people say of them."""
    due = [li.indicateur.id for li in checklist().lignes if li.etat == "a_auditer"]
    blank: list[dict[str, Any]] = [{"id": line, "constat": "a_evaluer"} for line in due]
    first, second, *others = blank
    first |= {
        "constat": "nc_mineure", "commentaire": "Vu", "preuves_vues": ["Une"], "annotations": ["point_fort"],
        "echantillons": ["s1"], "evalue_par": "AD", "evalue_le": "2024-03-18", "leve_le": "2024-05-01",
        "leve_par": "BE", "ecart": {"enonce": "Rien", "plan_recu_le": "2024-04-01"},
    }  # fmt: skip
    second |= {
        "constat": "nc_mineure", "commentaire": "Vu",
        "par_site": [{"site": "S1", "constat": "nc_mineure", "commentaire": "Vu"}],
        "a_accorder": [{"champ": "commentaire", "valeurs": [{"valeur": "Vu", "de": "un.json", "par": "AD"}]}],
    }  # fmt: skip
    return {
        **AUDIT, "constats": [first, second, *others], "ecarts_notifies_le": "2024-03-29",
        "seances": [{"date": "2024-03-18", "site": "S1", "debut": "09:00", "fin": "12:00"}],
        "personnes": [{"role": "auditeur", "initiales": "AD"}],
        "echantillons": [{"id": "E1", "taille": 1, "graine": "7", "liste": ["s1"]}],
        "evaluation": {"par": ["AD"], "le": "2024-03-20"}, "decision": {"par": "BE", "le": "2024-03-29"},
        "a_revoir": [{"raison": "ligne ôtée", "id": "qualiopi/7", "constat": "conforme"}],
        "textes": {"nom": "corps.yaml", "empreinte": "sha256:" + "0" * 64},
        "habillage": {"emetteur": "Corps"}, "precedent": PROFIL["precedent"],
        "dossier": {"depot": "2024-01-22"},
    }  # fmt: skip


def _json(data: Callable[[], Any]) -> Callable[[], bytes]:
    return lambda: json.dumps(data(), ensure_ascii=False).encode()


def _couche(name: str) -> Entree:
    return Entree((COUCHES / name).read_bytes, (partial(couche, name),))


ENTREES: Mapping[str, Entree] = {
    "profil": Entree(_json(lambda: PROFIL), (profil, dossier, valider)),
    "constats": Entree(_json(constats), (conclure, precedent, lire, valider)),
    "textes": Entree(_json(lambda: TEXTES), (textes, valider)),
    "habillage": Entree(_json(lambda: HABILLAGE), (habillage, valider)),
    "logo": Entree(lambda: LOGO, (logo,)),
    "reponses": Entree(
        lambda: as_bytes(autodiagnostic.unanswered(make_grid(registry(), from_profile(AUDIT)))), (reponses,)
    ),
    "reponses_csv": Entree(
        lambda: autodiagnostic.render_csv(make_grid(registry(), from_profile(AUDIT))),
        (partial(reponses, name="a.csv"),),
    ),
    "population": Entree(
        "Un;2024-02-01\nDeux\t2023-12-31\n".encode, (population, partial(population, depuis="2024-01-01"))
    ),
    "exigence": _couche("exigence/V5/ajouts.yaml"),
    "regles": _couche("regles/presentation-2023/types-audit.yaml"),
    "vie": _couche("regles/presentation-2023/vie/dossier.yaml"),
    "json": Entree(lambda: echange.render(checklist()), (lire, valider)),
    "csv": Entree(lambda: csv.render(checklist()), (lire,)),
    "xlsx": Entree(lambda: xlsx.render(checklist()), (lire,)),
    "ods": Entree(lambda: ods.render(checklist()), (lire,)),
}


# ---- the law ---------------------------------------------------------------------------------------------


def try_on(entree: Entree, content: bytes) -> list[Issue]:
    """Return the issues of every reading of these bytes.

    Raises:
        AssertionError: an issue that is not explained to people, that says nothing, or too much.
    """
    issues: list[Issue] = []
    for read in entree.lectures:
        try:
            read(content)
        except IssuesError as error:
            issues += error.issues
    for issue in issues:
        assert issue.code in CODES, issue
        words = [issue.message, *([issue.hint] if issue.hint else []), *(text for _, text in issue.related)]
        assert all(0 < len(text) <= LONGEST for text in words), issue
        assert "Error" not in issue.message, issue
    return issues


def main() -> int:
    """Fuzz one input until something breaks, or as long as the options of libFuzzer say."""
    if len(sys.argv) < 2 or sys.argv[1] not in ENTREES:
        print(f"usage : fuzz.py {{{','.join(ENTREES)}}} [options de libFuzzer, dossier de départ]")
        return 2
    try:
        import atheris
    except ImportError:
        print("atheris n’est pas installé : uv run --group fuzz python benchmarks/fuzz.py …")
        return 2
    entree = ENTREES[sys.argv.pop(1)]
    with tempfile.TemporaryDirectory() as corpus:
        Path(corpus, "exemple").write_bytes(entree.exemple())
        atheris.instrument_all()
        atheris.Setup([*sys.argv, corpus], partial(try_on, entree))
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
