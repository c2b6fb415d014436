"""The words that every document of a self-assessment shares, as blocks and as plain strings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from certif_rules.audit.checklist import Ligne
from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import joined, runs_of
from certif_rules.blocs.typographie import INSECABLE, clean, day, prose
from certif_rules.documents import emetteur
from certif_rules.documents import rubriques as document
from certif_rules.documents.checklist.lignes import warning
from certif_rules.documents.mots import (
    DONNEES_SENSIBLES,
    MARQUE,
    SENS_MARQUE,
    SIGNES,
    criterion,
    deciding,
    marked,
    of_label,
    quoted,
    remarks,
    title,
)
from certif_rules.model.notation import Enonce
from certif_rules.model.vie import Incoherence
from certif_rules.vie.autodiagnostic import Axe, Cadre, Cotation, Score, contradictions
from certif_rules.vie.progression import AxeCompare

SANS_REPONSE = "sans réponse"
SANS_OBJET = "sans objet"
#: The mark of a label, never parted at the end of a line.
MARQUEE = MARQUE.replace(" ", INSECABLE)
ARRONDI = prose(
    "Score d’un critère : somme des niveaux ÷ ({plein} × nombre d’indicateurs qui ont un niveau), en pour"
    " cent, arrondi à l’entier le plus proche (un demi compte pour un) ; la fraction exacte est à côté."
    " « Sans objet » et sans réponse ne comptent ni pour zéro ni pour le maximum."
)


def heading(cadre: Cadre) -> str:
    """Return the title of the documents."""
    return f"Autodiagnostic – {prose(cadre.checklist.referentiel.titre)}"


def subtitle(cadre: Cadre, fait_le: str | None = None) -> str:
    """Return whose it is, for which audit, and when it was made."""
    checklist = cadre.checklist
    type_audit = checklist.type_audit
    nom = clean(str(checklist.organisme.get("nom") or ""))
    parts = [nom, f"pour{INSECABLE}: {prose(type_audit.titre)} du {day(checklist.contexte.date)}"]
    if fait_le:
        parts.append(f"autodiagnostic du {day(fait_le)}")
    return " – ".join(filter(None, parts))


def foot(cadre: Cadre) -> str:
    """Return what is repeated on each page."""
    referentiel = cadre.checklist.referentiel
    named = f"{clean(referentiel.id)} {clean(referentiel.edition)}"
    body = emetteur.name(cadre.checklist)
    return " – ".join(filter(None, [body, f"Autodiagnostic, {named}", "n’annonce aucune décision d’audit"]))


def laid_out(
    cadre: Cadre, blocs: Iterable[b.Bloc], *, sujet: str, suite: str = "", fait_le: str | None = None
) -> b.Document:
    """Return these blocks as a document in the dress of the body, then the sources, its last sentences.

    Args:
        cadre: what the self-assessment is about.
        blocs: what the document says.
        sujet: what it is, for its properties.
        suite: what ends its title.
        fait_le: the ISO day the answers were given, when it is known.
    """
    habillage = cadre.checklist.habillage
    whole = tuple(blocs)
    closing = (b.Paragraphe(texte=texte) for texte in emetteur.closing(habillage))
    return b.Document(
        titre=heading(cadre) + suite,
        sujet=sujet,
        date=fait_le or cadre.checklist.contexte.date.isoformat(),
        pied=foot(cadre),
        sous_titre=subtitle(cadre, fait_le),
        logo=emetteur.logo(habillage),
        blocs=(*whole, *_sources(cadre, whole), *closing),
    )


def fraction(value: Score) -> str:
    """Return a score in full: « 67 % (4/6) », or why there is none."""
    if value.pourcent is None:
        return SANS_OBJET if not value.applicables else SANS_REPONSE
    return f"{value.pourcent}{INSECABLE}% ({value.points}/{value.maximum})"


def label_axis(cadre: Cadre, axe: Axe | AxeCompare) -> bool:
    """Return whether the criterion itself was added by a label."""
    return axe.critere is not None and of_label(cadre.checklist, axe.critere.origine)


def axis_name(cadre: Cadre, axe: Axe | AxeCompare) -> b.Texte:
    """Return the heading of an axis, marked where a label adds its criterion."""
    name = criterion(axe.critere)
    return (b.Morceau(f"{name} {MARQUEE}", "rouge"),) if label_axis(cadre, axe) else name


def level(cadre: Cadre, cotation: Cotation) -> str:
    """Return the answer of a line in words."""
    answer = cotation.appreciation
    if answer.sans_objet:
        return SANS_OBJET
    if answer.niveau is None:
        return SANS_REPONSE
    titre = next(n.titre for n in cadre.notation.niveaux if n.valeur == answer.niveau)
    return f"{answer.niveau} – {prose(titre)}"


def numbers(cotations: Iterable[Cotation]) -> str:
    """Return the printed numbers of some lines."""
    return ", ".join(clean(c.ligne.indicateur.numero) for c in cotations)


def line_head(cadre: Cadre, ligne: Ligne) -> tuple[b.Morceau, ...]:
    """Return the head of a line: number, title, whether it is the label’s, whether it is to confirm."""
    name = f"{clean(ligne.indicateur.numero)} – {title(ligne, 160)}"
    runs = [b.Morceau(name)]
    if of_label(cadre.checklist, ligne.indicateur.origine):
        runs = [b.Morceau(f"{name} ", "rouge"), b.Morceau(MARQUEE, "rouge")]
    if ligne.etat != "a_auditer":
        runs.append(b.Morceau(f"\n{state(ligne)}", "discret"))
    return tuple(runs)


def sensitive(ligne: Ligne) -> tuple[b.Morceau, ...]:
    """Return the mark of a line whose notes may tell too much of people: see :func:`sensitive_told`."""
    marked = ligne.indicateur.donnees_sensibles is not None
    return (b.Morceau(f"\n⚠ {DONNEES_SENSIBLES}", "discret"),) if marked else ()


def sensitive_told(lignes: Iterable[Ligne]) -> Iterator[b.Bloc]:
    """Yield what notes on these lines may reveal, and what to write instead; nothing for the others."""
    for ligne in lignes:
        value = ligne.indicateur.donnees_sensibles
        if value is None:
            continue
        titre = f"{DONNEES_SENSIBLES}, ligne {clean(ligne.indicateur.numero)}"
        yield b.Encadre(titre=titre, texte=warning(value), ton="attention")


def state(ligne: Ligne) -> str:
    """Return the state of a line, with its sign."""
    signe = SIGNES[ligne.etat]
    return f"{signe.symbole} {signe.mot}"


def statement(enonce: Enonce) -> b.Texte:
    """Return something said of the self-assessment, with its sources and what it is worth."""
    words = quoted(enonce.texte) if enonce.citation else prose(enonce.texte)
    return marked(words, enonce.sources, remarks(enonce))


def mention(cadre: Cadre) -> b.Encadre:
    """Return what the result does not promise: the words of the source where it has some, and ours always."""
    notation = cadre.notation
    ours = marked(prose(notation.texte), notation.sources, remarks(notation))
    enonce = cadre.regles.mention
    texte = joined([*([statement(enonce)] if enonce else []), ours])
    return b.Encadre(titre="Ce que ce résultat ne garantit pas", texte=texte, ton="attention")


def incoherence(value: Incoherence) -> tuple[b.Morceau, ...]:
    """Return a contradiction of the sources, with what is made of it or what remains to be asked."""
    runs = [b.Morceau(f"⚠ {clean(value.id)}{INSECABLE}: ", "fort"), b.Morceau(prose(value.texte))]
    if value.lecture:
        runs += [b.Morceau(" "), b.Morceau(prose(f"Lecture retenue : {value.lecture}"), "italique")]
    if value.question:
        runs += [b.Morceau(" "), b.Morceau(prose(f"À demander : {value.question}"), "italique")]
    runs.append(b.Morceau(" ", "discret", value.sources))
    return tuple(runs)


def levels(cadre: Cadre) -> b.Bloc:
    """Return the levels that may be chosen."""
    rows = [(f"{n.valeur} – {prose(n.titre)}", prose(n.sens or "")) for n in cadre.notation.niveaux]
    rows.append(("Sans objet", prose("la ligne ne s’applique pas ; une raison est demandée")))
    rows.append(("Sans réponse", "ne compte pas, et se range dans la liste de ce qui reste à faire"))
    return b.Fiche(legende="Les niveaux", rangs=tuple(rows))


def legend(cadre: Cadre) -> list[b.Bloc]:
    """Return what the sign of a label means, where there is one."""
    if not any(of_label(cadre.checklist, li.indicateur.origine) for li in cadre.retenues):
        return []
    meaning = b.Morceau(f"{INSECABLE}: {SENS_MARQUE}, imprimée aussi en rouge.")
    return [b.Paragraphe(texte=(b.Morceau(MARQUE, "rouge"), meaning))]


def order(cadre: Cadre) -> b.Bloc:
    """Return the keys of the list, in order."""
    texts = [prose(cle.texte) for cle in cadre.notation.priorite]
    texts.append("enfin l’ordre du référentiel" if texts else "l’ordre du référentiel")
    return b.Liste(elements=tuple(texts), numerotee=True)


def scope(cadre: Cadre) -> Iterator[b.Bloc]:
    """Yield what is said of the self-assessment, the lines it is about, and what the sources contradict."""
    yield b.Titre(texte="Ce qui est dit de cet autodiagnostic", niveau=2)
    regles = cadre.regles
    statements = [
        statement(e) for e in (*regles.enonces, *([regles.etendue_dite] if regles.etendue_dite else []))
    ]
    if statements:
        yield b.Liste(elements=tuple(statements))
    which = "celles à voir à cet audit"
    if cadre.etendue == "toutes":
        which = "toutes celles qui s’appliquent ou peuvent s’appliquer"
    yield b.Paragraphe(texte=f"Lignes de cette grille{INSECABLE}: {which} ({len(cadre.retenues)}).")
    known = cadre.incoherences
    contradicted = tuple(incoherence(known[id_]) for id_ in contradictions(cadre))
    if contradicted:
        yield b.Titre(texte="Ce que les sources contredisent ou taisent", niveau=3)
        yield b.Liste(elements=contradicted)
    for titre, avertissements in (
        ("Avertissements", cadre.avertissements),
        ("Ce que valent les textes", cadre.checklist.notes),
    ):
        listed = tuple(marked(prose(a.message), a.sources) for a in avertissements)
        if listed:
            yield b.Titre(texte=titre, niveau=3)
            yield b.Liste(elements=listed)


def left_out(cadre: Cadre) -> Iterator[b.Bloc]:
    """Yield the lines that are not asked, each with its reasons."""
    if not cadre.ecartees:
        return
    yield b.Titre(texte=f"Lignes écartées ({len(cadre.ecartees)})", niveau=2)
    yield b.Liste(
        elements=tuple(
            (
                b.Morceau(f"{clean(li.indicateur.numero)} – {title(li, 80)}{INSECABLE}: "),
                b.Morceau(state(li), "fort"),
                b.Morceau(", "),
                *runs_of(reasons(li)),
            )
            for li in cadre.ecartees
        )
    )


def reasons(ligne: Ligne) -> b.Texte:
    """Return why a line is in its state."""
    texts = dict.fromkeys((b.Morceau(prose(m.texte), sources=m.sources),) for m in deciding(ligne))
    return joined(texts, f"{INSECABLE}; ")


def identity(cadre: Cadre) -> b.Bloc:
    """Return which référentiel, which audit, which organisation."""
    checklist = cadre.checklist
    rows = [
        *document.identity(checklist),
        *document.organisation(checklist),
        *document.facts(checklist),
        ("Empreinte", f"{clean(checklist.empreinte)} ({document.EMPREINTE})"),
    ]
    return b.Fiche(legende="L’audit que l’on prépare et l’organisme, comme déclarés", rangs=tuple(rows))


def _sources(cadre: Cadre, blocs: tuple[b.Bloc, ...]) -> Iterator[b.Bloc]:
    """Yield the sources cited, as a list."""
    known = {**cadre.checklist.referentiel.sources}
    for vie in cadre.vies:
        known |= vie.sources
    cited = document.sources(known.values(), blocs)
    yield b.Titre(texte="Sources citées", niveau=2)
    yield b.Fiche(
        legende="Les textes cités entre crochets",
        rangs=tuple((clean(s.id), f"{prose(s.titre)}. {prose(s.reference)}") for s in cited),
    )
