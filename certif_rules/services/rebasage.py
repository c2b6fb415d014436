"""A label moved to another edition of its base: what that touches, and a draft of it, valid at once."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from certif_rules.audit.demande import Demande
from certif_rules.audit.editions import compare_editions
from certif_rules.audit.examen import parse_day, refusal
from certif_rules.audit.rebasage import Rebasage, Touche, rebase
from certif_rules.errors import Fautes, Issue, UsageError, lacking
from certif_rules.model.referentiel import Couche
from certif_rules.plugins.couche import HEADER, LIFE, EnTete, files_of, read_header
from certif_rules.services.atelier import Atelier
from certif_rules.services.comparaison import side_of
from certif_rules.services.retouches import add_item
from certif_rules.services.validation import validate
from certif_rules.source.retouche import quoted
from certif_rules.source.yaml import read

#: A key of the first level, with all that stands under it.
_SECTION: Final = re.compile(r"^(?=\w+ *:)", re.MULTILINE)
#: What an operation can no longer be: it stays in the draft as a comment, with why.
_POURQUOI: Final = {
    "sans_cible": "À REVOIR. Sa cible n’existe plus dans {base}.",
    "sans_effet": "À REVOIR. {base} dit désormais la même chose : {champs}.",
}


class Brouillon(Struct, frozen=True, kw_only=True):
    """A draft has its layers, by path, and what ``valider`` still finds wrong of them."""

    edition: str
    fichiers: Mapping[str, bytes]
    problemes: tuple[Issue, ...]


def rebase_label(atelier: Atelier, label: str, base: str) -> Rebasage:
    """Return what moving a label to another base touches.

    Args:
        atelier: what is installed.
        label: « LABEL@EDITION ».
        base: « REFERENTIEL@EDITION », another edition of what it rests on.

    Raises:
        UsageError, DataError: one of them is not installed, or the label does not rest on that référentiel.
    """
    registry = atelier.registry
    appel = Fautes()
    one = two = None
    with appel:
        one = side_of(registry, label, Demande())
    with appel:
        two = side_of(registry, base, Demande())
    if appel.issues or one is None or two is None:
        raise refusal(appel.issues)
    referentiel = one.resolution.referentiel
    under = (referentiel.base or "").partition("@")[0]
    if under != two.nom:
        message = f"{one.nom}@{one.edition} ne repose pas sur {two.nom}"
        hint = f"sa base est {referentiel.base}" if under else "il n’a pas de base"
        raise UsageError([Issue("base-introuvable", message, None, hint)])
    before = side_of(registry, str(referentiel.base), Demande(date=one.jour)).resolution
    after = two.resolution
    digests = (before.empreinte, after.empreinte)
    return rebase(referentiel, compare_editions(before.referentiel, after.referentiel, digests))


def draft(atelier: Atelier, rebasage: Rebasage, *, edition: str | None, du: str | None) -> Brouillon:
    """Return the layers of the label on its new base, as drafts: its texts, its comments, its own rules.

    Args:
        atelier: what is installed.
        rebasage: what :func:`rebase_label` gave.
        edition: the code of the new edition.
        du: its first day.

    Raises:
        UsageError: one of them is missing, or cannot be.
    """
    label = rebasage.label
    known = [couche.id for couche in atelier.registry.layers(label.id, "exigence")]
    appel = Fautes(*lacking([("l’édition", edition, "edition"), ("son premier jour", du, "du")]))
    if edition is not None and (edition in known or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", edition)):
        message = f"« {edition} » ne peut pas être le code de la nouvelle édition"
        appel.report("nom-invalide", message, None, f"éditions de {label.id} : {', '.join(known)}")
    own = [r for r in label.couches if r.couche.referentiel == label.id]
    for couche in (r.couche for r in own if r.couche.depuis is not None):
        message = f"{label.id}@{couche.id} est écrite depuis {couche.depuis} : elle a la base de celle-ci"
        hint = f"porter {label.id}@{couche.lignee[-1]}, puis récrire ce que {couche.id} y change"
        appel.report("base-differente", message, None, hint)
    with appel:
        parse_day(du, "premier jour") if du is not None else None
    if appel.issues or edition is None or du is None:
        raise refusal(appel.issues)
    files: dict[str, bytes] = {}
    for en_tete in (_header(atelier, r.contenu) for r in own):
        files |= dict(_layer(en_tete, rebasage, edition, du))
    return Brouillon(edition=edition, fichiers=files, problemes=_problems(atelier, files))


def _header(atelier: Atelier, couche: Couche) -> EnTete:
    """Return the header of an installed layer, with its folder."""
    plugin = atelier.registry.plugin_of(couche)
    folders = (d.dossier for nom, d in atelier.plugins.donnees if nom == plugin)
    path = next(p for f in folders if (p := f / couche.nature / couche.id / HEADER).is_file())
    return read_header(path, path.parent.parent.parent.parent.parent, plugin)


def _layer(en_tete: EnTete, rebasage: Rebasage, edition: str, du: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a layer of the draft."""
    couche = en_tete.couche
    nom = edition if couche.nature == "exigence" else f"{couche.id}-{edition}"
    folder = f"{couche.nature}/{nom}"
    text = en_tete.contenu.decode("utf-8-sig")
    yield f"{folder}/{HEADER}", _new_header(text, couche, rebasage, nom, edition, du)
    for within, life in (("", False), (f"{LIFE}/", True)):
        for name, content in files_of(en_tete, life=life):
            assert isinstance(content, bytes)
            lines = content.decode("utf-8-sig")
            if couche.nature == "exigence":
                lines = _without(lines, name, rebasage)
            yield f"{folder}/{within}{name.rpartition('/')[2]}", lines.encode("utf-8")


def _new_header(text: str, couche: Couche, rebasage: Rebasage, nom: str, edition: str, du: str) -> bytes:
    """Return the header of a layer on its new base: what is not of its identity is kept as it is written."""
    base = rebasage.base.apres
    target = f"{base.id}@{base.edition}"
    source = couche.sources[0]
    label = f"{couche.referentiel}@{rebasage.label.edition}"
    gap = f"À VÉRIFIER. {label} porté sur {target} par un programme : aucun texte lu ne le publie ainsi."
    values = {
        "id": quoted(nom),
        "titre": quoted(f"{couche.titre} – brouillon sur {target}"),
        "base": quoted(target) if couche.nature == "exigence" else None,
        "pour": None if couche.nature == "exigence" else f"[{quoted(edition)}]",
        "admis_du": None,
        "du": quoted(du),
        "au": "null",
        "remplace": quoted(couche.id) if couche.nature == "exigence" and couche.au is None else None,
        "confiance": "non_verifiee",
        "revisions": None,
    }
    sections = _sections(text)
    sections |= {cle: f"{cle}: {value}\n" for cle, value in values.items() if value is not None}
    for cle in (cle for cle, value in values.items() if value is None):
        sections.pop(cle, None)
    sections["brouillon"] = "brouillon: true\n"
    entry = {"champs": ["base"], "cherche": gap, "sources": [source]}
    return add_item("".join(sections.values()).encode("utf-8"), f"{nom}/{HEADER}", "lacunes", entry)


def _sections(text: str) -> dict[str, str]:
    """Return the text of each key of the first level, in order; what stands before it has an empty key."""
    parts = [part for part in _SECTION.split(text) if part]
    return {part.partition(":")[0].strip() if _SECTION.match(part) else "": part for part in parts}


def _without(text: str, name: str, rebasage: Rebasage) -> str:
    """Return a file of the overlay whose operations that cannot be any more are comments, each with why."""
    base = rebasage.base.apres
    gone = {
        int(touche.emplacement.rpartition(":")[2]): touche
        for touche in rebasage.touches
        if touche.devenir in _POURQUOI and touche.emplacement.rpartition(":")[0].endswith(name)
    }
    data = read(text, name)
    lines = text.splitlines(keepends=True)
    for cle in ("modifications", "retraits"):
        items = data.get(cle)
        if not items:
            continue
        starts = [place[0] for place in items.items_at]
        ends = [*starts[1:], _end(data, cle, len(lines))]
        out = [(s, e, gone[s]) for s, e in zip(starts, ends, strict=True) if s in gone]
        for start, end, touche in out:
            _comment(lines, start, end, _why(touche, f"{base.id}@{base.edition}"))
        if out and len(out) == len(starts):
            at = data.keys_at[cle][0] - 1
            lines[at] = f"# {lines[at]}"
    return "".join(lines)


def _end(data: Mapping[str, object], cle: str, number: int) -> int:
    """Return the line of the key after another, or the one after the last."""
    keys = getattr(data, "keys_at", {})
    later = [place[0] for place in keys.values() if place[0] > keys[cle][0]]
    return min(later, default=number + 1)


def _why(touche: Touche, base: str) -> str:
    return _POURQUOI[touche.devenir].format(base=base, champs=", ".join(touche.egaux))


def _comment(lines: list[str], start: int, end: int, why: str) -> None:
    """Make comments of lines, counted from 1, and say why before the first."""
    for index in range(start - 1, end - 1):
        lines[index] = f"# {lines[index]}" if lines[index].strip() else lines[index]
    lines[start - 1] = f"# {why}\n{lines[start - 1]}"


def _problems(atelier: Atelier, files: Mapping[str, bytes]) -> tuple[Issue, ...]:
    """Return what is still wrong of the layers of a draft, named from their folder."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve() / "donnees"
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return validate([root], atelier.plugins.donnees, here=root).problemes
