"""The non-conformity sheet: one page per gap, with room to write by hand where nothing was typed yet."""

from __future__ import annotations

from collections.abc import Iterator

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.contenu import Ecart, Rapport
from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import joined
from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.documents import emetteur
from certif_rules.documents.checklist.lignes import requirement
from certif_rules.documents.mots import DONNEES_SENSIBLES, criterion, marked
from certif_rules.documents.rapport.constats import due_dates, seen
from certif_rules.documents.rapport.redaction import (
    NON_RENSEIGNE,
    by_rule,
    explained,
    gravity_sign,
    line_name,
    referentiel_name,
    sensitive_data,
    typed,
)
from certif_rules.francais import capital
from certif_rules.habillage.modele import Ecrit

#: What the organisation writes, by key, with its heading and the lines left to do so.
_PARTIES: tuple[tuple[str, str, int], ...] = (
    ("causes", "Analyse des causes", 3),
    ("correction", "Correction", 2),
    ("action_corrective", "Action corrective", 2),
    ("preuve", "Preuve", 1),
)


def sheets(rapport: Rapport, *, first_on_new_page: bool = True) -> Iterator[b.Bloc]:
    """Yield every sheet, each on its page."""
    for rank, ecart in enumerate(rapport.ecarts):
        yield from sheet(rapport, ecart, new_page=first_on_new_page or rank > 0)
        yield from closing(rapport, "fiche")


def closing(rapport: Rapport, ecrit: Ecrit) -> Iterator[b.Bloc]:
    """Yield the last sentences of a body, under its name."""
    for paragraph in emetteur.closing(rapport.checklist.habillage, ecrit):
        yield b.Paragraphe(texte=paragraph)


def sheet(rapport: Rapport, ecart: Ecart, *, new_page: bool) -> Iterator[b.Bloc]:
    """Yield the sheet of one gap."""
    yield b.Titre(
        texte=f"{capital(rapport.checklist.referentiel.vocabulaire.fiche)} – {clean(ecart.numero)}",
        niveau=2,
        ancre=anchor(ecart),
        nouvelle_page=new_page,
    )
    yield b.Fiche(legende="L’écart", rangs=tuple(_head(rapport, ecart)))
    if ecart.ligne is not None and (warned := sensitive_data(ecart.ligne)):
        yield b.Encadre(titre=DONNEES_SENSIBLES, texte=warned, ton="attention")
    yield from _statement(rapport, ecart)
    yield b.Tableau(
        legende="Traitement de l’écart par l’organisme",
        tetes=("Étape", "Ce qui est fait"),
        lignes=tuple(
            (titre, typed(ecart.releve.ecart.get(cle, "")) or b.EspaceLibre(intitule="", lignes=lignes))
            for cle, titre, lignes in _PARTIES
        ),
        largeurs=(4, 13),
    )
    yield from _other(ecart)
    yield _follow_up(rapport, ecart)


def _statement(rapport: Rapport, ecart: Ecart) -> Iterator[b.Bloc]:
    """Yield the statement of the gap, else the comment of its finding, which says it; then what was seen."""
    releve = ecart.releve
    enonce, comment = typed(releve.ecart.get("enonce") or ""), typed(releve.commentaire or "")
    yield b.Titre(texte="Énoncé de l’écart", niveau=3)
    yield (
        b.Paragraphe(texte=enonce or comment)
        if enonce or comment
        else b.EspaceLibre(intitule="Énoncé", lignes=2)
    )
    proof = seen(rapport.checklist, releve, comment=bool(enonce) and comment != enonce)
    if proof:
        yield b.Titre(texte="Ce qui a été vu", niveau=3)
        yield b.Paragraphe(texte=proof)


def anchor(ecart: Ecart) -> str:
    """Return the name of a sheet, for links."""
    kind, name = ("fiche", ecart.ligne.indicateur.id) if ecart.ligne else ("verification", ecart.releve.ligne)
    return f"{kind}-" + "".join(c if c.isascii() and c.isalnum() else "-" for c in name)


def _head(rapport: Rapport, ecart: Ecart) -> Iterator[tuple[str, b.Texte]]:
    checklist, contexte = rapport.checklist, rapport.checklist.contexte
    referentiel = checklist.referentiel
    type_audit = checklist.type_audit
    notified = rapport.bilan.dossier.notifie_le
    nom = clean(contexte.organisme.nom or "") or f"organisme {NON_RENSEIGNE}"
    yield "Audit", f"{nom} – {prose(type_audit.titre)}, {day(contexte.date)}"
    yield "Référentiel", f"{prose(referentiel.titre)}, édition {clean(referentiel.edition)}"
    yield from _subject(checklist, ecart)
    yield (
        "Gravité",
        joined([gravity_sign(checklist, ecart), explained(checklist, ecart.compte), by_rule(ecart.deduit)]),
    )
    yield "Notifié le", day(notified) if notified else NON_RENSEIGNE


def _subject(checklist: Checklist, ecart: Ecart) -> Iterator[tuple[str, b.Texte]]:
    """Yield what bears the gap: a line with its requirement, or a check that is no line."""
    # Without a title a line is named by its requirement, which follows.
    name: b.Texte = (b.Morceau(clean(ecart.numero), "fort"),)
    if ecart.point is not None:
        yield "Vérification hors indicateurs", name
        yield "Ce qui est vérifié", marked(prose(ecart.point.texte), ecart.point.sources)
        if ecart.point.note:
            yield "Note", prose(ecart.point.note)
        yield "Compte pour", referentiel_name(checklist.referentiel, ecart.point.compte_pour)
    if ecart.ligne is not None:
        indicateur = ecart.ligne.indicateur
        yield "Ligne", line_name(checklist, ecart.ligne) if indicateur.titre else name
        yield "Critère", criterion(ecart.ligne.critere)
        yield "Exigence", requirement(indicateur)


def _other(ecart: Ecart) -> Iterator[b.Bloc]:
    """Yield what the file says of the gap under names of its own."""
    known = {"enonce", "plan_recu_le", "plan_accepte_le", *(cle for cle, _, _ in _PARTIES)}
    rows = tuple(
        (capital(clean(cle).replace("_", " ")), typed(texte))
        for cle, texte in ecart.releve.ecart.items()
        if cle not in known and typed(texte)
    )
    if rows:
        yield b.Fiche(legende="Autres éléments", rangs=rows)


def _follow_up(rapport: Rapport, ecart: Ecart) -> b.Tableau:
    releve = ecart.releve
    rows: list[tuple[b.Cellule, ...]] = []
    blank = b.EspaceLibre(intitule="")
    for cle, name in (("plan_recu_le", "Plan d’actions reçu"), ("plan_accepte_le", "Plan d’actions accepté")):
        value = releve.ecart.get(cle)
        rows.append((name, day(value) if value else blank, blank))
    due = due_dates(rapport.checklist, ecart)
    sources = ecart.echeance.sources if ecart.echeance else ()
    rows.extend((capital(name), day(value), marked("échéance", sources)) for name, value in due)
    if not due and releve.leve_le is None:
        notified = rapport.bilan.dossier.notifie_le is not None
        why = "aucun délai connu" if notified else "jour de notification non renseigné"
        rows.append(("Échéance", NON_RENSEIGNE, why))
    by = typed(releve.leve_par) if releve.leve_par else blank
    rows.append(("Écart levé", day(releve.leve_le) if releve.leve_le else blank, by))
    return b.Tableau(
        legende=f"Suivi de l’écart {clean(ecart.numero)}",
        tetes=("Étape", "Le", "Par, ou remarque"),
        lignes=tuple(rows),
        largeurs=(5, 4, 6),
    )
