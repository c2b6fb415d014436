"""A population in a CSV: the lines due to each, how many owe each line, a work taken up again."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from console import Console
from greffons import registry

from certif_rules.audit.demande import Demande, FaitDit
from certif_rules.errors import Issue
from certif_rules.services import travail
from certif_rules.services.checklist import make_checklist
from certif_rules.services.lot import Lot, as_data
from certif_rules.services.organismes import Organisation, organisations, read_correspondance
from certif_rules.source.parties import parts_of
from certif_rules.source.schema import check

COLONNES = """\
format: 1
organisme: {nom: denomination, siren: siren, nda: nda}
categories: {AF: certif.AF, CFA: certif.CFA}
faits: {sous_traitance: st}
"""
CSV = """\
nda;denomination;siren;certif.AF;certif.CFA;st
00123456789;Élan;732829320;true;false;oui
00000000002;Nord;732829321;VRAI;true;
00000000003;Sud;;0;1;non
"""
AUDIT = ("qualiopi", "--type", "initial", "--date", "2024-03-18")


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with three organisations, and what their columns say."""
    (tmp_path / "of.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "c.yaml").write_text(COLONNES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows(content: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in content.splitlines()]


def test_each_organisation_has_its_own_lines(call: Console, folder: Path) -> None:
    """Subcontracting said, not said, denied: 27 is due, to confirm, neither; numbers keep their zeros."""
    reponse = call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml")
    assert reponse.status == 0, reponse.err
    one, two, three = rows(reponse.out)
    assert [row["rang"] for row in (one, two, three)] == [2, 3, 4]
    assert (one["nda"], one["nom"], one["categories"]) == ("00123456789", "Élan", ["AF"])
    assert (two["categories"], three["categories"]) == (["AF", "CFA"], ["CFA"])
    assert "qualiopi/27" in one["a_auditer"]
    assert "qualiopi/27" in two["a_confirmer"]
    assert "qualiopi/27" not in (*three["a_auditer"], *three["a_confirmer"])
    assert [row["avertissements"] for row in (one, two, three)] == [[], ["siren_faux"], []]
    assert "siren" not in three
    assert [check(row, "sortielot") for row in (one, two, three)] == [[], [], []]


def test_a_row_is_the_checklist_of_its_organisation(folder: Path) -> None:
    """Whatever was answered before: the same states as the checklist asked for that organisation alone."""
    by = read_correspondance(Path("c.yaml"))
    commun = Demande(referentiel="certifregion", type_audit="initial", date="2024-03-18")
    lot = Lot(registry(), commun, by, "of.csv")
    for organisation in organisations(Path("of.csv"), by):
        assert isinstance(organisation, Organisation)
        alone = make_checklist(
            registry(),
            Demande(
                referentiel="certifregion",
                type_audit="initial",
                date="2024-03-18",
                categories=organisation.categories or (),
                faits=tuple(FaitDit(nom, None, value) for nom, value in organisation.faits),
            ),
        )
        answer = lot.answer(organisation)
        assert not isinstance(answer, list)
        assert answer.checklist.lignes == alone.lignes
        due = [ligne.indicateur.id for ligne in alone.lignes if ligne.etat == "a_auditer"]
        assert as_data(answer)["a_auditer"] == due


def test_wrong_rows_are_told_and_the_others_answered(call: Console, folder: Path) -> None:
    """Too few cells, a word that is neither, no category, a quote: each with its line; the rest goes on."""
    wrong = '1;X\n1;X;;peut-être;;\n1;X;;non;non;\n1;"X" Y;;oui;;\n'
    Path("of.csv").write_text(CSV + wrong + "9;Est;;x;;\n", encoding="utf-8")
    reponse = call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml")
    assert reponse.status == 1
    assert [row["rang"] for row in rows(reponse.out)] == [2, 3, 4, 9]
    assert [line.split(": ")[0] for line in reponse.err.splitlines() if "rangee-illisible" in line] == [
        "of.csv:5:1", "of.csv:6:1", "of.csv:7:1", "of.csv:8:1",
    ]  # fmt: skip
    assert "« peut-être », dans la colonne « certif.AF », n’est ni vrai ni faux" in reponse.err


def test_all_the_faults_of_a_row_are_told_at_once(call: Console, folder: Path) -> None:
    """A word that is neither in two columns and a control character; no category and a bad fact: each."""
    wrong = "1;X\x07;;peut-être;1;bof\n2;Y;;non;non;si\n3;Z\x07;;oui;;\n"
    Path("of.csv").write_text(CSV + wrong, encoding="utf-8")
    reponse = call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml")
    told = [line for line in reponse.err.splitlines() if line.startswith("of.csv:")]
    neither = "n’est ni vrai ni faux"
    control = "le caractère invisible U+0007, dans la colonne « denomination », n’est pas admis"
    assert told == [
        f"of.csv:5:1: rangee-illisible: {control}",
        f"of.csv:5:1: rangee-illisible: « bof », dans la colonne « st », {neither}",
        f"of.csv:5:1: rangee-illisible: « peut-être », dans la colonne « certif.AF », {neither}",
        "of.csv:6:1: rangee-illisible: aucune catégorie",
        f"of.csv:6:1: rangee-illisible: « si », dans la colonne « st », {neither}",
        f"of.csv:7:1: rangee-illisible: {control}",
    ]
    assert reponse.err.endswith("6 problèmes.\n")
    assert [row["rang"] for row in rows(reponse.out)] == [2, 3, 4]
    counted = call("denombrer", "of.csv", *AUDIT, "--colonnes", "c.yaml")
    assert "3 organismes comptés, 3 rangées écartées" in counted.text


def test_a_row_that_reads_badly_and_asks_badly_has_both_told(call: Console, folder: Path) -> None:
    """A cell that cannot be read, and a fact that nobody declares: the request is looked at all the same."""
    by = read_correspondance(Path("c.yaml"))
    commun = Demande(referentiel="qualiopi", type_audit="initial", date="2024-03-18")
    lot = Lot(registry(), commun, by, "of.csv")
    row = Organisation(2, {}, ("AF",), (("sous_traitance", True), ("inconnu", True)), (Issue("x", "y"),))
    answer = lot.answer(row)
    assert isinstance(answer, list)
    assert [issue.code for issue in answer] == ["x", "fait-inconnu"]


def test_the_number_of_problems_is_that_of_the_faults(call: Console, folder: Path) -> None:
    """Sixty wrong rows, two faults each: fifty are listed, and a hundred and twenty are counted."""
    Path("of.csv").write_text(CSV + "1;X;;peut-être;;bof\n" * 60, encoding="utf-8")
    reponse = call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml")
    assert "120 anomalies : les 50 premières sont dites ici" in reponse.err
    assert reponse.err.splitlines()[-1] == "120 problèmes."


@pytest.mark.parametrize(
    ("text", "ranks", "wrong"),
    [
        (CSV.replace("\n", "\r"), [2, 3, 4], []),
        (CSV + '1;"X;;oui;;\n2;Est;;oui;;\n3;Ouest;;oui;;', [2, 3, 4, 6, 7], [5]),
        (CSV + '1;X;;"oui;;\n2;"Est;;oui;;\n3;"Ouest";;oui;;\n', [2, 3, 4, 7], [5, 6]),
        (CSV.replace("Nord", "x" * 200_000), [2, 4], [3]),
        (CSV.replace("Nord", '"No\nrd"') + "1\n", [2, 3, 5], [6]),
        (CSV.replace(";st", ';st;"de\nplus"', 1).replace("oui", "oui;"), [3], [4, 5]),
    ],
)  # fmt: skip
def test_a_row_hides_no_other(
    call: Console, folder: Path, text: str, ranks: list[int], wrong: list[int]
) -> None:
    """Ends of a Mac; a quote nobody closes, then two; a cell too long; cells and heads of two lines."""
    Path("of.csv").write_text(text, encoding="utf-8", newline="")
    reponse = call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml")
    assert [row["rang"] for row in rows(reponse.out)] == ranks
    lines = [line.split(":")[1] for line in reponse.err.splitlines() if "rangee-illisible" in line]
    assert lines == [str(rank) for rank in wrong]


def test_a_name_is_as_it_is_seen(call: Console, folder: Path) -> None:
    """What was pasted and is not seen goes; a null or an escape is refused with its column."""
    wrong = "1;a\0b;;oui;;\n2;\x1b[31mRouge;;oui;;\n"
    text = CSV.replace("Nord", '"N\u202eo\r\nrd"') + wrong
    Path("of.csv").write_text(text, encoding="utf-8", newline="")
    reponse = call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml")
    assert [row["nom"] for row in rows(reponse.out)] == ["Élan", "No\nrd", "Sud"]
    for start, number in (("of.csv:6:1: ", "U+0000"), ("of.csv:7:1: ", "U+001B")):
        message = f"le caractère invisible {number}, dans la colonne « denomination », n’est pas admis"
        assert f"{start}rangee-illisible: {message}" in reponse.err


@pytest.mark.parametrize("text", ["", "\n\n" + CSV, "x" * 300_000, '"nda'])
def test_heads_that_are_not_there_are_told_once(call: Console, folder: Path, text: str) -> None:
    """Nothing, a blank line, no end of a line, no end of a quote: one message, at the first line."""
    Path("of.csv").write_text(text, encoding="utf-8")
    reponse = call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml")
    assert (reponse.status, len(reponse.codes), reponse.err[:11]) == (1, 1, "of.csv:1:1:")


@pytest.mark.parametrize(
    ("csv_text", "colonnes", "code"),
    [
        (CSV.replace("siren", "Siren"), COLONNES, "colonne-absente"),
        (CSV.replace("st\n", "siren\n", 1), COLONNES.replace("st}", "nda}"), "colonne-en-double"),
        (CSV, COLONNES.replace("sous_traitance", "sous_traitence"), "fait-inconnu"),
        (CSV, COLONNES.replace("CFA:", "XYZ:"), "categorie-inconnue"),
        (CSV, COLONNES + 'vrai: ["x"]\nfaux: ["X"]\n', "correspondance-ambigue"),
        (CSV, COLONNES.replace("categories", "categorie"), "cle-inconnue"),
        (CSV.encode().decode("latin-1"), COLONNES, "colonne"),
    ],
)
def test_a_wrong_file_is_refused_whole(
    call: Console, folder: Path, csv_text: str, colonnes: str, code: str
) -> None:
    """A column absent or twice, an unknown fact or category, an unclear word: nothing is written."""
    encoding = "latin-1" if code == "colonne" else "utf-8"
    Path("of.csv").write_text(CSV if code == "colonne" else csv_text, encoding=encoding)
    Path("c.yaml").write_text(colonnes, encoding="utf-8")
    reponse = call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml", "-o", "o.jsonl")
    assert reponse.status in (1, 2)
    assert ("encodage" if code == "colonne" else code) in reponse.err
    assert not Path("o.jsonl").exists()


def test_each_word_that_means_both_is_told(call: Console, folder: Path) -> None:
    """Two words that mean true and false at once: both are named, not the first alone."""
    Path("c.yaml").write_text(COLONNES + 'vrai: ["x", "y"]\nfaux: ["X", "Y"]\n', encoding="utf-8")
    reponse = call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml")
    assert reponse.codes == ["correspondance-ambigue"] * 2
    assert ("« x »" in reponse.err, "« y »" in reponse.err) == (True, True)


def test_what_it_reads_is_never_replaced(call: Console, folder: Path) -> None:
    """The population as its own output, a file that is not there: refused, and nothing is touched."""
    same = call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml", "-o", "of.csv", "--remplacer")
    assert (same.status, same.codes) == (2, ["fichier-existant"])
    profil = "format: 1\nreferentiel: qualiopi\naudit: {type: initial, date: 2024-03-18}\n"
    profil += "organisme: {categories: [AF]}\n"
    Path("p.yaml").write_text(profil, encoding="utf-8")
    asked = call("lot", "of.csv", "--profil", "p.yaml", "--colonnes", "c.yaml", "-o", "p.yaml", "--remplacer")
    assert (asked.status, asked.codes) == (2, ["fichier-existant"])
    assert Path("p.yaml").read_text(encoding="utf-8") == profil
    absent = call("lot", "absent.csv", *AUDIT, "--colonnes", "c.yaml", "-o", "o.jsonl")
    assert (absent.status, absent.codes) == (1, ["fichier-illisible"])
    assert Path("of.csv").read_text(encoding="utf-8") == CSV
    assert sorted(path.name for path in folder.iterdir()) == ["c.yaml", "of.csv", "p.yaml"]


def test_the_table_has_a_column_a_line(call: Console, folder: Path) -> None:
    """In CSV each line of the référentiel is a column, each organisation a row, its state in words."""
    assert call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml", "-o", "o.csv").status == 0
    text = Path("o.csv").read_text(encoding="utf-8-sig")
    table = list(csv.DictReader(text.splitlines(), delimiter=";"))
    assert [row["nom"] for row in table] == ["Élan", "Nord", "Sud"]
    assert [row["27"] for row in table] == ["a_auditer", "a_confirmer", "non_applicable"]
    assert [row["14"] for row in table] == ["non_applicable", "a_auditer", "a_auditer"]


def test_what_was_done_is_not_done_again(
    call: Console, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A work cut after its first part: that part is taken as it is, the rest answered, the file whole."""
    whole = call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml").out
    monkeypatch.setattr(travail, "PART", 1)
    answered: list[int] = []
    answer = Lot.answer

    def counted(self: Lot, organisation: Organisation) -> object:
        answered.append(organisation.rang)
        if len(answered) == 2:
            raise KeyboardInterrupt
        return answer(self, organisation)

    monkeypatch.setattr(Lot, "answer", counted)
    assert call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml", "-o", "o.jsonl").status == 130
    assert not Path("o.jsonl").exists()
    assert call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml", "-o", "o.jsonl").status == 0
    assert answered == [2, 3, 3, 4]
    assert Path("o.jsonl").read_bytes() == whole
    assert not Path("o.jsonl.parties").exists()


def test_parts_of_another_work_are_not_taken(
    call: Console, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file changed meanwhile: all is answered anew, and of what was beside only what is ours goes."""
    interrupted(call, monkeypatch)
    parts = Path("o.jsonl.parties")
    (part,) = (path for path in parts.glob("partie-*") if not path.suffix)
    part.write_bytes(b"autre\n")
    (parts / "notes.txt").write_bytes(b"de quelqu'un")
    Path("of.csv").write_text(CSV.replace("Nord", "Est"), encoding="utf-8")
    assert call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml", "-o", "o.jsonl").status == 0
    assert b"autre" not in Path("o.jsonl").read_bytes()
    assert b"Est" in Path("o.jsonl").read_bytes()
    assert [path.name for path in parts.iterdir() if path.name != "verrou"] == ["notes.txt"]


@pytest.mark.parametrize("damage", [None, b"{", b"[1]", b'[{"code": 1}]'])
def test_a_part_whose_faults_are_lost_is_written_again(
    call: Console, folder: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes | None
) -> None:
    """The first row is in fault, its part done: what was wrong, removed or changed, is told all the same."""
    Path("of.csv").write_text(CSV.replace("true;false", "peut;false"), encoding="utf-8")
    interrupted(call, monkeypatch, at=2)
    (faults,) = Path("o.jsonl.parties").glob("*.json")
    if damage is None:
        faults.unlink()
    else:
        faults.write_bytes(damage)
    reponse = call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml", "-o", "o.jsonl")
    assert (reponse.status, reponse.codes) == (1, ["rangee-illisible"])
    assert [row["rang"] for row in rows(Path("o.jsonl").read_bytes())] == [3, 4]


def test_two_works_never_mix_their_parts(call: Console, folder: Path) -> None:
    """While one writes a file, another that asks something else is refused, and takes nothing from it."""
    pytest.importorskip("fcntl")
    with parts_of(Path("o.jsonl"), "0" * 64) as parts:
        parts.add(0, b"autre\n", [])
        reponse = call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml", "-o", "o.jsonl")
        assert (reponse.status, reponse.codes) == (1, ["ecriture-impossible"])
        assert "un autre travail écrit le même fichier" in reponse.err
        assert parts.known(0) == []
    assert call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml", "-o", "o.jsonl").status == 0
    assert len(rows(Path("o.jsonl").read_bytes())) == 3
    assert not Path("o.jsonl.parties").exists()


def test_a_file_in_the_place_of_the_parts_is_told(call: Console, folder: Path) -> None:
    """It is not ours: it stays, and is named, since replacing the output would not help."""
    Path("o.jsonl.parties").write_bytes(b"x")
    reponse = call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml", "-o", "o.jsonl")
    assert (reponse.status, reponse.codes) == (1, ["ecriture-impossible"])
    assert reponse.err.startswith("o.jsonl.parties: ")
    assert Path("o.jsonl.parties").read_bytes() == b"x"


def interrupted(call: Console, monkeypatch: pytest.MonkeyPatch, at: int = 2) -> None:
    """Leave the first row done, in a part of its own, the ``at``-th answer having been interrupted."""
    answered: list[int] = []
    answer = Lot.answer

    def cut(self: Lot, organisation: Organisation) -> object:
        answered.append(organisation.rang)
        if len(answered) == at:
            raise KeyboardInterrupt
        return answer(self, organisation)

    monkeypatch.setattr(travail, "PART", 1)
    with monkeypatch.context() as context:
        context.setattr(Lot, "answer", cut)
        assert call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml", "-o", "o.jsonl").status == 130
