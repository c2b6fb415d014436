"""``valider --surveiller``: checked again at each save, until Ctrl-C, at the price of what changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from console import Console
from exemples_fautes import ACCUEIL

from certif_rules.services import surveillance
from certif_rules.services.surveillance import changes


def acts(monkeypatch: pytest.MonkeyPatch, *steps: Callable[[], object]) -> None:
    """In the place of each pause, one of these; then Ctrl-C."""
    left: Iterator[Callable[[], object]] = iter(steps)

    def pause() -> None:
        step = next(left, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    monkeypatch.setattr(surveillance, "pause", pause)


def test_a_file_written_made_or_removed_is_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three changes and two looks at nothing: three times, and once at the start."""
    file = tmp_path / "a.yaml"
    other = tmp_path / "sous" / "b.yaml"
    file.write_text("a: 1\n", encoding="utf-8")
    other.parent.mkdir()
    acts(
        monkeypatch,
        lambda: None,
        lambda: file.write_text("a: 12\n", encoding="utf-8"),
        lambda: None,
        lambda: other.write_text("b: 1\n", encoding="utf-8"),
        file.unlink,
    )
    seen: list[None] = []
    with pytest.raises(KeyboardInterrupt):
        seen.extend(changes([tmp_path]))
    assert len(seen) == 4


def test_the_command_checks_again_and_ends_without_a_trace(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Right, spoilt, mended: three checks, the fault told once; the status is that of the last."""
    shutil.copytree(ACCUEIL, tmp_path / "accueil")
    monkeypatch.chdir(tmp_path)
    call = Console(capfdbinary, monkeypatch)
    path = tmp_path / "accueil" / "donnees" / "guide" / "1" / "lignes.yaml"
    right = path.read_text(encoding="utf-8")

    def write(text: str) -> Callable[[], object]:
        return lambda: path.write_text(text, encoding="utf-8")

    acts(monkeypatch, write(right.replace("preuves", "preuve")), write(right))
    reponse = call("valider", "accueil", "--surveiller")
    assert (reponse.status, "Traceback" in reponse.err) == (0, False)
    assert reponse.text.count("cle-inconnue") == 1
    assert [line for line in reponse.err.splitlines() if "fichiers lus" in line] == [
        "14 fichiers lus, 0 problème.",
        "14 fichiers lus, 2 problèmes.",
        "14 fichiers lus, 0 problème.",
    ]
    acts(monkeypatch, write(right.replace("preuves", "preuve")))
    assert call("valider", "accueil", "--surveiller").status == 1


@pytest.mark.parametrize("options", [["--ecrire-empreintes"], ["--format", "json"]])
def test_what_it_does_not_go_with(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    """It writes nothing, and prints for people."""
    reponse = Console(capfdbinary, monkeypatch)("valider", str(ACCUEIL), "--surveiller", *options)
    assert (reponse.status, "--surveiller" in reponse.err) == (2, True)
