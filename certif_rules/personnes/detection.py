"""Personal data in what people typed: e-mails, French telephone and social security numbers, full names.

A number is looked at whole: the digits of a longer one (SIREN, SIRET, NDA, amount, date, reference) are never
cut into a telephone. A name counts beside a civility or a role only, and initials never do. Nothing is
looked up: a name alone in a sentence is not seen, which the documentation says.

Every text is read once, from left to right, whatever it holds: expressions are bounded, and begin only where
a word does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, Literal

from msgspec import Struct

from certif_rules.noms import cle

Nature = Literal["courriel", "telephone", "nir", "nom"]

#: What is written in place of each; none of them is found again.
REMPLACEMENTS: Final[Mapping[Nature, str]] = {
    "courriel": "[courriel]",
    "telephone": "[téléphone]",
    "nir": "[numéro de sécurité sociale]",
    "nom": "[nom]",
}


class Trouvaille(Struct, frozen=True):
    """A hit says what it is, the field it is in, and its place there (offsets of characters, from 0)."""

    nature: Nature
    champ: str
    debut: int
    fin: int


def find(texte: str, champ: str = "", *, personne: bool = False) -> tuple[Trouvaille, ...]:
    """Return the personal data of a text, in order, none over another.

    Args:
        texte: what was typed.
        champ: the name of its field, repeated in each hit.
        personne: the field itself names somebody (« évalué par »): a full name needs no role beside it.
    """
    # One sign for each sign: places are those of the text as typed.
    lu = _BLANCS.sub(" ", texte)
    addresses = _COURRIEL.finditer(lu) if "@" in lu else ()
    trouvailles = [Trouvaille("courriel", champ, m.start(), m.end()) for m in addresses]
    others = (*_numbers(lu), *_names(lu, personne=personne))
    trouvailles += [Trouvaille(nature, champ, debut, fin) for nature, debut, fin in others]
    # An address may hold a number: the first to begin is kept, the longest of those that begin together.
    apart: list[Trouvaille] = []
    for hit in sorted(trouvailles, key=lambda hit: (hit.debut, -hit.fin)):
        if not apart or hit.debut >= apart[-1].fin:
            apart.append(hit)
    return tuple(apart)


def pseudonymise(texte: str, *, personne: bool = False) -> str:
    """Return ``texte`` with :data:`REMPLACEMENTS` in place of what :func:`find` finds."""
    while hits := find(texte, personne=personne):
        parts, place = [], 0
        for hit in hits:
            parts += [texte[place : hit.debut], REMPLACEMENTS[hit.nature]]
            place = hit.fin
        # What was hidden may bring out something else; each turn leaves less to hide.
        texte = "".join([*parts, texte[place:]])
    return texte


_BLANCS = re.compile(r"[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")

# ---- e-mails --------------------------------------------------------------------------------------------

_COURRIEL = re.compile(r"(?<!\w)\w[\w.+%-]{0,63}@(?:\w[\w-]{0,62}\.){1,8}[^\W\d_]{2,24}(?!\w)")

# ---- numbers --------------------------------------------------------------------------------------------

_E = r"[ .\-]{0,2}"
_NIR = re.compile(
    rf"([1-478]){_E}(\d\d){_E}(0[1-9]|1[0-2]|[2-9]\d){_E}(\d\d|2[AaBb]){_E}(\d{{3}}){_E}(\d{{3}}){_E}(\d\d)(?![\w])"
)
_TELEPHONES = (
    # From abroad: the prefix says what it is, however the rest is grouped; overseas prefixes too.
    re.compile(
        r"(?:\+|00)(?:33|262|508|590|594|596|687|689)"
        r"[ .\-]{0,2}(?:\(0\)[ .\-]?)?0?[1-9](?:[ .\-]?\d){8}(?!\d)"
    ),
    # At home: five pairs, the same sign between them all.
    re.compile(r"0[1-9](?P<signe> {1,2}|[.\-/]|)\d\d(?:(?P=signe)\d\d){3}(?!\d)"),
)
_DATES = (
    re.compile(r"\d{4}-\d\d-\d\d(?!\d)"),
    re.compile(r"\d{1,2}([/.\-])\d{1,2}\1(?:\d{4}|\d\d)(?!\d)"),
)
#: Anything else made of digits, as far as it goes.
_AUTRE = re.compile(r"\+?\d+(?:[ .,/\-]\d+)*")
#: A number begins a word, and does not end a reference such as « C-014 ».
_DEBUT = re.compile(r"(?<!\w)(?<![^\W\d]-)(?=\d)|(?=\+\d)")


def _numbers(texte: str) -> Iterator[tuple[Nature, int, int]]:
    place = 0
    while start := _DEBUT.search(texte, place):
        place = start.start()
        nature, fin = _number(texte, place)
        if nature is not None:
            yield nature, place, fin
        place = fin


def _number(texte: str, place: int) -> tuple[Nature | None, int]:
    """Return what the number that begins here is, if anything, and where it ends."""
    match = _NIR.match(texte, place)
    if match is not None and _has_its_key(match.groups()):
        return "nir", match.end()
    for motif in _TELEPHONES:
        if match := motif.match(texte, place):
            return "telephone", match.end()
    for motif in (*_DATES, _AUTRE):
        if match := motif.match(texte, place):
            return None, match.end()
    return None, place + 1


def _has_its_key(parts: tuple[str, ...]) -> bool:
    """Return whether the last two digits are the key of the others; Corsica's halves are numbers."""
    *number, key = parts
    digits = "".join(number).upper().replace("2A", "19").replace("2B", "18")
    return int(key) == 97 - int(digits) % 97


# ---- names ----------------------------------------------------------------------------------------------


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_MOT = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_CIVILITES = _set("m mr mm mme mmes mlle mlles monsieur madame mademoiselle messieurs mesdames dr pr me")
#: Who people are in an audit or a course, in the singular; folded as names are compared.
_ROLES = _set(
    """
    accompagnateur accompagnatrice alternant alternante animateur animatrice apprenant apprenante
    apprenti apprentie assistant assistante auditeur auditrice auteur autrice beneficiaire candidat
    candidate charge chargee chef cheffe client cliente coach collaborateur collaboratrice commercial
    commerciale comptable conseiller conseillere consultant consultante coordinateur coordinatrice
    coordonnateur coordonnatrice delegue deleguee directeur directrice dirigeant dirigeante docteur
    eleve employe employee encadrant encadrante enseignant enseignante ergotherapeute etudiant etudiante
    evaluateur evaluatrice expert experte formateur formatrice gerant gerante gestionnaire infirmier
    infirmiere ingenieur ingenieure interlocuteur interlocutrice intervenant intervenante jure juree
    manager mediateur mediatrice medecin moniteur monitrice participant participante patient patiente
    president presidente professeur professeure psychologue referent referente representant
    representante responsable salarie salariee secretaire soustraitant soustraitante stagiaire
    superviseur superviseuse technicien technicienne temoin tuteur tutrice vacataire
    """
)
#: Words that stand with a capital beside a role and are nobody’s name.
_COMMUNS = _set(
    """
    absence absent accueil actions action administratif administrative agefiph annexe atelier
    attestation audit bilan bureautique cap centre certificat certification charte commercial
    communication compte competences compta comptabilite contrat convention cours cv de des devis
    developpement digital direction diplome document dossier du elle emploi en entretien entreprise
    equipe est et evaluation excel expertise feuille fiche fiphfp formation france gestion grille groupe
    handicap il informatique insertion interne interview la langues le les lettre ligne logistique
    maintenance management marketing metiers mission mobilite module niveau non note numerique nous
    office oui outlook paie pedagogie pedagogique pilotage planning pole powerpoint presence procedure
    production programme projet projets qualite questionnaire rapport recrutement region relations
    reseau ressources reunion rh securite sante selon service session site siege social stage suivi sur
    technique travail tutorat un une unite vente vie voir vu vue word
    """
)
_PARTICULES = _set("al ben de del della den der di du el la le les van vander von")
#: What may stand between a role and a name, as punctuation, and how many words at most.
_ENTRE = re.compile(r" {0,2}[,:(–—-]? {0,2}")
_VIRGULE = re.compile(r" ?(?:,|et|/|;| ) ?")
_AVANT, _APRES = 5, 3
#: Most words of a name, initials and particles included.
_LONGUEUR = 8
_ARTICLES = _set("la le les l un une notre votre leur son sa est en tant que comme qui")


class _Mot(Struct, frozen=True):
    """A word has its place, itself folded, whether it is a role, and whether it is written as a name is."""

    texte: str
    debut: int
    fin: int
    plie: str
    role: bool
    nom: bool


# A long document says the same words over and over: reading each once halves the time of its report.
@lru_cache(maxsize=8192)
def _read(word: str) -> tuple[str, bool, bool]:
    """Return a word folded; is it a role, alone or after an article or a prefix; is it written as a name is.

    A name has a capital, two letters at least, and is neither a civility nor a common word.
    """
    plie = cle(word)
    role = is_role(word)
    common = bool(_singular(plie) & _COMMUNS) or plie in _CIVILITES
    return plie, role, word[0].isupper() and len(word) > 1 and not common and not role


def is_role(word: str) -> bool:
    """Return whether a word says who somebody is: « formatrice », « l’apprenti », « co-directeurs »."""
    last = re.split(r"['’]", word)[-1]
    return any(_singular(cle(part)) & _ROLES for part in (last, last.rpartition("-")[2]))


def _singular(plie: str) -> set[str]:
    return {plie, plie.removesuffix("s")}


def _names(texte: str, *, personne: bool) -> Iterator[tuple[Nature, int, int]]:
    words = [_Mot(match[0], match.start(), match.end(), *_read(match[0])) for match in _MOT.finditer(texte)]
    place, last = 0, -1
    while place < len(words):
        end = _run(texte, words, place)
        if end == place:
            place += 1
            continue
        names = [word for word in words[place:end] if word.nom]
        debut, fin = words[place].debut, words[end - 1].fin
        listed = last >= 0 and _VIRGULE.fullmatch(texte[last:debut]) is not None
        full = _is_full(words[place:end])
        if (_civility(texte, words, place) and _is_somebody(names)) or (
            full
            and (personne or listed or _role_before(texte, words, place) or _role_after(texte, words, end))
        ):
            yield "nom", debut, fin
            last = fin
        place = end


def _run(texte: str, words: list[_Mot], place: int) -> int:
    """Return the end of the name that begins at this word: names, initials and particles."""
    end, last = place, place
    while end < min(len(words), place + _LONGUEUR):
        word = words[end]
        gap = texte[words[end - 1].fin : word.debut] if end > place else ""
        after_initial = end > place and len(words[end - 1].texte) == 1
        if end > place and gap not in (" ", "  ") and not (after_initial and gap in (".", ". ", ".-")):
            break
        initial = len(word.texte) == 1 and word.texte.isupper() and word.plie not in _CIVILITES
        particle = word.plie in _PARTICULES and (end > place or word.texte[0].isupper())
        if word.nom:
            last = end + 1
        elif not (initial and texte[word.fin : word.fin + 1] == ".") and not particle:
            break
        end += 1
    first_is_particle = last > place and words[place].plie in _PARTICULES
    return place if first_is_particle and not _civility(texte, words, place) else last


def _is_full(run: list[_Mot]) -> bool:
    """Return a first name, or its initial, and a surname; acronyms side by side are not one."""
    names = [word for word in run if word.nom]
    if len(names) < 2:
        return len(names) == 1 and len(run[0].texte) == 1 and _is_somebody(names)
    return any(not n.texte.isupper() for n in names) or all(len(n.texte) > 3 for n in names)


def _is_somebody(names: list[_Mot]) -> bool:
    return any(len(n.texte) > 2 or not n.texte.isupper() for n in names)


def _civility(texte: str, words: list[_Mot], place: int) -> bool:
    if not place or words[place - 1].plie not in _CIVILITES:
        return False
    return texte[words[place - 1].fin : words[place].debut] in (" ", ". ", ".", "  ")


def _role_before(texte: str, words: list[_Mot], place: int) -> bool:
    """Return « formatrice », « référente handicap », « responsable de la formation : »… just before."""
    for back in range(place - 1, max(place - 1 - _AVANT, -1), -1):
        word = words[back]
        if not _ENTRE.fullmatch(texte[word.fin : words[back + 1].debut]):
            return False
        if word.role:
            return True
        if word.nom and not word.texte.isupper():
            return False
    return False


def _role_after(texte: str, words: list[_Mot], end: int) -> bool:
    """Return « , référente handicap », « (formatrice) », « est la tutrice »… just after."""
    for ahead in range(end, min(end + _APRES, len(words))):
        if not _ENTRE.fullmatch(texte[words[ahead - 1].fin : words[ahead].debut]):
            return False
        if words[ahead].role:
            return True
        if words[ahead].plie not in _ARTICLES:
            return False
    return False
