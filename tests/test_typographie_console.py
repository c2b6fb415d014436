"""French typography of what is said on a console, and what is left as it is because it may be typed again."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from console import AUDIT, Console
from hypothesis import given
from hypothesis import strategies as st

from certif_rules.blocs.typographie import plain, prose, with_days
from certif_rules.cli.messages import issue_lines, message
from certif_rules.errors import Issue, Location


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("le 2026-05-28.", "le 28 mai 2026."),
        ("(2024-09-01 – 2027-08-31) : hors", "(1er septembre 2024 – 31 août 2027) : hors"),
        ("« 2026-05-28 » n’est pas", "« 2026-05-28 » n’est pas"),
        ("donner --date 2026-05-28", "donner --date 2026-05-28"),
        ("depot=2026-05-28", "depot=2026-05-28"),
        ("arrete-2019-06-06 et V-2019-06-06.yaml", "arrete-2019-06-06 et V-2019-06-06.yaml"),
        ("constats/2026-05-28 et 2026-05-28.json", "constats/2026-05-28 et 2026-05-28.json"),
        ("2026-05-28T10:00, 2026-13-45", "2026-05-28T10:00, 2026-13-45"),
    ],
)
def test_a_day_in_a_sentence_is_read_not_decoded(typed: str, read: str) -> None:
    """What people read has its month in letters; what they type again is as they type it."""
    assert plain(with_days(typed)) == read
    assert plain(prose(typed)).replace("’", "'") == read.replace("’", "'")


#: A label audit long after the last known recognition, and a lifting before the audit.
APRES = ("certifregion", "--type", "initial", "--date", "2031-05-28", "--categorie", "AF")
ISO = re.compile(r"(?<![\w=/.«-])\d{4}-\d\d-\d\d(?![\w-])")


@pytest.mark.parametrize("format_", ["table", "md", "html"])
def test_no_document_for_people_has_an_iso_day_in_its_sentences(call: Console, format_: str) -> None:
    """The warnings name the periods known in letters; the same JSON keeps its values."""
    reponse = call("checklist", *APRES, "--format", format_, "-o", "-")
    shown = plain(re.sub(r"<script.*?</script>|<[^>]+>", " ", reponse.out.decode(), flags=re.DOTALL))
    assert "hors de la reconnaissance connue" in shown
    assert ISO.findall(shown) == []
    assert ISO.findall(plain(reponse.err)) == []
    data = call("checklist", *APRES, "--format", "json").json
    assert data["audit"]["date"] == "2031-05-28"


def test_an_error_names_its_days_in_letters(call: Console, tmp_path: Path) -> None:
    """The day of the earlier audit and that of the audit, in words; the hint stays as it is typed."""
    wrong = {"type": "initial", "date": "2025-09-01"}
    profil = {"format": 1, "referentiel": "qualiopi", "audit": {"type": "surveillance", "date": "2025-03-18"}}
    profil |= {"organisme": {"categories": ["AF"]}, "precedent": wrong}
    path = tmp_path / "profil.json"
    path.write_text(json.dumps(profil), encoding="utf-8")
    err = plain(call("checklist", "--profil", path).err)
    assert "l’audit précédent (1er septembre 2025) est après l’audit (18 mars 2025)" in err.replace("'", "’")


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        (
            "L'audit : « oui » ; œuvre, 5 % !",
            "L’audit\u00a0: «\u00a0oui\u00a0»\u202f; œuvre, 5\u00a0%\u202f!",
        ),
        ("vouliez-vous dire « l'un » ?", "vouliez-vous dire «\u00a0l'un\u00a0»\u202f?"),
        ("n° 5 et sans n° ", "n°\u00a05 et sans n° "),
        ("« Fin de l'audit »", "«\u00a0Fin de l’audit\u00a0»"),
        ("« L'un : « d'eux » »", "«\u00a0L’un\u00a0: «\u00a0d'eux\u00a0»\u00a0»"),
        ("lire dossier/l'an/c.json et l'an.json", "lire dossier/l'an/c.json et l'an.json"),
        ("C:\\l'an et l'an", "C:\\l'an et l’an"),
        ("ajouter --l'option ou {type: x}; écrire a: b", "ajouter --l'option ou {type: x}; écrire a: b"),
        ("https://exemple.invalid/l'a?b=1;c sha256:0a'b", "https://exemple.invalid/l'a?b=1;c sha256:0a'b"),
    ],
)
def test_a_message(said: str, printed: str) -> None:
    """A message gets French spaces and apostrophes, once."""
    assert message(said) == printed
    assert message(printed) == printed


@given(st.text("aé1 :;!?«»%€'’./-\u00a0\u202f", max_size=30))
def test_a_message_keeps_its_words(said: str) -> None:
    """Blanks and apostrophes change, nothing is added nor lost."""
    assert plain(message(said)).replace("'", "’") == plain(said).replace("'", "’")


def test_places_and_codes_are_left_as_they_are() -> None:
    """Typography never alters a path or a code, which are copied."""
    place = Location("l'an ; 2024/a : b.yaml", 3, 5)
    issue = Issue("code-donne", "l'un : deux", place, "d'ici ?", ((place, "l'autre ;"),))
    assert issue_lines(issue) == [
        "l'an ; 2024/a : b.yaml:3:5: code-donne: l’un\u00a0: deux",
        "    → d’ici\u202f?",
        "    l'an ; 2024/a : b.yaml:3:5: l’autre\u202f;",
    ]


#: Audit rules of that day were not read: the warning quotes their title.
UNREAD = ("qualiopi", "--type", "initial", "--date", "2021-03-18", "--categorie", "AF")


def _warned(call: Console, folder: Path) -> str:
    return call("checklist", *UNREAD, "-o", folder / "g.html").printed


def _concluded(call: Console, folder: Path) -> str:
    path = folder / "c.json"
    call("lire", _grid(call, folder), "-o", path)
    return call("conclure", path).out.decode()


def _read(call: Console, folder: Path) -> str:
    return call("lire", _grid(call, folder, UNREAD)).printed


def _grid(call: Console, folder: Path, audit: tuple[str, ...] = AUDIT) -> Path:
    path = folder / "grille.json"
    call("checklist", *audit, "-o", path)
    return path


@pytest.mark.parametrize("said", [_warned, _read])
def test_a_warning_that_quotes_data(call: Console, tmp_path: Path, said: Callable[..., str]) -> None:
    """A title of a layer is typed with straight apostrophes; it is read with French ones."""
    words = re.sub("[ \n]+", " ", said(call, tmp_path))
    assert "couche_non_lue\u00a0: " in words
    assert "(modalités d’audit)" in words
    assert "d'audit" not in words


def test_a_note_of_a_layer_on_a_console(call: Console, tmp_path: Path) -> None:
    """What the texts are worth is typed with plain blanks; it is read with French ones."""
    words = re.sub("[ \n]+", " ", _concluded(call, tmp_path))
    assert "note_de_couche\u00a0: " in words
    assert "son jour d’entrée en vigueur n’a pas été lu" in words
    assert "reformulées\u202f; seul" in words
    assert "n'a" not in words


def test_json_keeps_the_data(call: Console, tmp_path: Path) -> None:
    """The JSON gives texts as the data have them."""
    path = tmp_path / "c.json"
    call("lire", _grid(call, tmp_path), "-o", path)
    found = call("conclure", path, "--format", "json").json["avertissements"]
    assert "d'entrée en vigueur n'a pas" in json.dumps(found, ensure_ascii=False)


def test_errors_have_typography(call: Console) -> None:
    """An error is printed in French typography."""
    reponse = call("checklist", "qualiopy", *AUDIT[1:])
    assert reponse.status == 2
    assert "vouliez-vous dire «\u00a0qualiopi\u00a0»\u202f?" in reponse.printed


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "dire «\u00a0qualiopi\u00a0»\u202f?"),
        ("cp1252", "dire «\u00a0qualiopi\u00a0» ?"),
    ],
)
def test_a_poor_console_gets_plain_blanks(encoding: str, said: str) -> None:
    """The narrow blank has no form in cp1252: an ordinary one stands for it, never « ? »."""
    command = [sys.executable, "-m", "certif_rules", "checklist", "qualiopy", *AUDIT[1:]]
    env = {**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, capture_output=True, check=False, env=env)
    assert said in done.stderr.decode(encoding)
