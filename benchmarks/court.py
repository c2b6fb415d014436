"""The figures that matter, in half a minute: each must stay under a limit that a doubling passes.

    uv run python benchmarks/court.py              1 when a limit is passed
    uv run python benchmarks/court.py --doubler    does everything twice: 1 when a limit does not see it
    uv run python benchmarks/court.py --relever    writes in court.json the figures that limits are drawn from

A figure is a ratio: the processor time of our work over that of a known work, which takes turns with it. That
known work is Python’s own (``repere``), or the import of click for a command. A limit stands between what was
noted and its double: what became faster is noted again, or its doubling would pass unseen.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import random
import re
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import jugement
import partage as mesure_partage
from chronos import environment, seconds, spent
from demarrage import CHECKLIST, DECOUVERTE
from lot import COLONNES, population
from msgspec import Struct
from synthetiques import CATEGORIES, JOUR, lines, registry_of, write_plugin
from travaux import GRILLE

from certif_rules.audit import partage
from certif_rules.cli import run
from certif_rules.echanges.checklist import render
from certif_rules.grilles import xlsx
from certif_rules.plugins import couche
from certif_rules.plugins.cache import Cache
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.plugins.registry import Registry
from certif_rules.rules.contexte import Contexte, Organisme
from certif_rules.services.atelier import open_atelier
from certif_rules.services.checklist import build, make_checklist

#: The figures that were noted, and by how much one may be passed.
RELEVES = Path(__file__).with_name("court.json")
MARGE = 1.5
TOURS = 5
LIGNES = 200


class Chiffre(Struct, frozen=True):
    """Our work and the known work that it is held against; both return seconds."""

    nom: str
    nous: Callable[[], float]
    repere: Callable[[], float]


def repere() -> object:
    """Do some of what Python does everywhere: make records, sort them, join and search texts."""
    rows = [{"id": str(n * 7919 % 3001), "texte": f"ligne {n}", "sources": ["S", n]} for n in range(3000)]
    rows.sort(key=lambda row: str(row["id"]))
    text = " ".join(f"{row['id']}:{row['texte']}" for row in rows)
    return len(re.findall(r"\b\d+:ligne", text)), json.dumps(rows), text.split()


def alone(action: Callable[[], object]) -> float:
    """Return the seconds of an action in a process that has read no layer yet."""
    couche._parsed.cache_clear()
    return seconds(action)


def quiet(*arguments: str | Path) -> None:
    """Run a command in this process.

    Raises:
        RuntimeError: it failed.
    """
    said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()) as messages:
        status = run([str(argument) for argument in arguments])
    if status:
        raise RuntimeError(messages.getvalue())


def chiffres(folder: Path) -> list[Chiffre]:
    """Return every figure; what they read is written in ``folder``."""
    env = environment(folder)

    def command(*arguments: str) -> Callable[[], float]:
        return lambda: spent([sys.executable, *arguments], env, folder)

    def inside(nom: str, action: Callable[[], object]) -> Chiffre:
        return Chiffre(nom, lambda: alone(action), lambda: seconds(repere))

    click = command("-c", "import click")
    made = [
        Chiffre("--help", command("-m", "certif_rules", "--help"), click),
        Chiffre("rapport --help", command("-m", "certif_rules", "rapport", "--help"), click),
        Chiffre("checklist", command(*CHECKLIST), command("-c", DECOUVERTE)),
    ]
    donnees = write_plugin(folder / "site", "essai", *lines(LIGNES))
    compiled = Registry([("essai", Donnees(dossier=donnees))], cache=Cache(folder / "essai"))
    compiled.resolve("essai", day=JOUR)

    def again() -> object:
        known = Registry([("essai", Donnees(dossier=donnees))], cache=Cache(folder / "essai"))
        return known.resolve("essai", day=JOUR)

    resolution = registry_of("essai", donnees).resolve("essai", day=JOUR)
    contexte = Contexte(
        type_audit="essai/initial", date=date.fromisoformat(JOUR), organisme=Organisme(categories=CATEGORIES)
    )

    def first() -> object:
        partage._PARTAGES.clear()
        return build(resolution, contexte)

    made += [
        inside(
            f"lire {LIGNES} lignes en YAML", lambda: registry_of("essai", donnees).resolve("essai", day=JOUR)
        ),
        inside(f"lire {LIGNES} lignes compilées", lambda: [again() for _ in range(5)]),
        inside(f"checklist de {LIGNES} lignes, la première", first),
        inside(f"valider {LIGNES} lignes", lambda: quiet("valider", donnees)),
    ]
    registry = open_atelier().registry
    label = registry.resolve("certifregion", day=JOUR)
    chance = random.Random(7)  # noqa: S311 - draws examples, the same each time
    drawn = [mesure_partage.drawn(label.referentiel, chance) for _ in range(100)]

    def shared(contextes: list[Contexte]) -> list[object]:
        partage._PARTAGES.clear()
        return [build(label, contexte) for contexte in contextes]

    made += [
        inside("100 checklists de contextes différents", lambda: shared(drawn)),
        inside("leur JSON, pour 40", lambda: [render(build(label, contexte)) for contexte in drawn[:40]]),
        inside(
            "conclusion sur plusieurs mesures",
            lambda: jugement.milliseconds(jugement.JUGEMENTS["plusieurs"], 300),
        ),
    ]
    grille = make_checklist(registry, GRILLE)
    book, findings = folder / "grille.xlsx", folder / "constats.json"
    book.write_bytes(xlsx.render(grille))
    quiet("lire", book, "-o", findings)
    asked = ("certifregion", "--type", "initial", "--date", JOUR, "--categorie", "AF")
    made += [
        inside("XLSX", lambda: xlsx.render(grille)),
        inside("lire une grille", lambda: quiet("lire", book, "-o", findings, "--remplacer")),
        inside("conclure", lambda: quiet("conclure", findings)),
        *(
            inside(f"checklist en {kind}", partial(quiet, "checklist", *asked, "--format", kind, "-o", "-"))
            for kind in ("html", "md", "csv", "ods", "docx")
        ),
        inside("rapport en html", lambda: quiet("rapport", findings, "--format", "html", "-o", "-")),
    ]
    (folder / "colonnes.yaml").write_text(COLONNES, encoding="utf-8")
    population(folder / "of.csv", 3_000)
    out = ("-o", folder / "of.jsonl", "--remplacer")
    audit = ("qualiopi", "--type", "initial", "--date", JOUR, "--colonnes", folder / "colonnes.yaml")
    made += [
        inside("lot de 3 000 organismes", lambda: quiet("lot", folder / "of.csv", *audit, *out)),
        inside("dénombrer 3 000 organismes", lambda: quiet("denombrer", folder / "of.csv", *audit)),
    ]
    return made


def figure(chiffre: Chiffre, *, twice: bool) -> float:
    """Return the least time of ours over the least of the known work, after a turn that is forgotten."""
    ours, known = [], []
    for _ in range(TOURS + 1):
        known.append(chiffre.repere())
        ours.append(chiffre.nous() + (chiffre.nous() if twice else 0))
    return min(ours[1:]) / min(known[1:])


def main() -> int:
    """Measure, print, and compare with the limits."""
    parser = argparse.ArgumentParser(
        description="Les vitesses qui comptent, et ce que doublerait une lenteur."
    )
    parser.add_argument("mot", nargs="?", default="", help="ce que le nom d’un chiffre contient (tous)")
    parser.add_argument(
        "--doubler", action="store_true", help="tout faire deux fois : chaque limite doit le voir"
    )
    parser.add_argument("--relever", action="store_true", help="noter ces chiffres dans court.json")
    options = parser.parse_args()
    noted: dict[str, float] = json.loads(RELEVES.read_text(encoding="utf-8")) if RELEVES.is_file() else {}
    values = {}
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'':42}{'chiffre':>10}{'limite':>10}")
        for chiffre in (one for one in chiffres(Path(folder)) if options.mot in one.nom):
            value = values[chiffre.nom] = figure(chiffre, twice=options.doubler)
            limit = noted.get(chiffre.nom, 0) * MARGE
            failed = (value > limit) is not options.doubler
            wrong += failed
            note = (
                ("  non vue" if options.doubler else "  dépassée") if failed and not options.relever else ""
            )
            print(f"{chiffre.nom:42}{value:10.2f}{limit:10.2f}{note}", flush=True)
    if options.relever:
        content = json.dumps(
            noted | {nom: round(value, 2) for nom, value in values.items()}, ensure_ascii=False, indent=1
        )
        RELEVES.write_text(f"{content}\n", encoding="utf-8", newline="\n")
        return 0
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
