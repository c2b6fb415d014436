"""The application file of a profile, checked against what a label declares: every problem at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.demande import Demande
from certif_rules.audit.examen import check, parse_day, readable_day
from certif_rules.errors import Issue, IssuesError, suggestion
from certif_rules.model.candidature import Candidature, Interrogation
from certif_rules.model.referentiel import Referentiel
from certif_rules.rules.contexte import Certificat
from certif_rules.rules.faits import resolve_all
from certif_rules.rules.trivalent import Trivalent, either
from certif_rules.source.donnees import as_text, as_truth, place_of
from certif_rules.vie.conditions import judge
from certif_rules.vie.declaration import Depot, DevisDit, PieceDite
from certif_rules.vie.montants import cents, days

#: What this command lists as missing, or as expired, and which is thus no error of the request.
_LISTED = frozenset({"ajout-requis", "certificat-requis", "certificat-hors-validite"})


class DepotLu(Struct, frozen=True, kw_only=True):
    """A reading is what a profile says of an application, as far as it can be read, and what is wrong."""

    depot: Depot
    issues: tuple[Issue, ...]


def read_deposit(demande: Demande, referentiel: Referentiel, candidature: Candidature) -> DepotLu:
    """Read the application file of a request against what a label declares; nothing is raised."""
    reader = _Reader(demande, referentiel, candidature)
    depot = reader.run()
    return DepotLu(depot=depot, issues=tuple(reader.issues))


class _Reader:
    def __init__(self, demande: Demande, referentiel: Referentiel, candidature: Candidature) -> None:
        self.demande = demande
        self.referentiel = referentiel
        self.candidature = candidature
        self.node: Mapping[str, Any] = demande.dossier or {}
        self.verifiee = check(demande, referentiel)
        self.issues = [i for i in self.verifiee.issues if i.code not in _LISTED]

    def run(self) -> Depot:
        demande = self.demande
        prefix = f"{self.referentiel.id}/"
        # What is wrong of these is told by the check of the request: here, the rest is still looked at.
        audit = readable_day(demande.date)
        certificats = {
            nom: Certificat(notification=start, echeance=end, etat=held.etat)
            for nom, held in demande.certificats.items()
            if (start := readable_day(held.notification)) and (end := readable_day(held.echeance))
        }
        quotes = self.node.get("devis")
        depot = Depot(
            type=demande.type_audit.removeprefix(prefix) if demande.type_audit else None,
            precedent=demande.precedent.type if demande.precedent else None,
            depot_le=self._day(self.node, "depot"),
            audit_le=audit,
            nom=as_text(demande.organisme.get("nom")),
            categories=self._categories(),
            champs=frozenset(
                champ
                for champ, value in {**demande.organisme, "categories": demande.categories}.items()
                if value not in (None, "", (), [])
            ),
            faits=self._facts(),
            pieces=self._pieces(),
            devis=None if quotes is None else tuple(map(self._quote, quotes)),
            certificats=certificats,
            auditeur=self._firm(self.node, "auditeur") if self.node.get("auditeur") else None,
            mode=demande.mode,
            motif_mode=self.node.get("motif_mode"),
        )
        depot = self._answers(depot)
        depot = depot if depot.type else _led(depot, self.candidature)
        return replace(depot, mode=self._mode(depot))

    # ---- small values ------------------------------------------------------------------------------

    def _refuse(self, code: str, message: str, node: Any, key: Any, hint: str | None = None) -> None:
        self.issues.append(Issue(code, message, place_of(node, key), hint))

    def _day(self, node: Mapping[str, Any], key: str) -> date | None:
        text = node.get(key)
        if text is None:
            return None
        try:
            return parse_day(str(text), key, place_of(node, key))
        except IssuesError as error:
            self.issues.extend(error.issues)
            return None

    def _firm(self, node: Mapping[str, Any], key: str) -> str | None:
        """Return a firm of the register, by code or by name."""
        text = str(node[key])
        known = self.candidature.auditeurs
        for auditeur in known.values():
            if text.casefold() in (auditeur.id.casefold(), auditeur.nom.casefold()):
                return auditeur.id
        message = f"l’auditeur « {text} » n’est pas du registre de {self.referentiel.id}"
        firms = ", ".join(f"{a.nom} ({a.id})" for a in known.values())
        self._refuse("auditeur-inconnu", message, node, key, f"auditeurs habilités : {firms}")
        return None

    def _categories(self) -> tuple[str, ...]:
        named = (*self.demande.categories, *self.demande.ajout_categories)
        synonyms = {s: c.id for c in self.referentiel.categories.values() for s in (c.id, *c.synonymes)}
        return tuple(dict.fromkeys(synonyms[name] for name in named if name in synonyms))

    def _facts(self) -> dict[str, Trivalent]:
        """Return what is known of each fact: true where it is for one category at least."""
        values = resolve_all(self.referentiel, self.verifiee.contexte)
        return {
            nom: either(known[nom] for known in values.values()) for nom in self.referentiel.faits if values
        }

    def _mode(self, depot: Depot) -> str | None:
        """Return the mode among those that a label lets choose here; where it lets none, as printed."""
        lieux = [li for li in self.candidature.lieux.values() if judge(li.si, self.candidature, depot).valeur]
        modes = {code: nom for lieu in lieux for code, nom in lieu.modes.items()}
        mode = depot.mode
        if mode is None or not modes:
            return mode
        for code, nom in modes.items():
            if mode.casefold() in (code.casefold(), nom.casefold()):
                return code
        message = f"le mode « {mode} » n’est pas l’un de ceux que {self.referentiel.id} connaît"
        self.issues.append(Issue("mode-inconnu", message, self.demande.lieu("mode"), suggestion(mode, modes)))
        return None

    # ---- documents ---------------------------------------------------------------------------------

    def _pieces(self) -> dict[str, PieceDite] | None:
        node = self.node.get("pieces")
        if node is None:
            return None
        pieces = {}
        for identifiant, value in node.items():
            piece = self.candidature.pieces.get(identifiant)
            if piece is None or piece.devis is not None or piece.certificat is not None:
                self._misplaced(identifiant, node)
            else:
                pieces[identifiant] = self._piece(value, [f.id for f in piece.formes])
        return pieces

    def _misplaced(self, identifiant: str, node: Mapping[str, Any]) -> None:
        piece = self.candidature.pieces.get(identifiant)
        if piece is None:
            plain = [p.id for p in self.candidature.pieces.values() if not (p.devis or p.certificat)]
            message = f"{self.referentiel.id} n’a pas de pièce « {identifiant} »"
            self._refuse("piece-inconnue", message, node, identifiant, suggestion(identifiant, plain))
        else:
            key = "devis" if piece.devis else "certificats"
            message = f"la pièce « {identifiant} » se décrit sous « {key} »"
            self._refuse("piece-deplacee", message, node, identifiant, f"l’écrire sous « {key} »")

    def _piece(self, value: Any, formes: list[str]) -> PieceDite:
        if not isinstance(value, Mapping):
            return PieceDite(fournie=as_truth(value))
        forme = value.get("forme")
        if forme is not None and forme not in formes:
            message = f"« {forme} » n’est pas une forme de cette pièce"
            self._refuse("forme-inconnue", message, value, "forme", suggestion(forme, formes, "formes"))
        return PieceDite(
            fournie=as_truth(value.get("fourni", True)),
            fourni_le=self._day(value, "fourni_le"),
            etabli_le=self._day(value, "etabli_le"),
            expire_le=self._day(value, "expire_le"),
            signe=as_truth(value.get("signe")),
            forme=forme,
        )

    def _quote(self, item: Mapping[str, Any]) -> DevisDit:
        montant = duree = None
        if item.get("montant") is not None:
            montant = cents(str(item["montant"]))
            if montant is None:
                message = f"« {item['montant']} » n’est pas un montant"
                self._refuse("montant-illisible", message, item, "montant", "en euros, par exemple 3200,50")
        if item.get("duree_jours") is not None:
            duree = days(str(item["duree_jours"]))
            if duree is None or duree == Fraction(0):
                message = f"« {item['duree_jours']} » n’est pas un nombre de jours"
                self._refuse("duree-illisible", message, item, "duree_jours", "par exemple 1,5")
        return DevisDit(
            auditeur=self._firm(item, "auditeur") or "",
            montant=montant,
            duree_jours=duree,
            financement=as_truth(item.get("financement")),
            signe=as_truth(item.get("signe")),
            expire_le=self._day(item, "expire_le"),
        )

    # ---- answers -----------------------------------------------------------------------------------

    def _answers(self, depot: Depot) -> Depot:
        """Return the answers given, and those the profile gives elsewhere, which may not contradict them."""
        node = self.node.get("reponses") or {}
        known = {q.id: q for q in self.candidature.questions.values() if q.choix}
        answers: dict[str, str] = {}
        for identifiant, answer in node.items():
            question = known.get(identifiant)
            if question is None:
                message = f"{self.referentiel.id} n’a pas de question « {identifiant} »"
                self._refuse("question-inconnue", message, node, identifiant, suggestion(identifiant, known))
            elif answer is not None:
                choices = [c.id for c in question.choix]
                if answer in choices:
                    answers[identifiant] = answer
                else:
                    message = f"« {answer} » ne répond pas à « {identifiant} »"
                    hint = suggestion(answer, choices, "réponses")
                    self._refuse("reponse-inconnue", message, node, identifiant, hint)
        deduced = {q.id: deduction for q in known.values() if (deduction := self._deduced(q, depot))}
        for identifiant, deduction in deduced.items():
            if answers.get(identifiant, deduction[0]) not in deduction:
                answer = answers[identifiant]
                message = f"« {identifiant} » : « {answer} », mais le reste du profil dit « {deduction[0]} »"
                self._refuse("reponse-contraire", message, node, identifiant, "corriger l’un des deux")
            answers.setdefault(identifiant, deduction[0])
        return replace(depot, reponses=answers, deduites=frozenset(deduced) - frozenset(node))

    def _deduced(self, question: Interrogation, depot: Depot) -> list[str]:
        """Return the answers that the sites, or the certificates valid on the day, give by themselves.

        After an earlier audit for the label, the certificate of another proves nothing of the label itself.
        """
        sites = self.demande.organisme.get("sites") or ()
        regions = {str(site["region"]).casefold() for site in sites if site.get("region")}
        day = depot.jour
        held = {
            nom
            for nom, c in depot.certificats.items()
            if day and c.notification <= day <= c.echeance and c.etat is None
        }
        if depot.precedent:
            held &= {self.referentiel.id}
        return [
            c.id
            for c in question.choix
            if (c.region and c.region.casefold() in regions) or (c.certificat and c.certificat in held)
        ]


def _led(depot: Depot, candidature: Candidature) -> Depot:
    """Return the audit type that an answer leads to, when it leads to one only."""
    for question in candidature.questions.values():
        for choix in question.choix:
            if depot.reponses.get(question.id) == choix.id and len(choix.mene_a) == 1:
                return replace(depot, type=choix.mene_a[0], type_deduit_de=question.id)
    return depot
