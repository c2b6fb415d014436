"""What every reader of the tree needs: lines of runs, words alone, what is cited, simple blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.blocs import arbre as b
from certif_rules.blocs.typographie import INSECABLE, clean, harmless

#: Runs of one line.
Passage = tuple[b.Morceau, ...]
#: How the gravity of a finding stands out, besides its sign and its word.
_GRAVITES: Final[Mapping[str, b.Relief]] = {"ecart": "fort", "grave": "rouge"}
#: What parts two texts of one heading in a cell.
_PUCE = f" •{INSECABLE}"


def passages(texte: b.Texte) -> tuple[Passage, ...]:
    """Return the lines of a text, each as runs that cannot act; at least one line, perhaps empty.

    Signs are words, and what a run rests on follows it in brackets.
    """
    return tuple(tuple(run for run in map(worded, line_) if run.texte) for line_ in lines(texte))


def lines(texte: b.Texte) -> tuple[tuple[b.Morceau | b.Signe, ...], ...]:
    """Return the lines of a text, each as the runs it is made of; what is typed in them cannot act."""
    broken: list[list[b.Morceau | b.Signe]] = [[]]
    for run in runs_of(texte):
        if isinstance(run, b.Signe):
            broken[-1].append(run)
            continue
        *before, last = map(harmless, _unix(run.texte).split("\n"))
        for part in before:
            broken[-1].append(replace(run, texte=part, sources=()))
            broken.append([])
        broken[-1].append(replace(run, texte=last))
    return tuple(map(tuple, broken))


def runs_of(texte: b.Texte) -> tuple[b.Morceau | b.Signe, ...]:
    """Return a text as runs."""
    return (b.Morceau(texte),) if isinstance(texte, str) else texte


def worded(run: b.Morceau | b.Signe) -> b.Morceau:
    """Return a run as words alone, its sign before its word, its sources after it."""
    if isinstance(run, b.Signe):
        return b.Morceau(f"{run.symbole}{INSECABLE}{run.mot}", _GRAVITES.get(run.genre, "normal"))
    if not run.sources:
        return run
    blank = "" if not run.texte or run.texte[-1].isspace() else " "
    return b.Morceau(f"{run.texte}{blank}[{', '.join(map(clean, run.sources))}]", run.relief)


def line(texte: b.Texte) -> str:
    """Return a text in one plain line."""
    return " ".join(clean("".join(run.texte for run in passage)) for passage in passages(texte)).strip()


def joined(parts: Iterable[b.Texte], between: str = "\n") -> b.Texte:
    """Return texts end to end, ``between`` them; empty ones are left out."""
    runs: list[b.Morceau | b.Signe] = []
    for part in map(runs_of, parts):
        if not any(isinstance(run, b.Signe) or run.texte or run.sources for run in part):
            continue
        if runs:
            runs.append(b.Morceau(between))
        runs.extend(part)
    return tuple(runs)


def toned(texte: b.Texte, relief: b.Relief) -> b.Texte:
    """Return a text whose words all stand out alike."""
    return tuple(run if isinstance(run, b.Signe) else replace(run, relief=relief) for run in runs_of(texte))


def cited(value: object) -> Iterator[str]:
    """Yield the id of every source that a text of ``value``, a document or part of one, rests on."""
    if isinstance(value, b.Morceau):
        yield from value.sources
    elif isinstance(value, tuple):
        for each in value:
            yield from cited(each)
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from cited(getattr(value, name))


def plain_signs(value: Any) -> Any:
    """Return a document, or part of one, with the signs that a poor console has."""
    if isinstance(value, b.Signe):
        return replace(value, symbole=value.ascii)
    if isinstance(value, tuple):
        return tuple(map(plain_signs, value))
    if isinstance(value, Struct):
        changes: Mapping[str, Any] = {n: plain_signs(getattr(value, n)) for n in value.__struct_fields__}
        return replace(value, **changes)
    return value


def flat(blocks: Iterable[b.Bloc]) -> Iterator[b.Bloc]:
    """Yield the same blocks, the parts as headings followed by what they hold."""
    for block in blocks:
        if isinstance(block, b.Partie):
            yield b.Titre(texte=line(block.titre), niveau=2, ancre=block.ancre)
            for sentence in block.resume:
                yield b.Paragraphe(texte=sentence)
            yield from flat(block.blocs)
        else:
            yield block


def simple(blocks: Iterable[b.Bloc]) -> Iterator[b.Bloc]:
    """Yield the same blocks without parts, lines, counters and references: headings, texts and tables."""
    for block in flat(blocks):
        if isinstance(block, b.Article):
            yield from _section(block)
        elif isinstance(block, b.Grille):
            rows = tuple(map(_row, block.articles))
            yield b.Tableau(legende=block.legende, tetes=block.tetes, lignes=rows, largeurs=block.largeurs)
        elif isinstance(block, b.Compteurs):
            yield counted(block)
        elif isinstance(block, b.Bibliographie):
            yield b.Tableau(
                legende="Sources citées",
                tetes=("Repère", "Source"),
                lignes=tuple((f"[{s.id}]", f"{s.titre}, {s.adresse}") for s in block.sources),
                largeurs=(18, 240),
            )
        else:
            yield block


def counted(bloc: b.Compteurs) -> b.Tableau:
    """Return counters as a table of three columns."""
    rows = tuple(((sign,), meaning, str(number)) for sign, meaning, number in bloc.rangs)
    heads = ("État", "Sens", "Nombre")
    return b.Tableau(legende=bloc.legende, tetes=heads, lignes=rows, largeurs=(6, 20, 3))


def _section(article: b.Article) -> Iterator[b.Bloc]:
    yield b.Titre(texte=line((b.Morceau(f"{article.numero} – "), *runs_of(article.titre))), niveau=3)
    state = ((article.etat,) if article.etat else (), *((mark,) for mark in article.marques), article.mention)
    texts: list[b.Texte] = [joined(state, " – "), article.enonce]
    texts += [headed(rubrique) for rubrique in (*article.rubriques, *article.repliees)]
    yield b.Paragraphe(texte=joined(texts))
    if article.choix:
        yield article.choix
    yield from article.ecritures


def _row(article: b.Article) -> tuple[b.Cellule, ...]:
    head = joined(
        [
            article.numero,
            (article.etat,) if article.etat else "",
            *((mark,) for mark in article.marques),
            article.mention,
        ]
    )
    return (head, printed(article), article.choix or "–", *article.ecritures)


def printed(article: b.Article) -> b.Texte:
    """Return the texts of a line as a cell holds them: its title stands out, names before their texts."""
    return joined([toned(article.titre, "fort"), article.enonce, *map(headed, article.rubriques)])


def headed(rubrique: b.Rubrique) -> b.Texte:
    """Return texts on one line, after their name."""
    name = b.Morceau(f"{rubrique.titre}{INSECABLE}: ", "italique")
    return (name, *runs_of(joined(rubrique.elements, _PUCE)))


def _unix(texte: str) -> str:
    return texte.replace("\r\n", "\n").replace("\r", "\n")
