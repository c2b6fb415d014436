"""Files that come in and go out: taken by what they hold, whole or not at all; an audit travels unchanged."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from espaces import PROFIL, begun, begun_with, plain, seen, sent, text, version

from certif_rules.echanges.archive import FICHIERS, SOMMAIRE

pytest.importorskip("django")


def root_of(response: Any) -> str:
    """The address of the audit that a request leads to."""
    assert response.status_code == 302, plain(response)
    return str(response.headers["Location"]).rpartition("/")[0].partition("?")[0]


def filled(navigateur: Any) -> str:
    """An audit with an answer, findings, two notes on one field to settle, a share and a change after it."""
    root = begun(navigateur)
    navigateur.post(f"{root}/preparer", {"base": "9", "fait.alternance": "non"})
    line = f"{root}/saisir?ligne=qualiopi/1"
    navigateur.post(line, {"base": "99", "constat": "nc_mineure", "commentaire": "Sans date."})
    navigateur.post(
        f"{root}/saisir?ligne=qualiopi/2", {"base": "99", "constat": "nc_majeure", "commentaire": "É"}
    )
    navigateur.post(f"{root}/archive")
    navigateur.post(line, {"base": "99", "commentaire": "Sans date du tout.", "raison": "relu"})
    return root


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files of an archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def packed(files: dict[str, bytes]) -> bytes:
    """An archive of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in files.items():
            written.writestr(name, content)
    return out.getvalue()


def forgotten(root: str) -> None:
    """The audit is no longer in this file: an archive of it is of elsewhere."""
    from certif_rules.web import models

    models.DossierSuivi.objects.filter(pk=root.rpartition("/")[2]).delete()


def count() -> int:
    """How many audits there are."""
    from certif_rules.web import models

    return models.DossierSuivi.objects.count()


def test_an_audit_travels_unchanged(navigateur: Any) -> None:
    """Exported and taken up elsewhere: same conclusion and findings, byte for byte, and the same journal."""
    from certif_rules.web import depot

    root = filled(navigateur)
    sent_out = navigateur.post(f"{root}/archive")
    assert sent_out.headers["Content-Disposition"].endswith('organisme-dexemple.zip"')
    asked = ("conclusion.json", "constats.json")
    before = [navigateur.get(f"{root}/fichiers/{nom}").content for nom in asked]
    journal = depot.events(root.rpartition("/")[2])
    assert [one.cle.champ for one in journal if one.cle.genre == "acte"] == ["partage", "partage"]
    forgotten(root)
    again = root_of(navigateur.post("/reprendre", {"fichier": sent(sent_out.content, "x.pdf")}))
    assert again != root
    assert [navigateur.get(f"{again}/fichiers/{nom}").content for nom in asked] == before
    identifiant = again.rpartition("/")[2]
    assert depot.events(identifiant) == journal
    assert depot.altered(identifiant) == ""
    assert "Sans date." in plain(navigateur.get(f"{again}/journal"))
    later = navigateur.post(f"{again}/saisir?ligne=qualiopi/1", {"base": "99", "commentaire": "Autre."})
    assert "dire pourquoi" in text(later)


def test_the_archive_holds_what_other_programs_read(navigateur: Any) -> None:
    """Its profile and its findings are files of every command; people are there by name, and nobody else."""
    from certif_rules.web import models

    models.Utilisateur.objects.create(cle="autre", nom="Quelqu’un d’ailleurs")
    navigateur.post("/moi", {"initiales": "J. M.", "nom": "Jeanne Martin"})
    root = filled(navigateur)
    files = unpacked(navigateur.post(f"{root}/archive").content)
    assert sorted(files) == sorted((SOMMAIRE, *FICHIERS))
    assert list(json.loads(files["personnes.json"]).values()) == ["Jeanne Martin"]
    for name in ("profil.json", "constats.json"):
        taken = root_of(navigateur.post("/reprendre", {"fichier": sent(files[name], name)}))
        assert "Sans date du tout." in plain(navigateur.get(f"{taken}/clore")) or name == "profil.json"
        assert "Organisme d’exemple" in plain(navigateur.get(f"{taken}/preparer"))


def test_an_audit_that_is_here_is_not_taken_twice(navigateur: Any) -> None:
    """Its journal begins as one that is here does: nothing is made again."""
    root = filled(navigateur)
    content = navigateur.post(f"{root}/archive").content
    before = count()
    response = navigateur.post("/reprendre", {"fichier": sent(content)})
    assert count() == before
    assert response.status_code == 302 or "déjà ici" in plain(response)


Change = Callable[[dict[str, bytes]], dict[str, bytes]]


def without(name: str) -> Change:
    """An archive that lacks a file."""
    return lambda files: {key: value for key, value in files.items() if key != name}


def with_(**changed: bytes) -> Change:
    """An archive with other contents, by the name without its suffix."""
    return lambda files: {k: changed.get(k.partition(".")[0], v) for k, v in files.items()}


def forged(files: dict[str, bytes]) -> dict[str, bytes]:
    """A finding changed, and the digest of its file with it: the chain tells."""
    from hashlib import sha256

    contents = files["contenus.jsonl"].replace(b"Sans date du tout.", b"Parfait, et complet.")
    summary = json.loads(files[SOMMAIRE])
    summary["fichiers"]["contenus.jsonl"] = f"sha256:{sha256(contents).hexdigest()}"
    return {**files, "contenus.jsonl": contents, SOMMAIRE: json.dumps(summary).encode()}


def cut(files: dict[str, bytes]) -> dict[str, bytes]:
    """The last event gone, and the digest of its file with it: the summary tells."""
    from hashlib import sha256

    events = b"".join(files["evenements.jsonl"].splitlines(keepends=True)[:-1])
    summary = json.loads(files[SOMMAIRE])
    summary["fichiers"]["evenements.jsonl"] = f"sha256:{sha256(events).hexdigest()}"
    return {**files, "evenements.jsonl": events, SOMMAIRE: json.dumps(summary).encode()}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (without("contenus.jsonl"), "il manque contenus.jsonl"),
        (lambda files: {**files, "../evasion.txt": b"x"}, "ce chemin sort de l’archive"),
        (lambda files: {**files, "/etc/x": b"x"}, "ce chemin sort de l’archive"),
        (lambda files: {**files, "photo.png": b"x"}, "n’est pas d’une archive d’audit"),
        (with_(constats=b"{}"), "constats.json n’est plus celui qui a été écrit"),
        (with_(profil=b""), "fichier vide"),
        (with_(evenements=b"[1]\n"), "evenements.jsonl:1:1"),
        (with_(contenus=b"\xff\n"), "contenus.jsonl:1:1"),
        (with_(archive=b"[" * 100_000), "archive.json"),
        (with_(constats=b" " * 40_000_000), "plus de 32 Mo une fois ouvert"),
        (forged, "un contenu n’est pas celui que le journal a confirmé"),
        (cut, "le journal n’est pas celui que dit le sommaire"),
    ],
)
def test_a_hostile_archive_is_refused_with_its_reason(navigateur: Any, change: Change, expected: str) -> None:
    """Whatever was done to it: refused, its fault said in French, and nothing is begun."""
    root = filled(navigateur)
    files = unpacked(navigateur.post(f"{root}/archive").content)
    forgotten(root)
    before = count()
    refused = navigateur.post("/reprendre", {"fichier": sent(packed(change(files)))})
    assert refused.status_code == 422
    assert expected in plain(refused)
    assert count() == before


def test_links_twins_and_locks_are_refused(navigateur: Any) -> None:
    """A symbolic link, a name that is there twice, a file cut in its middle: each says what it is."""
    root = begun(navigateur)
    content = navigateur.post(f"{root}/archive").content
    forgotten(root)
    files = unpacked(content)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        for name, value in files.items():
            info = zipfile.ZipInfo(name)
            if name == "profil.json":
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            written.writestr(info, value)
        written.writestr("CONSTATS.json", b"{}")
    twice = out.getvalue().replace(b"CONSTATS.json", b"constats.json")
    refused = plain(navigateur.post("/reprendre", {"fichier": sent(twice)}))
    assert "profil.json : ce n’est pas un fichier ordinaire" in refused
    assert "constats.json : ce fichier y est deux fois" in refused
    for broken in (content[:-30], content[: len(content) // 2], content[:200] + b"\0" * 200 + content[400:]):
        response = navigateur.post("/reprendre", {"fichier": sent(broken, "audit.zip")})
        assert response.status_code == 422
        assert "audit.zip" in plain(response)


@pytest.mark.parametrize("format_", ["xlsx", "ods", "csv", "json"])
def test_a_grid_is_taken_whatever_it_is_called(navigateur: Any, format_: str) -> None:
    """A grid written by the program begins its audit, under a name that says something else."""
    import certif_rules as cr
    from certif_rules.services.atelier import open_atelier
    from certif_rules.services.espace import open_work
    from certif_rules.services.reprise import taken_up

    registry = open_atelier().registry
    work = open_work(registry, taken_up(registry, "profil", PROFIL).data)
    grid = cr.ecrire(work.checklist, format_)
    root = root_of(navigateur.post("/reprendre", {"fichier": sent(grid, "photo.jpg")}))
    assert "Organisme d’exemple" in plain(navigateur.get(f"{root}/preparer"))


def test_every_fault_of_every_file_is_said_at_once(navigateur: Any) -> None:
    """Three files, each with its own faults and places; one is right, and nothing is begun all the same."""
    before = count()
    files = [
        sent(PROFIL, "bon.yaml"),
        sent(PROFIL.replace(b"[AF]", b"[ZZ]").replace(b"initial", b"inconnu"), "a.txt"),
        sent(b"format: 1\nautre: 2\n", "b.xlsx"),
        sent(b"", "c.zip"),
        sent(b"%PDF-1.7 ...", "d.json"),
        sent(PROFIL, "encore.yaml"),
        sent(b"format: 1\norganisme: {categories: [AF]}\ntextes: /etc/passwd\n", "e.yaml"),
    ]
    refused = navigateur.post("/reprendre", {"fichier": files})
    assert refused.status_code == 422
    page = plain(refused)
    for expected in (
        "ZZ", "b.xlsx:2:1", "la clé « autre » n’est pas connue", "fichier vide", "ne se relit pas",
        "c’est deux fois le même fichier", "est un fichier à part",
    ):  # fmt: skip
        assert expected in page, expected
    assert "certif-rules lire" not in page
    assert "root:" not in page
    assert count() == before


def test_several_files_begin_several_audits(navigateur: Any) -> None:
    """Two profiles: two audits, and the way back to the list."""
    before = count()
    other = PROFIL.replace("Organisme d’exemple".encode(), b"Un autre organisme")
    response = navigateur.post("/reprendre", {"fichier": [sent(PROFIL), sent(other)]})
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert count() == before + 2
    assert "Un autre organisme" in plain(navigateur.get("/"))


def test_no_file_says_so(navigateur: Any) -> None:
    """The button without a file: one sentence, no audit."""
    refused = navigateur.post("/reprendre", {})
    assert refused.status_code == 422
    assert "aucun fichier n’est choisi" in plain(refused)


def test_what_a_file_leaves_to_settle_is_still_to_settle(navigateur: Any) -> None:
    """Two values kept in a file of findings are both there, until somebody chooses."""
    root = begun(navigateur)
    line = f"{root}/saisir?ligne=qualiopi/2"
    shown = seen(navigateur, line)
    for note in ("la première", "la seconde"):
        navigateur.post(line, {"base": shown, "commentaire": note})
    content = navigateur.get(f"{root}/fichiers/constats.json").content
    assert b"a_accorder" in content
    taken = root_of(navigateur.post("/reprendre", {"fichier": sent(content)}))
    page = plain(navigateur.get(f"{taken}/saisir?ligne=qualiopi/2"))
    assert "la première" in page
    assert "la seconde" in page
    assert "À accorder" in page


def test_the_same_audit_gives_the_same_archive() -> None:
    """Written and read again, an archive is the same; so are its bytes."""
    from hypothesis import given
    from hypothesis import strategies as st

    from certif_rules.echanges.archive import Colis, read_archive, write_archive
    from certif_rules.journal.evenements import DEBUT, Endroit, Inscription, contained, sealed

    values = st.recursive(st.none() | st.booleans() | st.text(), st.lists, max_leaves=3)

    @given(
        st.lists(st.tuples(st.sampled_from(["a", "b.c"]), values), min_size=1, max_size=5),
        st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=50),
    )
    def same(said: list[tuple[str, Any]], nom: str) -> None:
        seal, events, contents = DEBUT, [], {}
        for rank, (champ, value) in enumerate(said, start=1):
            content = contained(value, sel=str(rank))
            contents[content.empreinte] = content
            events.append(
                sealed(
                    Inscription(
                        version=rank, cle=Endroit("tete", champ), avant="", apres=content.empreinte,
                        acteur="moi", quand="2026-01-01T10:00:00+00:00", base=rank - 1,
                    ),
                    seal,
                )
            )  # fmt: skip
            seal = events[-1].empreinte
        archive = Colis(
            nom=nom, cree_le="2026-01-01T10:00:00+00:00", evenements=tuple(events), contenus=contents,
            personnes={"moi": nom}, profil=b"{}", constats=b"{}",
        )  # fmt: skip
        written = write_archive(archive)
        assert read_archive(written, "x") == archive
        assert write_archive(read_archive(written, "x")) == written

    same()


def test_a_file_packed_another_way_is_refused(navigateur: Any) -> None:
    """Another way to compress, its bytes spoilt: refused as any file, where its reader would break."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as written:
        for name in (SOMMAIRE, *FICHIERS):
            written.writestr(name, b"{}" * 400)
    content = bytearray(out.getvalue())
    at = content.index(SOMMAIRE.encode()) + len(SOMMAIRE)
    content[at + 9 : at + 25] = b"\xff" * 16
    refused = navigateur.post("/reprendre", {"fichier": sent(bytes(content), "audit.zip")})
    assert refused.status_code == 422


def test_a_moment_that_is_none_is_refused(navigateur: Any) -> None:
    """« hier » is no moment: an archive sealed anew that says it is refused, no page breaks on it later."""
    from msgspec.structs import replace

    from certif_rules.echanges.archive import read_archive, write_archive
    from certif_rules.journal.evenements import DEBUT, sealed

    root = begun(navigateur)
    archive = read_archive(navigateur.post(f"{root}/archive").content, "audit.zip")
    forgotten(root)
    events, seal = [], DEBUT
    for one in archive.evenements:
        events.append(sealed(replace(one, quand="hier"), seal))
        seal = events[-1].empreinte
    for changed in (replace(archive, evenements=tuple(events)), replace(archive, cree_le="hier")):
        refused = navigateur.post("/reprendre", {"fichier": sent(write_archive(changed), "audit.zip")})
        assert refused.status_code == 422, changed.cree_le


def test_whatever_was_recorded_comes_back(navigateur: Any) -> None:
    """A name, a remark, who audits, longer than an archive takes: refused, or cut; what is sent is read."""
    root = begun_with(navigateur, nom="É" * 400)
    long = "x" * 300
    slot = {"quoi": "creneau", "objet": "lignes", "jour": "2024-03-18", "auditeurs": long}
    assert navigateur.post(f"{root}/plan", {"base": version(root), **slot}).status_code == 422
    remark = {"base": version(root), "remarque": long, "reponse": "non"}
    assert navigateur.post(f"{root}/remarque", remark).status_code == 422
    note = {"base": version(root), "commentaire": "y" * 1_100_000}
    assert navigateur.post(f"{root}/saisir?ligne=qualiopi/1", note).status_code == 422
    content = navigateur.post(f"{root}/archive").content
    forgotten(root)
    assert navigateur.post("/reprendre", {"fichier": sent(content, "audit.zip")}).status_code == 302
