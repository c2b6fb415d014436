"""The findings of a report: by criterion, the gaps, the earlier ones, the lines left aside and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist, Ligne
from certif_rules.audit.constats import PLAN_ACCEPTE, Releve
from certif_rules.audit.contenu import Chapitre, ConstatVerifie, Ecart, LigneVue, Rapport
from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import joined
from certif_rules.blocs.typographie import FINE, INSECABLE, clean, day, prose
from certif_rules.colonnes import APPUI
from certif_rules.documents import emetteur
from certif_rules.documents.mots import (
    SIGNES,
    criterion,
    finding,
    followed,
    lines_in,
    marked,
    mentioned,
    remarks,
    weighed,
    wording,
)
from certif_rules.documents.rapport.redaction import (
    ABSENT,
    NON_RENSEIGNE,
    by_rule,
    counts_as,
    evaluated,
    evaluator,
    explained,
    gap_name,
    gravity_sign,
    label,
    line_name,
    numbers,
    reasons,
    sensitive_data,
    shortened,
    site_names,
    typed,
)
from certif_rules.documents.rubriques import MOTS_RESULTATS
from certif_rules.francais import capital, count
from certif_rules.rules.motifs import ETATS

_ENTRE = f"{FINE}; "
#: Characters of a criterion where it takes one line; its chapter has the whole.
_COURT = 45
#: Columns beyond which a criterion leaves its title to its chapter, so that no head is cut within a word.
_LARGE = 6


def summary(rapport: Rapport) -> b.Tableau:
    """Yield how many lines and how many of each finding, by criterion; unused findings are left out.

    The checks have their row: those that failed, by finding, and those left to make.
    """
    checklist = rapport.checklist
    failed = Counter(vu.constat for vu in rapport.points if vu.constat is not None)
    effectifs = failed + sum((Counter(s.constats) for s in rapport.sections), Counter())
    used = [constat for constat in checklist.referentiel.constats if effectifs[constat]]
    states = [etat for etat in ETATS if any(s.etats[etat] for s in rapport.sections)]
    heads = (
        "Critère",
        *(prose(SIGNES[etat].mot).capitalize() for etat in states),
        *(finding(checklist, constat) for constat in used),
        "Sans constat",
    )
    rows = [
        (
            _short(section, alone=len(heads) > _LARGE),
            *(str(section.etats[etat]) for etat in states),
            *(str(section.constats[constat]) for constat in used),
            str(section.sans_constat),
        )
        for section in rapport.sections
    ]
    if rapport.points:
        left = sum(vu.resultat is None for vu in rapport.points)
        failures = (str(failed[constat]) for constat in used)
        rows.append(("Vérifications", *("–" for _ in states), *failures, str(left)))
    totals = [sum(int(row[n]) for row in rows if row[n] != "–") for n in range(1, len(heads))]
    return b.Tableau(
        legende=prose("".join(_legend(rapport))),
        tetes=heads,
        lignes=(*rows, ("Ensemble", *map(str, totals))),
        largeurs=(
            max(12, *(len(row[0]) + 4 for row in rows)) if len(heads) > _LARGE else 43,
            *(max(9, *map(len, head.split())) * 13 // 10 + 3 for head in heads[1:]),  # no word is cut
        ),
    )


def _legend(rapport: Rapport) -> Iterator[str]:
    yield "Lignes et constats par critère ; « sans constat » : lignes dues, pas encore évaluées"
    if rapport.points:
        yield " ; vérifications : non satisfaites, par constat, et à faire"
    if any(ecart.compte for ecart in rapport.ecarts):
        yield " ; chaque constat est compté comme il a été relevé"


def _short(section: Chapitre, *, alone: bool) -> str:
    name = criterion(section.critere)
    return name.partition(" – ")[0] if alone else shortened(name, _COURT)


def by_criterion(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield one section per criterion, with its counts and each finding with its evidence."""
    who = evaluator(rapport)
    if who:
        yield b.Paragraphe(texte=f"Toutes les lignes ont été évaluées {who}.")
    for section in rapport.sections:
        yield b.Titre(texte=criterion(section.critere), niveau=3)
        counts = _counts(rapport.checklist, section)
        if not section.lignes:
            yield b.Paragraphe(texte=counts)
        else:
            yield b.Tableau(
                legende=counts,
                tetes=("Ligne", "Constat", "Preuves et commentaire"),
                lignes=tuple(
                    row for vue in section.lignes for row in _rows(rapport.checklist, vue, alone=bool(who))
                ),
                largeurs=(6, 4, 10),
            )


def _counts(checklist: Checklist, section: Chapitre) -> str:
    states = [lines_in(etat, n) for etat, n in section.etats.items() if n]
    # The title of a finding is data, and takes no plural.
    counts = [f"{finding(checklist, c).lower()} ({n})" for c, n in section.constats.items() if n]
    if section.sans_constat:
        counts.append(f"sans constat ({section.sans_constat})")
    lines = f"{capital(count(sum(section.etats.values()), 'ligne'))}{INSECABLE}: {', '.join(states)}"
    return f"{lines}{_ENTRE}constats{INSECABLE}: {', '.join(counts) or 'aucun'}"


def _rows(checklist: Checklist, vue: LigneVue, *, alone: bool) -> Iterator[tuple[b.Cellule, ...]]:
    """Yield a line and its finding, then what was seen of it at each site, a row each."""
    yield _row(checklist, vue, alone=alone)
    names = site_names(checklist)
    for vu in vue.releve.par_site if vue.releve else ():
        site = site_name(names, vu)
        words = _named(checklist, vu.constat, vue.ligne) if vu.porte else ""
        constat = verdict(checklist, replace(vu, site=None), words, alone=alone) if words else "–"
        where = f"{clean(vue.ligne.indicateur.numero)} – site {site}"
        yield (where, constat, joined(_seen(vu)) or NON_RENSEIGNE)


def _row(checklist: Checklist, vue: LigneVue, *, alone: bool) -> tuple[b.Cellule, ...]:
    own = [marked(wording(t), t.sources, remarks(t)) for t in mentioned(checklist, vue.ligne.indicateur)]
    name = joined([line_name(checklist, vue.ligne), *own])
    if vue.releve is None or vue.constat is None:
        state = "à confirmer" if vue.ligne.etat == "a_confirmer" else "à évaluer"
        why = reasons(checklist, vue.ligne) if vue.ligne.etat == "a_confirmer" else NON_RENSEIGNE
        seen_there = joined([*_seen(vue.releve), *_added(checklist, vue.releve)]) if vue.releve else ""
        return (name, ((b.Morceau(state, "italique")),), joined([why, by_rule(vue.deduit), seen_there]))
    words = _named(checklist, vue.releve.constat, vue.ligne)
    constat = verdict(checklist, vue.releve, words, alone=alone)
    proof = joined([*_seen(vue.releve), *_added(checklist, vue.releve)])
    shown = proof or (b.Morceau("Preuve non renseignée.", "italique"),)
    return (
        name,
        joined([constat, explained(checklist, vue.compte), by_rule(vue.deduit)]),
        joined([shown, sensitive_data(vue.ligne)]),
    )


def _named(checklist: Checklist, constat: str, ligne: Ligne) -> b.Texte:
    """Return a finding on a line, with the sign of its gravity where it is a gap."""
    sign = weighed(checklist, constat, ligne.indicateur.origine)
    return (sign,) if sign else (b.Morceau(finding(checklist, constat), "fort"),)


def verdict(checklist: Checklist, releve: Releve, words: b.Texte, *, alone: bool) -> b.Texte:
    """Return what was found, in ``words``, with what goes with it: annotations, lifting, who assessed it.

    ``alone`` says that one person assessed all of it, which is then told once.
    """
    annotations = checklist.referentiel.annotations
    parts: list[b.Texte] = [words]
    for name in releve.annotations:
        titre = annotations[name].titre if name in annotations else name
        parts.append(f"+ {prose(titre)}")
    if releve.site:
        parts.append(f"site {site_name(site_names(checklist), releve)}")
    if releve.leve_le:
        by = f" par {typed(releve.leve_par)}" if releve.leve_par else ""
        parts.append(f"levé le {day(releve.leve_le)}{by}{_level_after(checklist, releve)}")
    who = evaluated(releve)
    if who and not alone:
        parts.append((b.Morceau(f"évalué {who}", "discret"),))
    return joined(parts)


def seen(checklist: Checklist, releve: Releve, *, comment: bool = True) -> b.Texte:
    """Return what was seen of a line: evidence, samples and comment, then the same for each site."""
    names = site_names(checklist)
    parts = [*_seen(releve if comment else replace(releve, commentaire=None)), *_added(checklist, releve)]
    for vu in releve.par_site:
        inside = joined(_seen(vu), _ENTRE)
        constat = _in_words(checklist, vu)
        parts.append(joined([(b.Morceau(f"Site {site_name(names, vu)}", "fort"),), constat, inside], " – "))
    return joined(parts)


def _in_words(checklist: Checklist, releve: Releve) -> str:
    """Return the finding of a site, or the result of a check there, in words; empty where there is none."""
    if not releve.porte:
        return ""
    known = releve.constat in checklist.referentiel.constats
    return finding(checklist, releve.constat) if known else MOTS_RESULTATS[releve.constat]


def site_name(names: Mapping[str, str], releve: Releve) -> str:
    """Return what a report calls the site of a finding."""
    return names.get(releve.site or "", clean(releve.site or ""))


def _seen(what: Releve) -> Iterator[b.Texte]:
    if what.preuves_vues:
        yield _labelled("Preuves vues", what.preuves_vues)
    if what.echantillons:
        yield _labelled("Échantillons", what.echantillons)
    if what.appui and typed(what.appui):
        yield _labelled(APPUI.titre, [what.appui])
    if what.commentaire and typed(what.commentaire):
        yield typed(what.commentaire)


def _added(checklist: Checklist, releve: Releve) -> Iterator[b.Texte]:
    """Yield what was typed in the columns of a body, under their titles."""
    titres = emetteur.columns(checklist)
    for cle, texte in releve.complements.items():
        if typed(texte):
            yield _labelled(titres.get(cle) or clean(cle).replace("_", " "), [texte])


def _labelled(name: str, values: Iterable[str]) -> b.Texte:
    return (b.Morceau(label(name), "discret"), b.Morceau(_ENTRE.join(map(typed, values))))


# ---- gaps, earlier findings -----------------------------------------------------------------------------


def gaps(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield the gaps with the dates they open; each has its sheet."""
    if not rapport.ecarts:
        checked = " ni sur les vérifications faites" if rapport.points else ""
        yield b.Paragraphe(texte=f"Aucun écart n’est relevé sur les lignes qui ont un constat{checked}.")
        return
    notified = rapport.bilan.dossier.notifie_le
    notification = (
        f"Écarts notifiés le {day(notified)}." if notified else "Jour de notification non renseigné."
    )
    yield b.Paragraphe(texte=f"{notification} Chacun a sa fiche, à la fin.")
    yield b.Tableau(
        legende="Écarts relevés",
        tetes=("Ligne ou vérification", "Gravité", "Échéances", "Suite donnée"),
        lignes=tuple(_gap(rapport.checklist, ecart) for ecart in rapport.ecarts),
        largeurs=(6, 4, 5, 5),
    )


def _gap(checklist: Checklist, ecart: Ecart) -> tuple[b.Cellule, ...]:
    gravity = joined([gravity_sign(checklist, ecart), counts_as(checklist, ecart.compte)])
    due = joined(f"{name} le {day(value)}" for name, value in due_dates(checklist, ecart))
    return (gap_name(checklist, ecart), gravity, due or NON_RENSEIGNE, status(ecart))


def status(ecart: Ecart) -> b.Texte:
    """Return whether the plan of actions was accepted, and the gap lifted."""
    accepted = ecart.releve.ecart.get(PLAN_ACCEPTE)
    plan = f"plan d’actions accepté le {day(accepted)}" if accepted else ""
    return joined([plan, lifting(ecart)])


def due_dates(checklist: Checklist, ecart: Ecart) -> list[tuple[str, date]]:
    """Return the dates that a nonconformity opens, the first one first: its title and its day."""
    echeance = ecart.echeance
    if echeance is None:
        return []
    jugement = checklist.referentiel.jugements.get(echeance.origine or "")
    delais = jugement.echeances.get(echeance.compte_comme or echeance.constat, {}) if jugement else {}
    named = {name: delai.titre_ou(name) for name, delai in delais.items()}
    dated = [
        (prose(named.get(name, name.replace("_", " "))), value)
        for name, value in echeance.dates.items()
        if value
    ]
    return sorted(dated, key=lambda due: due[1])


def _level_after(checklist: Checklist, releve: Releve) -> str:
    """Return the level after a lifting: on a scale, it is given or it is unknown."""
    if releve.leve_constat is not None:
        return f", après levée : {finding(checklist, releve.leve_constat)}"
    declared = checklist.referentiel.constats.get(releve.constat)
    unknown = declared is not None and declared.valeur is not None
    return f", niveau après levée {NON_RENSEIGNE}" if unknown else ""


def lifting(ecart: Ecart) -> str:
    """Return whether a gap was lifted, when and by whom."""
    releve = ecart.releve
    if releve.leve_le is None:
        return "non levé"
    by = typed(releve.leve_par) if releve.leve_par else f"auteur {NON_RENSEIGNE}"
    return f"levé le {day(releve.leve_le)}, {'par ' if releve.leve_par else ''}{by}"


def earlier(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield the gaps of the earlier audit and what became of each."""
    if rapport.verifies is None:
        precedent = rapport.checklist.contexte.precedent
        known = "Les constats de l’audit précédent ne sont pas renseignés : rien n’est dit vérifié."
        missing = "Aucun audit précédent n’est renseigné." if precedent is None else known
        yield b.Paragraphe(texte=prose(missing))
    elif not rapport.verifies:
        yield b.Paragraphe(texte="L’audit précédent n’avait relevé aucun écart.")
    else:
        yield b.Tableau(
            legende="Écarts de l’audit précédent, et ce qui en est vu à cet audit",
            tetes=("Ligne", "Constat précédent", "Vu à cet audit"),
            lignes=tuple(_verified(rapport.checklist, verifie) for verifie in rapport.verifies),
            largeurs=(6, 4, 8),
        )


def _verified(checklist: Checklist, verifie: ConstatVerifie) -> tuple[b.Cellule, ...]:
    status = "toujours ouvert" if verifie.ouvert else "levé depuis"
    texts = followed(checklist, verifie.ligne.indicateur.id)
    now: b.Texte = (b.Morceau("pas de constat à cet audit", "italique"),)
    if verifie.vue.releve is not None and verifie.vue.constat is not None:
        named = _named(checklist, verifie.vue.constat, verifie.ligne)
        now = joined([named, seen(checklist, verifie.vue.releve)])
    return (
        line_name(checklist, verifie.ligne),
        joined([_named(checklist, verifie.constat, verifie.ligne), status, *texts]),
        now,
    )


# ---- lines left aside -----------------------------------------------------------------------------------


def out_of_scope(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield the lines that do not apply, each with its reason."""
    if not rapport.non_applicables:
        yield b.Paragraphe(texte="Toutes les lignes s’appliquent à l’organisme.")
        return
    yield _aside(rapport, rapport.non_applicables, "Lignes qui ne s’appliquent pas, et pourquoi")


def not_due(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield the lines that this audit leaves aside, and those that nobody could settle."""
    if rapport.non_dues:
        yield _aside(rapport, rapport.non_dues, "Lignes qui ne sont pas à voir à cet audit, et pourquoi")
    else:
        yield b.Paragraphe(texte="Aucune ligne applicable n’est hors du périmètre de cet audit.")
    if rapport.ouvertes:
        left = f"Restent à confirmer, sans constat : {numbers(rapport.ouvertes)}."
        yield b.Paragraphe(texte=prose(left))


def _aside(rapport: Rapport, vues: tuple[LigneVue, ...], legende: str) -> b.Tableau:
    checklist = rapport.checklist
    rows = []
    for vue in vues:
        why: list[b.Texte] = []
        if vue.ligne.etat in ("non_applicable", "non_audite"):
            why.append(reasons(checklist, vue.ligne))
        if vue.releve is not None and vue.releve.commentaire:
            why.append((b.Morceau(label("Auditeur"), "discret"), b.Morceau(typed(vue.releve.commentaire))))
        rows.append((line_name(checklist, vue.ligne), joined(why) or ABSENT))
    return b.Tableau(legende=legende, tetes=("Ligne", "Motif"), lignes=tuple(rows), largeurs=(7, 10))
