"""Files that were made to harm, or that are not grids: one clear message, in bounded memory, and it ends.

Each is read in a process of its own whose memory and processor time are limited where the system can.
"""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from grilles import FORMATS, atelier, exported_form, filled, grille
from msgspec.structs import replace

from certif_rules.audit.constats import Releve
from certif_rules.grilles import csv as csv_
from certif_rules.grilles import ods, xlsx
from certif_rules.services.lecture import read_grids

#: All the memory that reading may address, and the processor time it may take: bytes, seconds.
MEMORY, SECONDS = 600_000_000, 60
LIRE = f"""\
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
except ImportError:
    pass
from certif_rules.cli import run
sys.exit(run(["lire", *sys.argv[1:]]))
"""

CHECKLIST = grille()
GRILLE = "xl/worksheets/sheet2.xml"
Members = Mapping[str, bytes]


def zipped(members: Members, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def zeros(size: int) -> bytes:
    return zipped({"xl/workbook.xml": bytes(size)})


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def in_xlsx(changes: Members) -> bytes:
    """Our grid with some of its members replaced or added."""
    return zipped(members(xlsx.render(CHECKLIST)) | dict(changes))


def in_ods(changes: Members) -> bytes:
    return zipped(members(ods.render(CHECKLIST)) | dict(changes))


def rows_in_ods(rows: str) -> bytes:
    """Our grid with rows put before those of its first sheet."""
    whole = members(ods.render(CHECKLIST))["content.xml"].decode()
    before, opening, after = whole.partition("<table:table-row")
    assert opening
    return in_ods({"content.xml": (before + rows + opening + after).encode()})


def rows_in_xlsx(rows: str, after: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return in_xlsx(
        {GRILLE: f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData>{after}</worksheet>'.encode()}
    )


def macro_enabled() -> bytes:
    types = members(xlsx.render(CHECKLIST))["[Content_Types].xml"]
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    assert plain in types
    return in_xlsx(
        {"[Content_Types].xml": types.replace(plain, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")}
    )


def encrypted_member() -> bytes:
    """The flag of encryption on every member, in both places where it is written."""
    content = bytearray(xlsx.render(CHECKLIST))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(mark)
        while start >= 0:
            content[start + place] |= 1
            start = content.find(mark, start + 4)
    return bytes(content)


def encrypted_ods() -> bytes:
    manifest = members(ods.render(CHECKLIST))["META-INF/manifest.xml"]
    said = b"<manifest:encryption-data/></manifest:manifest>"
    return in_ods({"META-INF/manifest.xml": manifest.replace(b"</manifest:manifest>", said)})


def understated() -> bytes:
    """A member that unpacks to seven hundred megabytes and says that it holds ten bytes."""
    name = "xl/workbook.xml"
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w", force_zip64=False) as member,
    ):
        for _ in range(700):
            member.write(bytes(1_000_000))
    content = bytearray(out.getvalue())
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", content, content.find(mark) + place, 10)
    parts = {k: v for k, v in members(xlsx.render(CHECKLIST)).items() if k != name}
    with zipfile.ZipFile(grown := io.BytesIO(bytes(content)), "a", zipfile.ZIP_DEFLATED) as archive:
        for other, text in parts.items():
            archive.writestr(other, text)
    return grown.getvalue()


def one_part_for_all() -> bytes:
    """Ten thousand sheets that are one part, which is read each time."""
    sheets = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, 10_001))
    space = (
        'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    )
    return in_xlsx({"xl/workbook.xml": f"<workbook {space}><sheets>{sheets}</sheets></workbook>".encode()})


def laughs() -> bytes:
    """Entities of entities: a thousand million times the same word."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE a [<!ENTITY e0 "mot">{entities}]><a>&e9;</a>'.encode()


def empty(tag: str) -> bytes:
    """Two million cells, and nothing in them."""
    return b"<a>" + f"<{tag}/>".encode() * 2_000_000 + b"</a>"


def cells(text: str, **attributes: str) -> str:
    said = "".join(f' table:{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<table:table-cell office:value-type="string"{said}><text:p>{text}</text:p></table:table-cell>'


def repeated(cell: str, times: object) -> str:
    return f'<table:table-row table:number-rows-repeated="{times}">{cell}</table:table-row>'


def identified_rows() -> bytes:
    """A long identifier that nobody knows, over and over: each row would repeat it in a message."""
    text = "a" * 1_000_000
    row = "".join(cells("x") for _ in range(19)) + cells(text)
    whole = members(ods.render(CHECKLIST))["content.xml"].decode()
    before, tail = whole.rsplit("Identifiant</text:p></table:table-cell></table:table-row>", 1)
    end = "Identifiant</text:p></table:table-cell></table:table-row>"
    return in_ods({"content.xml": (before + end + repeated(row, 9_000) + tail).encode()})


def noisy(count: int) -> bytes:
    return json.dumps({"format": 1, "constats": [{}] * count}).encode()


HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "xlsm": ("grille.xlsm", macro_enabled, "classeur-a-macros"),
    "xlsm_renamed": ("grille.xlsx", macro_enabled, "classeur-a-macros"),
    "vba": ("grille.xlsx", lambda: in_xlsx({"xl/vbaProject.bin": b"x"}), "classeur-a-macros"),
    "ods_basic": ("grille.ods", lambda: in_ods({"Basic/Standard/a.xml": b"<a/>"}), "classeur-a-macros"),
    "ods_scripts": ("grille.ods", lambda: in_ods({"Scripts/python/a.py": b"1"}), "classeur-a-macros"),
    "zip_encrypted": ("grille.xlsx", encrypted_member, "fichier-chiffre"),
    "ods_encrypted": ("grille.ods", encrypted_ods, "fichier-chiffre"),
    "ole": ("grille.xlsx", lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000), "fichier-chiffre"),
    "zip_bomb": ("grille.xlsx", lambda: zeros(100_000_000), "fichier-trop-grand"),
    "zip_ratio": ("grille.xlsx", lambda: zeros(50_000_000), "fichier-trop-grand"),
    "zip_part": (
        "grille.xlsx",
        lambda: in_xlsx({GRILLE: bytes(61_000_000), "xl/media/photo.png": os.urandom(200_000)}),
        "fichier-trop-grand",
    ),
    "zip_understated": ("grille.xlsx", understated, "fichier-tronque"),
    "zip_other_method": (
        "grille.xlsx",
        lambda: zipped({"xl/workbook.xml": bytes(9_000_000), "a": os.urandom(100_000)}, zipfile.ZIP_BZIP2),
        "fichier-illisible",
    ),
    "zip_many": ("grille.ods", lambda: in_ods({f"a{n}": b"" for n in range(2_000)}), "fichier-trop-grand"),
    "xlsx_laughs": ("grille.xlsx", lambda: in_xlsx({GRILLE: laughs()}), "classeur-etranger"),
    "ods_laughs": ("grille.ods", lambda: in_ods({"content.xml": laughs()}), "classeur-etranger"),
    "xlsx_deep": ("grille.xlsx", lambda: in_xlsx({GRILLE: b"<aaaa>" * 1_600_000}), "fichier-trop-grand"),
    "ods_deep": ("grille.ods", lambda: in_ods({"content.xml": b"<aaaa>" * 1_600_000}), "fichier-trop-grand"),
    "xlsx_one_part": ("grille.xlsx", one_part_for_all, "classeur-etranger"),
    "xlsx_strings": (
        "grille.xlsx",
        lambda: in_xlsx({"xl/sharedStrings.xml": b"<sst>" + b"<si/>" * 1_900_000 + b"</sst>"}),
        "fichier-trop-grand",
    ),
    "xlsx_same_string": (
        "grille.xlsx",
        lambda: in_xlsx({
            "xl/sharedStrings.xml": b"<sst><si><t>" + b"a" * 5_000_000 + b"</t></si></sst>",
            "xl/worksheets/sheet1.xml": b"<a>" + b'<c t="s"><v>0</v></c>' * 100_000 + b"</a>",
        }),
        "fichier-trop-grand",
    ),
    "xlsx_merges": (
        "grille.xlsx",
        lambda: rows_in_xlsx("", "<mergeCells>" + '<mergeCell ref="A1"/>' * 400_000 + "</mergeCells>"),
        "fichier-trop-grand",
    ),
    "xlsx_far_number": ("grille.xlsx", lambda: rows_in_xlsx(f'<row r="{"9" * 5000}"/>'), "fichier-tronque"),
    "ods_rows": ("grille.ods", lambda: rows_in_ods(repeated(cells("x"), 1_048_576)), "fichier-trop-grand"),
    "ods_columns": (
        "grille.ods",
        lambda: rows_in_ods(repeated(cells("x", number_columns_repeated="999999"), 1)),
        "fichier-trop-grand",
    ),
    "ods_both": (
        "grille.ods",
        lambda: rows_in_ods(repeated(cells("x", number_columns_repeated="16384"), 1_048_576)),
        "fichier-trop-grand",
    ),
    "ods_huge_number": ("grille.ods", lambda: rows_in_ods(repeated(cells("x"), 10**4000)), "fichier-tronque"),
    "ods_negative": ("grille.ods", lambda: rows_in_ods(repeated(cells("x"), -1_000_000)), "fichier-tronque"),
    "ods_blanks": (
        "grille.ods",
        lambda: rows_in_ods(repeated(cells('<text:s text:c="200000"/>' * 100_000), 1)),
        "fichier-trop-grand",
    ),
    "ods_same_text": ("grille.ods", identified_rows, "fichier-trop-grand"),
    "csv_rows": ("grille.csv", lambda: csv_.render(CHECKLIST) + b"x\r\n" * 1_500_000, "fichier-trop-grand"),
    "csv_field": ("grille.csv", lambda: csv_.render(CHECKLIST) + b"x" * 300_000, "dossiers-differents"),
    "csv_quote": ("grille.csv", lambda: csv_.render(CHECKLIST) + b'"x' * 300_000, "fichier-tronque"),
    "xlsx_empty": (
        "grille.xlsx",
        lambda: in_xlsx({f"xl/worksheets/sheet{n}.xml": empty("c") for n in range(1, 7)}),
        "fichier-trop-grand",
    ),
    "xlsx_encoding": (
        "grille.xlsx",
        lambda: in_xlsx({"xl/workbook.xml": b'<?xml version="1.0" encoding="xyz"?><workbook/>'}),
        "fichier-illisible",
    ),
    "ods_encoding": (
        "grille.ods",
        lambda: in_ods({"content.xml": b'<?xml version="1.0" encoding="xyz"?><a/>'}),
        "fichier-illisible",
    ),
    "json_lines": ("grille.json", lambda: noisy(1_000_000), "fichier-trop-grand"),
    "json_number": ("grille.json", lambda: b'{"constats": ' + b"9" * 10_000 + b"}", "fichier-illisible"),
    "json_no_list": ("grille.json", lambda: b'{"lignes": 5}', "classeur-etranger"),
}  # fmt: skip


@pytest.mark.lent
@pytest.mark.parametrize("case", HOSTILE)
def test_one_message_in_bounded_memory(case: str, tmp_path: Path) -> None:
    """A hostile file gets one message, and never the memory of the machine."""
    name, make, expected = HOSTILE[case]
    path = tmp_path / name
    content = make()
    path.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", LIRE, str(path)], capture_output=True, check=False
    )
    err = done.stderr.decode()
    assert done.returncode == 1, err[-2000:]
    assert "Traceback" not in err
    assert "MemoryError" not in err
    assert f"{expected}: " in err
    assert err.count(str(path)) == 1
    assert len(err) < 1_000
    assert done.stdout == b""
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_rows_without_anything_take_no_room(tmp_path: Path) -> None:
    """What a spreadsheet writes to fill a sheet to its end is no bomb, nor are blank lines of a CSV."""
    path = tmp_path / "grille.ods"
    whole = members(ods.render(CHECKLIST))["content.xml"].decode()
    blank = repeated('<table:table-cell table:number-columns-repeated="16384"/>', 1_048_000)
    path.write_bytes(
        in_ods({"content.xml": whole.replace("</table:table>", f"{blank}</table:table>").encode()})
    )
    assert read(path) == read(filled(CHECKLIST, "ods", {}, tmp_path, "autre"))
    path = tmp_path / "grille.csv"
    path.write_bytes(csv_.render(CHECKLIST) + b"\r\n" * 100_000)
    assert read(path) == read(filled(CHECKLIST, "csv", {}, tmp_path, "autre"))


# ---- the export of the form ----------------------------------------------------------------------


def read(path: Path) -> list[Releve]:
    return [replace(r, lieu=None) for r in read_grids(atelier(), [path]).dossier.releves]


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_export_of_the_form_reads_as_any_grid(suffix: str, tmp_path: Path) -> None:
    """The same findings whatever they were typed in, and `lire` changes nothing in the form's."""
    titres = {c.id: c.titre for c in CHECKLIST.referentiel.constats.values()}
    saisie = {
        "qualiopi/1": {
            "Constat": titres["nc_mineure"],
            "Commentaire": "=Tarifs absents",
            "Preuves vues": "site\nplaquette",
            "Échantillon": "S1\nS2",
            "Évalué par": "AB",
            "Évalué le": "2024-03-18",
        },
        "qualiopi/2": {"Constat": titres["conforme"]},
        "qualiopi/4": {"Commentaire": "à revoir"},
    }
    path = exported_form(CHECKLIST, saisie, tmp_path)
    exported = json.loads(path.read_text(encoding="utf-8"))
    assert read(path) == read(filled(CHECKLIST, suffix, saisie, tmp_path))
    releves = {r.ligne: r for r in read(path)}
    assert releves["qualiopi/1"] == Releve(
        ligne="qualiopi/1",
        constat="nc_mineure",
        commentaire="=Tarifs absents",
        preuves_vues=("site", "plaquette"),
        echantillons=("S1", "S2"),
        evalue_par="AB",
        evalue_le="2024-03-18",
    )
    assert list(releves) == [entry["id"] for entry in exported["constats"]]
