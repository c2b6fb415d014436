"""The contradictions and silences of the presentation: each is listed, and told where it matters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from console import Console
from greffons import registry
from regimes import open_regime

from certif_rules.audit.demande import Demande
from certif_rules.cli import COMMANDS
from certif_rules.model.vie import Incoherence


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


def _known() -> Mapping[str, Incoherence]:
    """The contradictions of the label, by name."""
    vie = open_regime(registry(), Demande(referentiel="certifregion")).propre
    assert vie is not None
    return vie.incoherences


KNOWN = _known()
CERTIFICAT = "certificats: {qualiopi: {notification: 2022-11-30, echeance: 2025-11-30}}\n"


def test_none_is_lost() -> None:
    """Thirty-eight were found; each has its reading or its question, and its slides."""
    assert set(KNOWN) == {f"INC-{n:02}" for n in range(1, 39)}
    for incoherence in KNOWN.values():
        assert incoherence.lecture or incoherence.question, incoherence.id
        assert any(source.startswith("S") for source in incoherence.sources), incoherence.id


def test_the_commands_they_name_are_ours() -> None:
    """A misspelt command would tell nobody."""
    assert {commande for i in KNOWN.values() for commande in i.commandes} - set(COMMANDS) == set()


def test_those_that_no_command_tells_are_few_and_known() -> None:
    """History of the label, an old address, a lost figure: no answer changes with them."""
    assert {nom for nom, i in KNOWN.items() if not i.commandes} == {"INC-23", "INC-24", "INC-25", "INC-33"}


def test_the_act_of_recognition_is_dated_and_numbered() -> None:
    """INC-24: slide 5 gives the day of the meeting alone; another source numbers and dates the act."""
    act = KNOWN["INC-24"]
    assert act.sources == ("S05", "certifopac-cr")
    assert "n° 2022-12-406 du 15 décembre 2022" in act.texte
    assert "14 décembre 2022" in act.texte
    assert KNOWN["INC-23"].sources == ("S05", "S06", "ref-2020")


# ---- one command lists them all -------------------------------------------------------------------------


def test_one_command_lists_every_contradiction(call: Console) -> None:
    """With its slides, the reading chosen or the question left open, and the commands that tell it."""
    (edition,) = call("referentiels", "certifregion", "--format", "json").json["editions"]
    listed = {value["id"]: value for value in edition["incoherences"]}
    assert listed == {
        i.id: {
            "referentiel": "certifregion",
            "id": i.id,
            "texte": i.texte,
            "lecture": i.lecture,
            "question": i.question,
            "sources": list(i.sources),
            "commandes": list(i.commandes),
        }
        for i in KNOWN.values()
    }
    assert {source for i in KNOWN.values() for source in i.sources} <= set(edition["sources"])


@pytest.mark.lent
@pytest.mark.parametrize("nom", KNOWN)
def test_it_is_read_in_the_table(call: Console, nom: str) -> None:
    """The same, in words, for who reads a terminal."""
    i = KNOWN[nom]
    text = _flat(call("referentiels", "certifregion", "--detail").out.decode())
    entry = re.search(rf"- {nom} \(.*?(?=- INC-|faits à renseigner)", text)
    assert entry is not None
    said = entry.group()
    assert f"- {nom} ({', '.join(i.sources)}) : {_flat(i.texte)}" in said
    assert (f"lecture : {_flat(i.lecture)}" in said) if i.lecture else ("lecture :" not in said)
    assert (f"question : {_flat(i.question)}" in said) if i.question else ("question :" not in said)
    shown = (
        f"montrée par : {', '.join(i.commandes)}" if i.commandes else "ne change la réponse d’aucune commande"
    )
    assert said.rstrip().endswith(shown)


def test_without_detail_they_are_counted(call: Console) -> None:
    """And how to read them is said; a référentiel whose sources do not contradict themselves says nothing."""
    text = _flat(call("referentiels", "certifregion").out.decode())
    assert "incohérences des sources : 38 (--detail les liste)" in text
    assert "INC-01 (" not in text
    assert "incohérences des sources" not in call("referentiels", "qualiopi", "--detail").text


def _flat(text: str) -> str:
    """On one line, with plain spaces: typography and folding set aside."""
    return re.sub(r"\s+", " ", text)


# ---- each command tells those that touch it -------------------------------------------------------------

#: Situations that, together, meet all of what the presentation says.
AUDITS = {
    "initial": "",
    "complementaire": CERTIFICAT,
    "extension": "ajouts: {categories: [VAE]}\n",
    "surveillance": "precedent: {type: initial}\n",
    "surveillance sur documents": f"{CERTIFICAT}precedent: {{type: complementaire}}\n",
    "renouvellement": f"{CERTIFICAT}precedent: {{type: complementaire}}\n",
}
CYCLES = (
    "accord=2023-01-01 audit_initial=2023-05-31 ecarts_notifies_le=2023-06-02 comite=2023-08-31",
    "audit_complementaire=2023-05-31 comite=2023-08-31 echeance_qualiopi=2025-05-31",
)
Calls = Iterator[tuple[str | Path, ...]]


def _profiles(folder: Path) -> Iterator[Path]:
    for nom, more in AUDITS.items():
        profil = folder / f"{nom}.yaml"
        profil.write_text(
            f"format: 1\nreferentiel: certifregion\n"
            f"audit: {{type: {nom.split()[0]}, date: 2024-06-20}}\norganisme: {{categories: [AF]}}\n{more}",
            encoding="utf-8",
        )
        yield profil


def _checklist(folder: Path) -> Calls:
    for profil in _profiles(folder):
        yield "checklist", "--profil", profil


def _dossier(folder: Path) -> Calls:
    for profil in _profiles(folder):
        yield "dossier", "--profil", profil
        yield "dossier", "--profil", profil, "--attribution"


def _duree(folder: Path) -> Calls:
    for profil in _profiles(folder):
        yield "duree", "--profil", profil


def _autodiagnostic(folder: Path) -> Calls:
    reponses = folder / "reponses.yaml"
    profil = next(_profiles(folder))
    reponses.write_text("format: 1\nreponses: [{id: F, niveau: 1}]\n", encoding="utf-8")
    yield "autodiagnostic", "--profil", profil, "--reponses", reponses


def _calendrier(folder: Path) -> Calls:
    for cycle in CYCLES:
        events = [word for event in cycle.split() for word in ("--evenement", event)]
        yield "calendrier", "certifregion", *events, "--comites", "2023-08-31"


def _conclure(folder: Path) -> Calls:
    constats = folder / "constats.yaml"
    constats.write_text(
        "format: 1\nreferentiel: {id: certifregion, edition: V5}\n"
        "audit: {type: complementaire, date: 2024-06-20}\n"
        f"organisme: {{categories: [AF], faits: {{formation_a_distance: false}}}}\n{CERTIFICAT}"
        "constats: [{id: certifregion/E, constat: nc_mineure, commentaire: Sol glissant.}]\n",
        encoding="utf-8",
    )
    yield "conclure", constats


CALLS: Mapping[str, Callable[[Path], Calls]] = {
    "autodiagnostic": _autodiagnostic,
    "calendrier": _calendrier,
    "checklist": _checklist,
    "conclure": _conclure,
    "dossier": _dossier,
    "duree": _duree,
}
#: The format for people: the longest that the command writes on a terminal.
TEXTE = {"checklist": "md"}
TOLD = [(commande, nom) for nom, i in KNOWN.items() for commande in i.commandes]


@pytest.fixture(scope="module")
def heard() -> dict[str, tuple[str, str]]:
    """What each command has said, as text and as JSON, filled as it is called."""
    return {}


@pytest.mark.lent
@pytest.mark.parametrize(("commande", "nom"), TOLD)
def test_a_command_tells_those_that_touch_it(
    call: Console, tmp_path: Path, heard: dict[str, tuple[str, str]], commande: str, nom: str
) -> None:
    """Whoever uses it reads it by its number, in one of the situations at least, in both forms."""
    if commande not in heard:
        heard[commande] = _texts(call, tmp_path, commande)
    texte, donnees = heard[commande]
    assert nom in texte
    assert nom in donnees


def _texts(call: Console, folder: Path, commande: str) -> tuple[str, str]:
    said: dict[str, list[str]] = {}
    for arguments in CALLS[commande](folder):
        for key in (TEXTE.get(commande, "table"), "json"):
            reponse = call(*arguments, "--format", key)
            assert reponse.status == 0, reponse.err
            said.setdefault(key, []).append(reponse.out.decode())
    texte, donnees = said.values()
    return "\n".join(texte), "\n".join(donnees)


@pytest.mark.lent
def test_one_that_a_command_lists_is_told_with_what_it_says(call: Console, tmp_path: Path) -> None:
    """Where a command lists contradictions, each comes whole, as data and in words: reading and question.

    In words, an award is asked for by ``--attribution``; as data, it is always there.
    """
    for commande in ("calendrier", "dossier", "duree", "autodiagnostic"):
        calls = list(CALLS[commande](tmp_path))
        texte = _flat(" ".join(call(*arguments).out.decode() for arguments in calls))
        listed = {}
        for arguments in calls:
            for value in call(*arguments, "--format", "json").json["incoherences"]:
                i = listed.setdefault(value["id"], KNOWN[value["id"]])
                assert (value["texte"], value["lecture"], value["question"]) == (
                    i.texte,
                    i.lecture,
                    i.question,
                )
        said = [_flat(w) for i in listed.values() for w in (i.texte, i.lecture, i.question) if w]
        assert said, commande
        assert [words for words in said if words not in texte] == [], commande
