"""A request checked against a référentiel gives a context, or every reason why it cannot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct

from certif_rules.audit.certificats import not_held, recognised
from certif_rules.audit.checklist import NON_SATISFAITE
from certif_rules.audit.demande import Demande, FaitDit, declared
from certif_rules.audit.precedent import ConstatDit, PrecedentDit
from certif_rules.errors import DataError, Issue, IssuesError, Location, UsageError, suggestion
from certif_rules.model.referentiel import Referentiel, TypeAudit
from certif_rules.noms import enumeres, retrouver
from certif_rules.rules.contexte import (
    Ajouts,
    Certificat,
    ConstatPrecedent,
    Contexte,
    FaitDeclare,
    Organisme,
    Precedent,
)
from certif_rules.rules.faits import contradictions
from certif_rules.source.donnees import as_text, as_texts, as_truth

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def refusal(issues: Iterable[Issue]) -> IssuesError:
    """Return the error for these issues: of a file as soon as one of them has a place, else of usage."""
    every = list(issues)
    return DataError(every) if any(issue.location for issue in every) else UsageError(every)


def parse_day(text: str, label: str, lieu: Location | None = None, champ: str = "") -> date:
    """Return a civil date ``AAAA-MM-JJ``; a timestamp is refused.

    Raises:
        UsageError, DataError: it is not one.
    """
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        message = f"{label} : « {text} » n’est pas une date"
        hint = "écrire AAAA-MM-JJ, sans heure, par exemple 2024-03-18"
        raise refusal([Issue("date-invalide", message, lieu, hint, champ=champ)])
    return day


def readable_day(text: str | None) -> date | None:
    """Return the day of a text that is one: what is wrong of another is told by who checks it."""
    try:
        return None if text is None else parse_day(text, "")
    except IssuesError:
        return None


def _received(demande: Demande, type_audit: TypeAudit) -> dict[str, bool]:
    """Return whether each document that stands in for this audit was received, as the application says."""
    pieces = (demande.dossier or {}).get("pieces") or {}
    given = {}
    for piece in type_audit.pieces:
        value = pieces.get(piece.id)
        value = as_truth(value.get("fourni", True) if isinstance(value, Mapping) else value)
        if isinstance(value, bool):
            given[piece.id] = value
    return given


class DemandeVerifiee(Struct, frozen=True, kw_only=True):
    """A request is read against a référentiel: its context as far as it goes, and what is wrong of it."""

    contexte: Contexte
    issues: tuple[Issue, ...]


def check(demande: Demande, referentiel: Referentiel, *, whole: bool = True) -> DemandeVerifiee:
    """Read a request against a référentiel; what it lacks is another question.

    Args:
        demande: what was asked.
        referentiel: what it is checked against.
        whole: whether the audit itself is prepared: its categories and the conditions of its type count.
    """
    verification = _Verification(demande, referentiel)
    contexte = verification.run(whole=whole)
    return DemandeVerifiee(contexte=contexte, issues=tuple(verification.issues))


class _Verification:
    def __init__(self, demande: Demande, referentiel: Referentiel) -> None:
        self.demande = demande
        self.referentiel = referentiel
        self.issues: list[Issue] = []
        self._lines: dict[str, str | None] = {}
        self._audit_day: date | None = None

    def run(self, *, whole: bool) -> Contexte:
        demande = self.demande
        type_audit = self._type(demande.type_audit) if demande.type_audit is not None else None
        if demande.date is not None:
            self._audit_day = self._day(demande.date, "date de l’audit", demande.lieu("date"), "audit.date")
        contexte = Contexte(
            type_audit=type_audit.id if type_audit else "",
            date=self._audit_day or date.min,
            organisme=self._organisme(demande),
            faits=self._faits(),
            ajouts=Ajouts(
                categories=self._categories(
                    demande.ajout_categories, demande.lieu("ajouts"), "ajouts.categories"
                ),
                sites=demande.ajout_sites,
            ),
            precedent=self._precedent(demande.precedent, type_audit, self._audit_day, "precedent"),
            certificats=self._certificats(),
            mode=demande.mode,
            recues=_received(demande, type_audit) if type_audit else {},
        )
        if not self.issues:
            self._contradictions(contexte)
            if whole and type_audit and self._audit_day:
                self._conditions(contexte, type_audit)
        return contexte

    def _wrong(self, code: str, message: str, lieu: Location | None, hint: str, champ: str) -> None:
        self.issues.append(Issue(code, message, lieu, hint, champ=champ))

    # ---- names -------------------------------------------------------------------------------------

    def _unknown(
        self, code: str, label: str, name: str, known: Iterable[str], lieu: Location | None, champ: str,
        hint: str = "",
    ) -> None:  # fmt: skip
        message = f"{self.referentiel.id} n’a pas {label} « {name} »"
        self._wrong(code, message, lieu, hint or suggestion(name, known), champ)

    def _type(self, name: str) -> TypeAudit | None:
        own = {t.code: t for t in self.referentiel.types_audit.values() if t.origine == self.referentiel.id}
        type_audit = own.get(name.removeprefix(f"{self.referentiel.id}/"))
        if type_audit is None:
            self._unknown(
                "type-inconnu", "de type d’audit", name, own, self.demande.lieu("type"), "audit.type"
            )
        return type_audit

    def _categories(self, names: Iterable[str], lieu: Location | None, champ: str) -> tuple[str, ...]:
        ids = [self._categorie(name, lieu, champ) for name in names]
        return tuple(dict.fromkeys(c for c in ids if c is not None))

    def _categorie(self, name: str, lieu: Location | None, champ: str) -> str | None:
        known = {c.id: c.synonymes for c in self.referentiel.categories.values()}
        ids = retrouver(name, known)
        if len(ids) == 1:
            return ids[0]
        each = "" if lieu else ", ".join(enumeres(name, known))
        hint = each and f"une catégorie à la fois : {each}"
        if self.referentiel.sans_categories:
            hint = "ce référentiel n’en distingue pas : n’en donner aucune"
        self._unknown("categorie-inconnue", "de catégorie", name, known, lieu, champ, hint)
        return None

    def _line(self, cle: str, lieu: Location | None, champ: str) -> str | None:
        """Return a line by id, or by a printed number that one line bears; tell a wrong name once."""
        if cle not in self._lines:
            self._lines[cle] = self._find_line(cle, lieu, champ)
        return self._lines[cle]

    def _find_line(self, cle: str, lieu: Location | None, champ: str) -> str | None:
        lines = self.referentiel.indicateurs
        ids = retrouver(cle, {line.id: (line.numero,) for line in lines.values()})
        if len(ids) == 1:
            return ids[0]
        if ids:
            message = f"le numéro « {cle} » désigne plusieurs lignes : {', '.join(ids)}"
            self._wrong("ligne-ambigue", message, lieu, "écrire l’identifiant « origine/code »", champ)
        else:
            numeros = [line.numero for line in lines.values()]
            self._unknown("ligne-inconnue", "d’indicateur", cle, numeros, lieu, champ)
        return None

    def _day(self, text: str, label: str, lieu: Location | None, champ: str) -> date | None:
        try:
            return parse_day(text, label, lieu, champ)
        except IssuesError as error:
            self.issues.extend(error.issues)
            return None

    # ---- values ------------------------------------------------------------------------------------

    def _organisme(self, demande: Demande) -> Organisme:
        given = demande.organisme
        return Organisme(
            categories=self._categories(
                self._given(demande), demande.lieu("categories"), "organisme.categories"
            ),
            nom=as_text(given.get("nom")),
            siren=as_text(given.get("siren")),
            nda=as_text(given.get("nda")),
            chiffre_affaires=given.get("chiffre_affaires"),
            sites=tuple({k: as_texts(v) for k, v in site.items()} for site in given.get("sites") or ()),
        )

    def _given(self, demande: Demande) -> tuple[str, ...]:
        """Return the categories that are typed; those of a référentiel without any, which nobody types."""
        unnamed = self.referentiel.sans_categories and not demande.categories
        return tuple(self.referentiel.categories) if unnamed else demande.categories

    def _faits(self) -> dict[str, FaitDeclare]:
        everywhere: dict[str, FaitDit] = {}
        somewhere: dict[str, dict[str, FaitDit]] = {}
        for dit in self.demande.faits:
            if dit.fait not in self.referentiel.faits:
                self._unknown(
                    "fait-inconnu", "de fait", dit.fait, self.referentiel.faits, dit.lieu, dit.champ
                )
                continue
            table: dict[str, FaitDit] = everywhere
            key = dit.fait
            if dit.categorie is not None:
                categorie = self._categorie(dit.categorie, dit.lieu, dit.champ)
                if categorie is None:
                    continue
                table, key = somewhere.setdefault(dit.fait, {}), categorie
            if dit.valeur is None or not self._answers(dit):
                continue
            before = table.get(key, dit)
            overridden = before.lieu is not None and dit.lieu is None  # an option wins over the profile
            if before.valeur != dit.valeur and not overridden:
                values = "a deux valeurs" if isinstance(dit.valeur, str) else "est dit vrai et faux à la fois"
                message = f"le fait « {dit.fait} » {values}"
                self._wrong("fait-contraire", message, dit.lieu, "ne garder que l’un des deux", dit.champ)
            table[key] = dit
        return {
            nom: declared(self.referentiel.faits[nom], everywhere.get(nom), somewhere.get(nom, {}))
            for nom in dict.fromkeys((*everywhere, *somewhere))
        }

    def _answers(self, dit: FaitDit) -> bool:
        """Return whether what is said of a fact answers it; tell why where it does not."""
        nombre = self.referentiel.faits[dit.fait].nombre
        counted = isinstance(dit.valeur, str)
        if nombre is None and counted:
            message = f"le fait « {dit.fait} » n’est pas un nombre"
            hint = "répondre par oui ou par non"
        elif nombre is not None and not counted and nombre.seuil is None:
            message = f"le fait « {dit.fait} » ne peut être dit vrai ni faux : {nombre.attend}"
            hint = f"donner le nombre ({nombre.unite}), ou ne rien dire"
        else:
            return True
        self._wrong("fait-mal-dit", message, dit.lieu, hint, dit.champ)
        return False

    def _precedent(
        self, dit: PrecedentDit | None, type_audit: TypeAudit | None, following: date | None, champ: str
    ) -> Precedent | None:
        """Return the earlier audit told in ``champ``; ``following`` is the day of the next, where known."""
        if dit is None:
            return None
        lieu = dit.lieu
        codes = list(dict.fromkeys(t.code for t in self.referentiel.types_audit.values()))
        admitted = list(type_audit.precedents) if type_audit and type_audit.precedents else codes
        if dit.type is not None and dit.type not in admitted:
            message = f"l’audit précédent ne peut pas être du type « {dit.type} »"
            hint = suggestion(dit.type, admitted, "admis")
            self._wrong("type-inconnu", message, lieu, hint, f"{champ}.type")
        constats = None if dit.constats is None else self._constats(dit.constats, champ)
        day = None if dit.date is None else self._earlier_day(dit.date, lieu, following, f"{champ}.date")
        return Precedent(
            type=dit.type,
            date=day,
            indicateurs_audites=None
            if dit.indicateurs_audites is None
            else self._seen(dit.indicateurs_audites, constats or {}, lieu, champ),
            constats=constats,
            verifications=None if dit.verifications is None else self._checks(dit.verifications, champ),
            edition=dit.edition,
            precedent=self._precedent(dit.precedent, None, day or following, f"{champ}.precedent"),
        )

    def _checks(self, entries: Iterable[ConstatDit], champ: str) -> dict[str, ConstatPrecedent]:
        """Return the results of the earlier checks; only one that failed is put right."""
        known = {c.id for t in self.referentiel.types_audit.values() for c in t.verifications}
        results: dict[str, ConstatPrecedent] = {}
        for entry in entries:
            if entry.cle not in known:
                message = f"aucune vérification « {entry.cle} », à aucun type d’audit"
                hint = suggestion(entry.cle, sorted(known))
                path = f"{champ}.verifications.{entry.cle}"
                self._wrong("verification-inconnue", message, entry.lieu, hint, path)
            else:
                still = entry.ouvert or entry.constat != NON_SATISFAITE
                results[entry.cle] = ConstatPrecedent(constat=entry.constat, ouvert=still, ecart=entry.ecart)
        return results

    def _earlier_day(
        self, text: str, lieu: Location | None, following: date | None, champ: str
    ) -> date | None:
        day = self._day(text, "date de l’audit précédent", lieu, champ)
        if day and following and day > following:
            message = f"l’audit précédent ({day}) est après l’audit ({following})"
            self._wrong("date-invalide", message, lieu, "vérifier les deux dates", champ)
        return day

    def _seen(
        self,
        cles: Iterable[str],
        constats: Mapping[str, ConstatPrecedent],
        lieu: Location | None,
        champ: str,
    ) -> frozenset[str]:
        """Return the lines seen: a line found not to apply was set aside, not seen."""
        path = f"{champ}.indicateurs_audites"
        lines = {line for cle in cles if (line := self._line(cle, lieu, path)) is not None}
        known = self.referentiel.constats
        return frozenset(
            line for line in lines if line not in constats or not known[constats[line].constat].hors_portee
        )

    def _constats(self, entries: Iterable[ConstatDit], champ: str) -> dict[str, ConstatPrecedent]:
        constats: dict[str, ConstatPrecedent] = {}
        for entry in entries:
            path = f"{champ}.constats.{entry.cle}"
            line = self._line(entry.cle, entry.lieu, path)
            if entry.constat not in self.referentiel.constats:
                known = self.referentiel.constats
                self._unknown("constat-inconnu", "de constat", entry.constat, known, entry.lieu, path)
            elif line is not None:
                if line in constats:
                    message = f"la ligne « {line} » a deux constats"
                    self._wrong("ligne-en-double", message, entry.lieu, "n’en garder qu’un", path)
                if entry.apres is not None and entry.apres not in self.referentiel.constats:
                    known = self.referentiel.constats
                    self._unknown("constat-inconnu", "de constat", entry.apres, known, entry.lieu, path)
                constats[line] = ConstatPrecedent(
                    constat=entry.constat, ouvert=entry.ouvert, apres=entry.apres, ecart=entry.ecart
                )
        return constats

    def _certificats(self) -> dict[str, Certificat]:
        lieu = self.demande.lieu("certificats")
        certificats = {}
        known = recognised(self.referentiel)
        for nom, dit in self.demande.certificats.items():
            champ = f"certificats.{nom}"
            if nom not in known:
                self._unknown("certificat-inconnu", "de certificat", nom, known, lieu, champ)
                continue
            start = self._day(
                dit.notification, f"notification du certificat {nom}", lieu, f"{champ}.notification"
            )
            end = self._day(dit.echeance, f"échéance du certificat {nom}", lieu, f"{champ}.echeance")
            if start and end and start > end:
                message = f"le certificat {nom} finit ({end}) avant de commencer ({start})"
                self._wrong(
                    "date-invalide", message, lieu, "écrire le début, puis la fin", f"{champ}.echeance"
                )
            elif start and end:
                certificats[nom] = Certificat(
                    notification=start,
                    echeance=end,
                    etat=dit.etat,
                    categories=None
                    if dit.categories is None
                    else self._categories(dit.categories, lieu, f"{champ}.categories"),
                    sites=dit.sites,
                )
        return certificats

    # ---- what cannot be ----------------------------------------------------------------------------

    def _contradictions(self, contexte: Contexte) -> None:
        for contradiction in contradictions(self.referentiel, contexte):
            where = f" pour {contradiction.categorie}" if contradiction.categorie else ""
            titles = ", ".join(self.referentiel.sources[s].titre for s in contradiction.sources)
            message = (
                f"« {contradiction.fait} » ne peut pas être faux{where} : {contradiction.texte} ({titles})"
            )
            denied = (f for f in self.demande.faits if f.fait == contradiction.fait and f.valeur is False)
            dit = next(denied, FaitDit(contradiction.fait, contradiction.categorie, valeur=False))
            self._wrong("fait-contraire", message, dit.lieu, "retirer cette valeur", dit.champ)

    def _conditions(self, contexte: Contexte, type_audit: TypeAudit) -> None:
        """Check what the audit type needs: an addition, certificates valid on the day of the audit."""
        for exigence in type_audit.exige:
            if exigence.mot == "ajout":
                if not contexte.ajouts.categories and not contexte.ajouts.sites:
                    hint = "donner la catégorie ou le site ajoutés (« ajouts »)"
                    lieu = self.demande.lieu("type")
                    self._wrong("ajout-requis", exigence.texte, lieu, hint, "ajouts")
                continue
            self.issues += not_held(exigence, contexte, self.demande.lieux)
