"""The earlier audit as people give it: its findings file, or what a profile says of it.

Values are kept as typed, each with its place when it comes from a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from certif_rules.errors import DataError, Issue, Location
from certif_rules.rules.contexte import VERIFICATION
from certif_rules.source.donnees import as_text, place_of, read_given
from certif_rules.source.entree import FichierDonne, given_file
from certif_rules.source.schema import check


class ConstatDit(Struct, frozen=True):
    """An earlier finding stands under the key that people used (a printed number, or an id).

    ``apres`` is the level that it became once lifted; ``ecart`` what was typed of it, by key.
    """

    cle: str
    constat: str
    ouvert: bool
    lieu: Location | None = None
    apres: str | None = None
    ecart: Mapping[str, str] = field(default_factory=dict)


class PrecedentDit(Struct, frozen=True, kw_only=True):
    """The earlier audit is as typed; ``None`` is « not given », and ``lieu`` is where it was told.

    ``precedent`` is the audit before it.
    """

    type: str | None = None
    date: str | None = None
    indicateurs_audites: tuple[str, ...] | None = None
    constats: tuple[ConstatDit, ...] | None = None
    verifications: tuple[ConstatDit, ...] | None = None
    lieu: Location | None = None
    edition: str | None = None
    precedent: PrecedentDit | None = None


def read_precedent(source: Path | FichierDonne) -> PrecedentDit:
    """Return the earlier audit told by its findings file.

    The lines that have a finding were seen; a finding lifted since is known but no longer open.

    Raises:
        DataError: the file cannot be read, or its schema refuses it.
    """
    fichier = given_file(source)
    data = read_given(Path(fichier.nom), content=fichier.octets)
    issues = check(data, "constats") or list(_left_to_choose(data["constats"]))
    if issues:
        raise DataError(issues)
    return findings(data)


def _left_to_choose(entries: Any) -> Iterator[Issue]:
    """Yield the lines with findings, of their sites or of two files, among which nobody chose."""
    for entry in entries:
        sites = (part.get("constat", "a_evaluer") for part in entry.get("par_site") or ())
        files = (c for c in entry.get("a_accorder") or () if not c.get("aucune"))
        several = any(c != "a_evaluer" for c in sites) or any(c["champ"] == "constat" for c in files)
        if entry["constat"] == "a_evaluer" and several:
            message = f"l’audit précédent laisse à choisir le constat de la ligne « {entry['id']} »"
            yield Issue("constat-a-choisir", message, place_of(entry, "id"), "le choisir dans ce fichier")


def findings(data: Any) -> PrecedentDit:
    """Return the audit told by findings that their schema accepts; lines « a_evaluer » say nothing."""
    audit = data.get("audit") or {}
    constats = _recorded(data["constats"], "constat")
    checks = data.get("verifications")
    return PrecedentDit(
        type=audit.get("type"),
        date=as_text(audit.get("date")),
        indicateurs_audites=tuple(constat.cle for constat in constats),
        constats=constats,
        verifications=None if checks is None else _recorded(checks, "resultat"),
        lieu=place_of(data, "audit") or place_of(data, "constats"),
        edition=as_text(_edition(data)),
        precedent=precedent_of(data) if data.get("precedent") is not None else None,
    )


def _edition(data: Any) -> Any:
    """Return the edition that findings name, beside their référentiel or inside it."""
    referentiel, edition = data.get("referentiel"), data.get("edition")
    return referentiel.get("edition") if edition is None and isinstance(referentiel, Mapping) else edition


def _followed(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed of a finding that is still open, then at each site; nothing of one lifted."""
    if entry.get("leve_le") is not None:
        return {}
    texts: dict[str, str] = {}
    for part in (entry, *(p for p in entry.get("par_site") or () if p.get("leve_le") is None)):
        where = "" if part is entry else f"{part['site']} : "
        for key, texte in {"commentaire": part.get("commentaire"), **(part.get("ecart") or {})}.items():
            if texte:
                texts[key] = f"{texts[key]} ; {where}{texte}" if key in texts else f"{where}{texte}"
    return texts


def _recorded(entries: Any, key: str) -> tuple[ConstatDit, ...]:
    """Return the findings of lines, or the results of checks, that say something."""
    return tuple(
        ConstatDit(
            str(entry["id"]),
            entry[key],
            entry.get("leve_le") is None,
            place_of(entry, "id"),
            entry.get("leve_constat"),
            _followed(entry),
        )
        for entry in entries
        if entry.get(key, "a_evaluer") != "a_evaluer"
    )


def precedent_of(data: Any) -> PrecedentDit:
    """Return the earlier audit that a profile or findings tell, as their schema accepts it."""
    node = data["precedent"]
    constats = node.get("constats")
    seen = node.get("indicateurs_audites")
    lifted = {str(cle) for cle in node.get("leves") or ()}
    after = {str(cle): constat for cle, constat in (node.get("apres_levee") or {}).items()}
    followed = {str(cle): texts for cle, texts in (node.get("ecarts") or {}).items()}
    checks = node.get("verifications")
    return PrecedentDit(
        type=node.get("type"),
        date=as_text(node.get("date")),
        indicateurs_audites=None if seen is None else tuple(str(cle) for cle in seen),
        constats=None
        if constats is None
        else tuple(
            ConstatDit(
                str(cle),
                constat,
                str(cle) not in lifted and str(cle) not in after,
                place_of(constats, cle),
                after.get(str(cle)),
                dict(followed.get(str(cle)) or {}),
            )
            for cle, constat in constats.items()
        ),
        verifications=None
        if checks is None
        else tuple(
            ConstatDit(
                str(cle),
                "non_satisfaite" if result == "levee" else result,
                result != "levee",
                place_of(checks, cle),
                ecart=dict(followed.get(f"{VERIFICATION}{cle}") or {}),
            )
            for cle, result in checks.items()
        ),
        lieu=place_of(data, "precedent"),
        edition=as_text(node.get("edition")),
        precedent=precedent_of(node) if node.get("precedent") is not None else None,
    )
