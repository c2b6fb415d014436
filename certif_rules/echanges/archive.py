"""A whole audit in one archive: its journal, who wrote it, and the files that every command reads.

The journal is what is read again; the profile and the findings are there for whoever has another program.
What comes from elsewhere is believed of nothing: names, sizes, digests and the chain are checked first.
"""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import sha256
from io import BytesIO
from typing import Final, TypeVar

import msgspec
from msgspec import Struct
from msgspec.json import Decoder

from certif_rules.errors import DataError, Fautes, Issue, Location
from certif_rules.journal.evenements import DEBUT, Contenu, Inscription, broken_at, is_moment
from certif_rules.source.entree import CONTROL

SOMMAIRE: Final = "archive.json"
_EVENEMENTS, _CONTENUS, _PERSONNES = "evenements.jsonl", "contenus.jsonl", "personnes.json"
#: What an archive holds beside its summary, and nothing else.
FICHIERS: Final = ("profil.json", "constats.json", _EVENEMENTS, _CONTENUS, _PERSONNES)
#: Most bytes of one file of an archive once it is unpacked; of all of them; of a content; of a short text.
MAX_FICHIER, MAX_ARCHIVE, MAX_CONTENU, _MAX_NOM, _MAX_SEL = 32_000_000, 64_000_000, 1_000_000, 300, 64
#: Most levels of a content, one within another.
_MAX_NIVEAUX = 40
_EMPREINTE = re.compile(r"sha256:[0-9a-f]{64}")
#: The day of every file of an archive: the same audit gives the same bytes.
_JOUR: Final = (1980, 1, 1, 0, 0, 0)


class Sommaire(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A summary says what an archive holds: the audit, the last event, the digest of each file."""

    format: int
    nom: str
    cree_le: str
    version: int
    empreinte: str
    fichiers: Mapping[str, str]


#: Made once, here: two threads may not make one at a time.
_DU_SOMMAIRE, _DES_PERSONNES = Decoder(Sommaire), Decoder(dict[str, str])
_DES_EVENEMENTS, _DES_CONTENUS = Decoder(Inscription), Decoder(Contenu)
_T = TypeVar("_T")


class Colis(Struct, frozen=True, kw_only=True):
    """An archive holds an audit as it travels; ``profil`` and ``constats`` are for other programs."""

    nom: str
    cree_le: str
    evenements: tuple[Inscription, ...]
    contenus: Mapping[str, Contenu]
    personnes: Mapping[str, str]
    profil: bytes = b""
    constats: bytes = b""

    @property
    def origine(self) -> str:
        """Return the digest of its first event: two archives that begin so are of one audit."""
        return self.evenements[0].empreinte


def write_archive(archive: Colis) -> bytes:
    """Write an archive; the same audit gives the same bytes."""
    encode = msgspec.json.Encoder(order="deterministic").encode
    contents = (archive.contenus[digest] for digest in sorted(archive.contenus))
    files = {
        "profil.json": archive.profil,
        "constats.json": archive.constats,
        _EVENEMENTS: b"".join(encode(one) + b"\n" for one in archive.evenements),
        _CONTENUS: b"".join(encode(one) + b"\n" for one in contents),
        _PERSONNES: encode(dict(sorted(archive.personnes.items()))),
    }
    summary = Sommaire(
        format=1,
        nom=archive.nom,
        cree_le=archive.cree_le,
        version=len(archive.evenements),
        empreinte=archive.evenements[-1].empreinte if archive.evenements else DEBUT,
        fichiers={name: _digest(content) for name, content in files.items()},
    )
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        for name, content in {SOMMAIRE: encode(summary), **files}.items():
            out.writestr(zipfile.ZipInfo(name, _JOUR), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def is_archive(content: bytes) -> bool:
    """Return whether a file is an archive that says it holds an audit, sound or not."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            return any(name.endswith(SOMMAIRE) for name in packed.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, UnicodeError):
        return False


def read_archive(content: bytes, nom: str) -> Colis:
    """Return the audit that an archive holds; nothing of it is written anywhere.

    Args:
        content: the archive.
        nom: what to call it in messages.

    Raises:
        DataError: it is no archive of ours, was changed, or would unpack to too much; everything is listed.
    """
    files = _unpacked(content, nom)
    faults = Fautes()
    with faults:
        summary = _decoded(files[SOMMAIRE], _DU_SOMMAIRE, f"{nom}/{SOMMAIRE}")
    if faults.issues:
        raise DataError(faults.issues)
    if summary.format != 1:
        message = f"format {summary.format} : cette version du programme lit le format 1"
        raise DataError(
            [Issue("archive-refusee", message, Location(f"{nom}/{SOMMAIRE}"), "mettre le programme à jour")]
        )
    events: list[Inscription] = []
    contents: list[Contenu] = []
    people: dict[str, str] = {}
    with faults:
        events = _lines(files[_EVENEMENTS], _DES_EVENEMENTS, f"{nom}/{_EVENEMENTS}")
    with faults:
        contents = _lines(files[_CONTENUS], _DES_CONTENUS, f"{nom}/{_CONTENUS}")
    with faults:
        people = _decoded(files[_PERSONNES], _DES_PERSONNES, f"{nom}/{_PERSONNES}")
    archive = Colis(
        nom=summary.nom,
        cree_le=summary.cree_le,
        evenements=tuple(events),
        contenus={one.empreinte: one for one in contents},
        personnes=people,
        profil=files["profil.json"],
        constats=files["constats.json"],
    )
    whole = not faults.issues
    faults.issues += [
        Issue(
            "archive-refusee",
            f"{name} n’est plus celui qui a été écrit dans l’archive",
            Location(f"{nom}/{name}"),
        )
        for name in FICHIERS
        if summary.fichiers.get(name) != _digest(files[name])
    ]
    if whole:
        faults.issues += _inconsistent(archive, summary, len(contents), nom)
    if faults.issues:
        raise DataError(faults.issues)
    return archive


def _unpacked(content: bytes, nom: str) -> dict[str, bytes]:
    """Return the files of an archive by name: those that it must hold, each read to a limit.

    Raises:
        DataError: one is missing, is there twice, lies elsewhere, is a link, or weighs too much.
    """
    if not content:
        raise DataError([Issue("fichier-tronque", "fichier vide", Location(nom))])
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            infos = packed.infolist()
            issues = list(_refused(infos, nom))
            if issues:
                raise DataError(issues)
            files = {info.filename: _read(packed, info, nom) for info in infos}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError) as error:
        raise DataError([Issue("fichier-tronque", "archive tronquée ou abîmée", Location(nom))]) from error
    return files


def _refused(infos: list[zipfile.ZipInfo], nom: str) -> Iterator[Issue]:
    """Yield what an archive of ours never holds, from its table alone."""
    expected = (SOMMAIRE, *FICHIERS)
    if len(infos) > 9 * len(expected):
        yield Issue(
            "archive-refusee",
            f"{len(infos)} fichiers : une archive d’audit en a {len(expected)}",
            Location(nom),
        )
        return
    names = [info.filename for info in infos]
    for info in infos:
        yield from _refused_file(info, names, nom)
    if sum(info.file_size for info in infos) > MAX_ARCHIVE:
        message = f"archive de plus de {MAX_ARCHIVE // 1_000_000} Mo une fois ouverte"
        yield Issue("fichier-trop-grand", message, Location(nom))
    for name in expected:
        if name not in names:
            yield Issue("archive-refusee", f"il manque {name}", Location(nom))


def _refused_file(info: zipfile.ZipInfo, names: list[str], nom: str) -> Iterator[Issue]:
    """Yield what a file of an archive of ours never is."""
    place = Location(f"{nom}/{info.filename}")
    if info.filename not in (SOMMAIRE, *FICHIERS):
        outside = info.filename.startswith(("/", "\\")) or ".." in info.filename or ":" in info.filename
        what = "ce chemin sort de l’archive" if outside else "ce fichier n’est pas d’une archive d’audit"
        yield Issue("archive-refusee", what, place)
    elif names.count(info.filename) > 1:
        yield Issue("archive-refusee", "ce fichier y est deux fois", place)
    elif stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        yield Issue("archive-refusee", "ce n’est pas un fichier ordinaire, mais un lien ou un dossier", place)
    elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        yield Issue("archive-refusee", "ce fichier n’est pas comprimé comme une archive d’audit", place)
    elif info.flag_bits & 1:
        yield Issue("fichier-chiffre", "ce fichier est protégé par un mot de passe", place)
    elif info.file_size > MAX_FICHIER:
        message = f"plus de {MAX_FICHIER // 1_000_000} Mo une fois ouvert"
        yield Issue("fichier-trop-grand", message, place)
    elif not info.file_size and info.filename not in (_CONTENUS, _EVENEMENTS):
        yield Issue("fichier-tronque", "fichier vide", place)


def _read(packed: zipfile.ZipFile, info: zipfile.ZipInfo, nom: str) -> bytes:
    """Return what a file holds; whatever its table said, no more than the limit is unpacked."""
    with packed.open(info) as stream:
        content = stream.read(MAX_FICHIER + 1)
    if len(content) > MAX_FICHIER:
        message = f"plus de {MAX_FICHIER // 1_000_000} Mo une fois ouvert"
        raise DataError([Issue("fichier-trop-grand", message, Location(f"{nom}/{info.filename}"))])
    return content


def _decoded(content: bytes, decoder: Decoder[_T], place: str, line: int = 0) -> _T:
    try:
        return decoder.decode(content)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        message = "ceci n’est pas ce qu’une archive d’audit dit ici"
        raise DataError(
            [Issue("archive-refusee", message, Location(place, line, 1 if line else 0))]
        ) from error


def _lines(content: bytes, decoder: Decoder[_T], place: str) -> list[_T]:
    """Return what each line says.

    Raises:
        DataError: one cannot be read; the first is told.
    """
    lines = content.split(b"\n")
    return [_decoded(text, decoder, place, rank) for rank, text in enumerate(lines, start=1) if text]


def _inconsistent(archive: Colis, summary: Sommaire, written: int, nom: str) -> Iterator[Issue]:
    """Yield what does not hold together: the chain, the digests, what is too long to be kept."""
    events, place = archive.evenements, Location(f"{nom}/{_EVENEMENTS}")
    if not events:
        yield Issue("archive-refusee", "le journal de cet audit est vide", place)
        return
    broken = broken_at(events)
    if broken is not None:
        message = f"le journal ne se vérifie plus à partir de l’événement {broken}"
        yield Issue("archive-refusee", message, Location(place.file, broken, 1))
    elif (summary.version, summary.empreinte) != (len(events), events[-1].empreinte):
        yield Issue("archive-refusee", "le journal n’est pas celui que dit le sommaire", place)
    named = {digest for one in events for digest in (one.apres, one.raison)}
    if written != len(archive.contenus) or not archive.contenus.keys() <= named:
        message = "un contenu n’est pas celui que le journal a confirmé"
        yield Issue("archive-refusee", message, Location(f"{nom}/{_CONTENUS}"))
    for rank, one in enumerate(archive.contenus.values(), start=1):
        try:
            short = len(one.texte) <= MAX_CONTENU and len(one.sel) <= _MAX_SEL
            sound = short and not _is_too_deep(one.valeur)
        except (msgspec.DecodeError, RecursionError):
            sound = False
        if not sound:
            message = "ce contenu n’est pas une valeur, est trop long ou trop profond"
            yield Issue("archive-refusee", message, Location(f"{nom}/{_CONTENUS}", rank, 1))
    yield from _too_long(archive, nom)


def _is_too_deep(valeur: object) -> bool:
    """Return whether a value has more levels than any of our files."""
    level = [valeur]
    for _ in range(_MAX_NIVEAUX):
        nodes = (node.values() if isinstance(node, dict) else node for node in level)
        lists = (node for node in nodes if isinstance(node, Collection) and not isinstance(node, str))
        level = [one for node in lists for one in node]
    return bool(level)


def _too_long(archive: Colis, nom: str) -> Iterator[Issue]:
    """Yield the events and the people that could not be kept as they are."""
    for one in archive.evenements:
        texts = (one.cle.champ, one.cle.ligne, one.cle.site, one.acteur)
        digests = (one.apres, one.avant or DEBUT, one.raison or DEBUT)
        holds = all(map(_EMPREINTE.fullmatch, digests)) and is_moment(one.quand) and 0 <= one.base < 1 << 31
        if not holds or any(len(text) > 200 or CONTROL.search(text) for text in texts):
            message = "cet événement dit plus, ou autre chose, que ce qu’un journal garde"
            yield Issue("archive-refusee", message, Location(f"{nom}/{_EVENEMENTS}", one.version, 1))
    people: Iterable[str] = (text for pair in archive.personnes.items() for text in pair)
    long = any(len(text) > 200 for text in people) or len(archive.nom) > _MAX_NOM
    if long or CONTROL.search("".join((archive.nom, *archive.personnes, *archive.personnes.values()))):
        message = "un nom trop long pour être gardé, ou qui contient un caractère invisible"
        yield Issue("archive-refusee", message, Location(f"{nom}/{_PERSONNES}"))
    if not is_moment(archive.cree_le):
        message = f"« {archive.cree_le[:40]} » n’est pas un moment"
        yield Issue("archive-refusee", message, Location(f"{nom}/{SOMMAIRE}"))


def _digest(content: bytes) -> str:
    return f"sha256:{sha256(content).hexdigest()}"
