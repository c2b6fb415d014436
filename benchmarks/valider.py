"""How long ``valider`` takes: a thousand lines at once, then, as ``--surveiller``, after one file was saved.

The data are the made-up référentiel of the tests, with as many lines more as asked; measured in a process
that started already, by processor time.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from certif_rules.plugins import couche
from certif_rules.services.empreintes import write_digests
from certif_rules.services.validation import validate

ACCUEIL = Path(__file__).resolve().parent.parent / "tests" / "exemples" / "accueil" / "donnees"
#: The most seconds accepted: of the first check, of one after a save.
VISES = (1.0, 0.2)
LIGNE = """\
  - code: "{0}"
    critere: "2"
    titre: Demande de la sorte {0}
    exigence: Chaque demande de la sorte {0} reçoit une réponse écrite.
    portee:
      - {{categories: [SUR, TEL], sources: [R]}}
    confiance: moyenne
    sources: [R]
"""


def made(folder: Path, lignes: int) -> Path:
    """Write the référentiel with that many lines more, a file each hundred; return one of its files."""
    shutil.copytree(ACCUEIL, folder)
    contenu = folder / "exigence" / "2024" / "contenu.yaml"
    contenu.write_text(contenu.read_text(encoding="utf-8").partition("controles:")[0], encoding="utf-8")
    codes = range(10, lignes + 10)
    for start in codes[::100]:
        text = "format: 1\nindicateurs:\n" + "".join(
            LIGNE.format(i) for i in codes if start <= i < start + 100
        )
        (contenu.parent / f"lignes-{start}.yaml").write_text(text, encoding="utf-8")
    audits = folder / "regles" / "2024" / "audits.yaml"
    permis = ", ".join(f'"{i}"' for i in codes)
    text = audits.read_text(encoding="utf-8").replace('lignes: ["3"]', f'lignes: ["3", {permis}]')
    audits.write_text(text, encoding="utf-8")
    write_digests([folder], [], here=folder, jour="2026-01-01", raison="Lignes de la mesure")
    return contenu


def main() -> int:
    """Print both times; fail where one is over what is aimed at, if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=1000, help="lines")
    parser.add_argument("--seuils", action="store_true", help="fail over what is aimed at")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        first, folder = Path(name) / "autre", Path(name) / "donnees"
        made(first, 1)
        validate([first], [], here=first)  # the program has started: schemas and libraries are loaded
        contenu = made(folder, options.n)
        couche.forget()  # what writing the digests left in memory
        times = []
        for turn in range(4):
            contenu.write_text(contenu.read_text(encoding="utf-8") + f"# {turn}\n", encoding="utf-8")
            start = time.process_time()
            validation = validate([folder], [], here=folder)
            times.append(time.process_time() - start)
            assert not validation.problemes
    saved = min(times[1:])
    print(f"{options.n} lignes : {times[0]:.2f} s, puis {saved:.3f} s après un enregistrement")
    return int(options.seuils and (times[0] > VISES[0] or saved > VISES[1]))


if __name__ == "__main__":
    sys.exit(main())
