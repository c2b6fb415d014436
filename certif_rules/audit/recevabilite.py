"""Whether findings can stand: what an auditor recorded, checked against the checklist it was made with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.checklist import NON_SATISFAITE, RESULTATS, Checklist, Ligne, Point
from certif_rules.audit.constats import A_EVALUER, PLAN_ACCEPTE, PLAN_RECU, Dossier, Releve
from certif_rules.errors import Issue, Location, suggestion
from certif_rules.model.referentiel import Referentiel


def with_ids(referentiel: Referentiel, dossier: Dossier) -> tuple[Dossier, list[Issue]]:
    """Return the same findings by id of line, and the printed numbers that several lines bear.

    A number that no line bears is left as it is: :func:`check_findings` says so.
    """
    ids: dict[str, list[str]] = {}
    for line in referentiel.indicateurs.values():
        ids.setdefault(line.numero, []).append(line.id)
    issues = []
    releves = []
    for releve in dossier.releves:
        candidates = [releve.ligne] if releve.ligne in referentiel.indicateurs else ids.get(releve.ligne, [])
        if len(candidates) > 1:
            message = f"le numéro « {releve.ligne} » désigne plusieurs lignes : {', '.join(candidates)}"
            hint = "écrire l’identifiant « origine/code »"
            champ = f"constats.{releve.ligne}"
            issues.append(Issue("ligne-ambigue", message, releve.lieu, hint, champ=champ))
        releves.append(replace(releve, ligne=candidates[0]) if len(candidates) == 1 else releve)
    return replace(dossier, releves=tuple(releves)), issues


def check_findings(checklist: Checklist, dossier: Dossier) -> Iterator[Issue]:
    """Yield everything impossible: lines unknown, missing or twice, findings not allowed, wrong dates."""
    lignes = {ligne.indicateur.id: ligne for ligne in checklist.lignes}
    seen: dict[str, Releve] = {}
    for releve in dossier.releves:
        ligne = lignes.get(releve.ligne)
        if ligne is None:
            # A number that several lines bear is already told by with_ids.
            if sum(li.indicateur.numero == releve.ligne for li in checklist.lignes) < 2:
                message = f"aucune ligne « {releve.ligne} » dans cette checklist"
                numeros = [li.indicateur.numero for li in checklist.lignes]
                hint = suggestion(releve.ligne, numeros, "lignes")
                champ = f"constats.{releve.ligne}"
                yield Issue("ligne-inconnue", message, releve.lieu, hint, champ=champ)
        elif releve.ligne in seen:
            message = f"la ligne {ligne.indicateur.numero} a deux constats"
            related = _first(seen[releve.ligne])
            champ = f"constats.{releve.ligne}"
            yield Issue("ligne-en-double", message, releve.lieu, "n’en garder qu’un", related, champ=champ)
        else:
            yield from _check_all(checklist, _of_line(checklist, ligne), releve, dossier.notifie_le)
        seen.setdefault(releve.ligne, releve)
    for identifiant, ligne in lignes.items():
        if ligne.etat == "a_auditer" and identifiant not in seen:
            message = f"la ligne {ligne.indicateur.numero}, due à cet audit, n’a pas de constat"
            hint = f"ajouter la ligne, au besoin avec « {A_EVALUER} »"
            champ = f"constats.{identifiant}.constat"
            yield Issue("ligne-manquante", message, dossier.lieu("constats"), hint, champ=champ)
    yield from _check_points(checklist, dossier)
    day = checklist.contexte.date.isoformat()
    if dossier.notifie_le is not None and dossier.notifie_le < day:
        message = f"les écarts sont notifiés le {dossier.notifie_le}, avant l’audit ({day})"
        hint = "vérifier ecarts_notifies_le et la date de l’audit"
        lieu, champ = dossier.lieu("ecarts_notifies_le"), "ecarts_notifies_le"
        yield Issue("notification-avant-audit", message, lieu, hint, champ=champ)


def check_finding(checklist: Checklist, releve: Releve, notified: str | None = None) -> Iterator[Issue]:
    """Yield what is impossible in one finding, of a line or of a check, and at each of its sites."""
    for ligne in checklist.lignes:
        if ligne.indicateur.id == releve.ligne:
            yield from _check_all(checklist, _of_line(checklist, ligne), releve, notified)
    for point in checklist.verifications:
        if point.id == releve.ligne:
            yield from _check_all(checklist, _of_point(checklist, point), releve, notified)


def lacks_text(ligne: Ligne) -> bool:
    """Return whether nobody, source nor body, gives the text of a line: a finding says what it rests on."""
    return ligne.indicateur.exigence is None


def rests_on_nothing(checklist: Checklist, ligne: Ligne, releves: Mapping[str, Releve]) -> bool:
    """Return whether a line was found in scope, though nobody gave its text: source, body nor auditor."""
    releve = releves.get(ligne.indicateur.id)
    if not lacks_text(ligne) or releve is None or not releve.porte:
        return False
    constat = checklist.referentiel.constats.get(releve.constat)
    return not (constat and constat.hors_portee) and not (releve.appui or "").strip()


def levels_after_lifting(checklist: Checklist) -> tuple[str, ...]:
    """Return the levels that a lifting may give on some line; none where no level is a gap."""
    reached: set[str] = set()
    for ligne in checklist.lignes:
        levels = _levels(checklist, ligne.constats_permis)
        if any(_is_a_gap(checklist, ligne, level) for level in levels):
            reached.update(levels)
    return tuple(c for c in checklist.referentiel.constats if c in reached)


def next_levels(checklist: Checklist, ligne: Ligne, constat: str) -> tuple[str, ...]:
    """Return the levels that lifting this finding of a line may give; none where it is no level."""
    levels = _levels(checklist, ligne.constats_permis)
    return tuple(level for level in levels if level != constat) if constat in levels else ()


def _levels(checklist: Checklist, constats: Iterable[str]) -> list[str]:
    """Return those of these findings that are levels of a scale."""
    known = checklist.referentiel.constats
    return [c for c in constats if c in known and known[c].valeur is not None]


def needs_comment(checklist: Checklist, ligne: Ligne, constat: str) -> bool:
    """Return whether this finding on this line must come with a reason.

    On a line that the engine left out, saying that it does not apply needs none (the engine gives it) and
    anything else, which reverses the engine, does.
    """
    declared = checklist.referentiel.constats.get(constat)
    if declared is None:
        return False
    if ligne.etat == "non_applicable":
        return not declared.hors_portee
    return declared.commentaire_requis


def must_explain(checklist: Checklist, point: Point) -> bool:
    """Return whether a check that fails must come with a reason: its finding asks for one."""
    return point.constat is not None and checklist.referentiel.constats[point.constat].commentaire_requis


class _Sujet(Struct, frozen=True, kw_only=True):
    """A sujet bears a finding, a line or a check: its name in messages, its path, what may be found of it.

    ``requis`` are the findings that must come with a reason; ``ecarts``, those that may be lifted.
    """

    nom: str
    champ: str
    permis: tuple[str, ...]
    requis: frozenset[str]
    ecarts: frozenset[str]

    def issue(self, code: str, message: str, lieu: Location | None, hint: str, nom: str) -> Issue:
        """Return what is wrong of its field ``nom``."""
        if nom == "constat" and self.champ.startswith("verifications."):
            nom = "resultat"
        return Issue(code, message, lieu, hint, champ=f"{self.champ}.{nom}")


def _of_line(checklist: Checklist, ligne: Ligne) -> _Sujet:
    return _Sujet(
        nom=f"ligne {ligne.indicateur.numero}",
        champ=f"constats.{ligne.indicateur.id}",
        permis=ligne.constats_permis,
        requis=frozenset(c for c in ligne.constats_permis if needs_comment(checklist, ligne, c)),
        ecarts=frozenset(c for c in ligne.constats_permis if _is_a_gap(checklist, ligne, c)),
    )


def _of_point(checklist: Checklist, point: Point) -> _Sujet:
    failing = frozenset({NON_SATISFAITE})
    return _Sujet(
        nom=f"vérification « {point.id} »",
        champ=f"verifications.{point.id}",
        permis=RESULTATS,
        requis=failing if must_explain(checklist, point) else frozenset(),
        ecarts=failing,
    )


def _check_points(checklist: Checklist, dossier: Dossier) -> Iterator[Issue]:
    """Yield checks unknown or twice, and what cannot be found of them; one left out is still to be made."""
    points = {point.id: point for point in checklist.verifications}
    seen: dict[str, Releve] = {}
    for releve in dossier.verifications:
        point = points.get(releve.ligne)
        if point is None:
            message = f"aucune vérification « {releve.ligne[:40]} » à cet audit"
            hint = suggestion(releve.ligne, points, "vérifications") if points else "retirer cette entrée"
            champ = f"verifications.{releve.ligne}"
            yield Issue("verification-inconnue", message, releve.lieu, hint, champ=champ)
        elif releve.ligne in seen:
            message = f"la vérification « {point.id} » a deux constats"
            related = _first(seen[releve.ligne])
            champ, hint = f"verifications.{releve.ligne}", "n’en garder qu’un"
            yield Issue("verification-en-double", message, releve.lieu, hint, related, champ=champ)
        else:
            yield from _check_all(checklist, _of_point(checklist, point), releve, dossier.notifie_le)
        seen.setdefault(releve.ligne, releve)


def _check_all(checklist: Checklist, sujet: _Sujet, releve: Releve, notified: str | None) -> Iterator[Issue]:
    """Yield what is impossible in a finding, then in that of each of its sites."""
    yield from _check_one(checklist, sujet, releve, notified)
    for part in releve.par_site:
        nom, champ = f"{sujet.nom}, site {part.site}", f"{sujet.champ}.par_site.{part.site}"
        yield from _check_one(checklist, replace(sujet, nom=nom, champ=champ), part, notified)


def _check_one(checklist: Checklist, sujet: _Sujet, releve: Releve, notified: str | None) -> Iterator[Issue]:
    referentiel = checklist.referentiel
    for annotation in releve.annotations:
        if annotation not in referentiel.annotations:
            message = f"{sujet.nom} : l’annotation « {annotation} » n’est pas déclarée"
            hint = suggestion(annotation, referentiel.annotations, "annotations")
            yield sujet.issue("annotation-inconnue", message, releve.lieu, hint, "annotations")
    yield from _check_lifting(checklist, sujet, releve, notified)
    yield from _check_plan(checklist, sujet, releve)
    if not releve.porte:
        return
    if releve.constat not in sujet.permis:
        allowed = ", ".join(sujet.permis) or "aucun : elle n’est pas due à cet audit"
        message = f"{sujet.nom} : le constat « {releve.constat} » n’est pas permis"
        yield sujet.issue(
            "constat-non-permis", message, releve.lieu, f"constats permis : {allowed}", "constat"
        )
    elif releve.constat in sujet.requis and not _explained(sujet, releve):
        declared = referentiel.constats.get(releve.constat)
        titre = declared.titre if declared else "non satisfaite"
        message = f"{sujet.nom} : « {titre} » demande un commentaire qui en donne la raison"
        yield sujet.issue(
            "commentaire-manquant",
            message,
            releve.lieu,
            "écrire la raison dans le commentaire",
            "commentaire",
        )


def _explained(sujet: _Sujet, releve: Releve) -> bool:
    """Return whether a finding comes with a reason, if need be one that two people worded differently.

    Where only one gap is possible, nobody chose its gravity: what was written at a site is reason enough.
    """
    alike = (part for part in releve.par_site if part.constat == releve.constat)
    worded = (releve, *(alike if len(sujet.ecarts) == 1 else ()))
    return any(
        (one.commentaire or "").strip() or "commentaire" in {c.champ for c in one.disputes} for one in worded
    )


def _check_lifting(
    checklist: Checklist, sujet: _Sujet, releve: Releve, notified: str | None
) -> Iterator[Issue]:
    """Yield a finding is lifted with a day and an author, after the audit, and once it was notified."""
    author = bool((releve.leve_par or "").strip())
    yield from _check_new_level(checklist, sujet, releve)
    if releve.leve_le is None:
        if author:
            message = f"{sujet.nom} : le constat est dit levé par quelqu’un, sans date"
            yield sujet.issue(
                "levee-sans-date", message, releve.lieu, "ajouter leve_le, ou retirer leve_par", "leve_le"
            )
        return
    if not author:
        message = f"{sujet.nom} : le constat est dit levé, sans dire par qui"
        yield sujet.issue(
            "levee-sans-auteur", message, releve.lieu, "ajouter leve_par, ou retirer leve_le", "leve_par"
        )
    day = checklist.contexte.date.isoformat()
    if not releve.porte:
        message = f"{sujet.nom} : rien à lever, elle est à évaluer"
        yield sujet.issue(
            "levee-sans-constat", message, releve.lieu, "porter le constat, ou retirer leve_le", "leve_le"
        )
    elif releve.constat in sujet.permis and releve.constat not in sujet.ecarts:
        message = f"{sujet.nom} : « {releve.constat} » n’est pas un écart, il n’y a rien à lever"
        yield sujet.issue(
            "levee-sans-objet", message, releve.lieu, "vérifier le constat, ou retirer leve_le", "leve_le"
        )
    elif releve.leve_le < day:
        message = f"{sujet.nom} : le constat est levé le {releve.leve_le}, avant l’audit ({day})"
        yield sujet.issue(
            "levee-avant-audit", message, releve.lieu, "vérifier leve_le et la date de l’audit", "leve_le"
        )
    elif notified is not None and releve.leve_le < notified:
        message = f"{sujet.nom} : le constat est levé le {releve.leve_le}, avant d’être notifié ({notified})"
        yield sujet.issue(
            "levee-avant-notification", message, releve.lieu, "vérifier les deux dates", "leve_le"
        )


def _check_new_level(checklist: Checklist, sujet: _Sujet, releve: Releve) -> Iterator[Issue]:
    """Yield a new level that cannot be: without a lifting, of no level, not permitted there, or the same."""
    level = releve.leve_constat
    if level is None:
        return
    where = releve.lieux.get("leve_constat", releve.lieu)
    levels = _levels(checklist, sujet.permis)
    if releve.leve_le is None:
        message = f"{sujet.nom} : un niveau après levée (« {level} ») est donné, sans date de levée"
        yield sujet.issue(
            "levee-sans-date", message, where, "ajouter leve_le, ou retirer leve_constat", "leve_le"
        )
    elif releve.constat not in levels:
        message = f"{sujet.nom} : « {releve.constat} » n’est pas un niveau, sa levée n’en donne pas un autre"
        yield sujet.issue("niveau-sans-objet", message, where, "retirer leve_constat", "leve_constat")
    elif level not in levels or level == releve.constat:
        message = f"{sujet.nom} : « {level} » ne peut pas être le niveau après levée"
        hint = f"niveaux possibles : {', '.join(c for c in levels if c != releve.constat)}"
        yield sujet.issue("constat-non-permis", message, where, hint, "leve_constat")


def _check_plan(checklist: Checklist, sujet: _Sujet, releve: Releve) -> Iterator[Issue]:
    """Yield the days of the plan of actions: not before the audit, accepted not before it is received."""
    day = checklist.contexte.date.isoformat()
    received, accepted = (releve.ecart.get(cle) for cle in (PLAN_RECU, PLAN_ACCEPTE))
    if received is not None and received < day:
        message = f"{sujet.nom} : le plan est reçu le {received}, avant l’audit ({day})"
        yield sujet.issue(
            "plan-avant-audit",
            message,
            releve.lieu,
            "vérifier plan_recu_le et la date de l’audit",
            "ecart.plan_recu_le",
        )
    if accepted is not None and accepted < max(received or day, day):
        before = (
            f"avant d’être reçu ({received})" if received and received >= day else f"avant l’audit ({day})"
        )
        message = f"{sujet.nom} : le plan est accepté le {accepted}, {before}"
        yield sujet.issue(
            "plan-accepte-trop-tot",
            message,
            releve.lieu,
            "vérifier plan_accepte_le et plan_recu_le",
            "ecart.plan_accepte_le",
        )


def _is_a_gap(checklist: Checklist, ligne: Ligne, constat: str) -> bool:
    """Return whether a finding is declared a gap, or is one for the judgement of the line's own référentiel.

    It is when it is counted, or given a delay. Where it does neither of any finding (opinions), every
    one may be lifted, but a level that is not declared a gap.
    """
    declared = checklist.referentiel.constats[constat]
    if declared.ecart:
        return True
    jugement = checklist.referentiel.jugements.get(ligne.indicateur.origine)
    if jugement is None:
        return True
    gaps = {c for mesure in jugement.mesures.values() for c in mesure.compte} | set(jugement.echeances)
    return constat in gaps or (not gaps and declared.valeur is None)


def _first(releve: Releve) -> tuple[tuple[Location, str], ...]:
    return ((releve.lieu, "première apparition"),) if releve.lieu else ()
