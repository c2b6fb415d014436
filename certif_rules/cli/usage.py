"""What click finds wrong in a call, in French: each wrong value as an issue, none hiding the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click
from click.core import UNSET, iter_params_for_processing  # type: ignore[attr-defined]  # not exported

if TYPE_CHECKING:
    from certif_rules.cli.atelier import Appel
    from certif_rules.errors import Issue

#: Where the issues of a call are kept until the command has found its own.
_KEY = "certif_rules.fautes"
#: What the unit of a number is called, with a number that people may write.
_UNITS: Mapping[str, tuple[str, int]] = {"EUROS": (" d’euros", 320000), "JOURS": (" de jours", 20)}
_EXAMPLE = 3


def fautes(ctx: click.Context | None = None) -> Appel:
    """Return the issues of the call, which the command raises with those it meets itself."""
    from certif_rules.cli.atelier import Appel

    current = ctx or click.get_current_context()
    appel: Appel = current.meta.setdefault(_KEY, Appel())
    return appel


def wrong_values(command: click.Command, ctx: click.Context, args: list[str]) -> Iterator[Issue]:
    """Give every parameter of a call its value; yield what is blank, missing, not admitted, or too many.

    A parameter that is refused is as if not given, and the others are read all the same.
    """
    given, rest, order = command.make_parser(ctx).parse_args(list(args))
    for param in iter_params_for_processing(order, command.get_params(ctx)):
        name = param.name or ""
        value = given.get(name)
        if blank(value):
            yield _issue(ctx, f"la valeur de {name_of(param)} est vide", _what(param, ctx))
        else:
            try:
                _, rest = param.handle_parse_result(ctx, given, rest)
                if ctx.params.get(name) is UNSET:
                    ctx.params[name] = None
                continue
            except click.BadParameter as error:
                error.param = error.param or param
                yield _refused(error, ctx, value)
        if name in given:
            fautes(ctx).refused.add(name)
        ctx.params[name] = () if param.multiple else None
    if rest and not ctx.allow_extra_args:
        yield _issue(ctx, f"argument en trop : {' '.join(rest)}")


def blank(value: Any) -> bool:
    """Return whether a value, or one of several, holds nothing but blanks."""
    values = value if isinstance(value, list | tuple) else (value,)
    return any(isinstance(v, str) and not v.strip() for v in values)


def name_of(param: click.Parameter) -> str:
    """Return the option or the argument as people write it."""
    return param.opts[-1] if isinstance(param, click.Option) else param.human_readable_name


def _refused(error: click.BadParameter, ctx: click.Context, value: Any) -> Issue:
    from certif_rules.errors import nearest

    param = error.param
    assert param is not None
    nom = name_of(param)
    if isinstance(error, click.MissingParameter):
        return _issue(ctx, f"il manque {nom}", _what(param, ctx))
    kind = param.type
    if isinstance(kind, click.Choice):
        choices = [str(choice) for choice in kind.choices]
        near = nearest(str(value), choices)
        message = f"valeur « {value} » non admise pour {nom} ; valeurs admises : {', '.join(choices)}"
        return _issue(ctx, message, near)
    if isinstance(kind, click.Path):
        message = f"valeur non admise pour {nom} : c’est un dossier, ou un fichier que l’on ne peut pas lire"
        return _issue(ctx, message, "donner le chemin d’un fichier")
    if isinstance(kind, click.IntRange):
        unit, example = _UNITS.get(str(param.metavar), ("", _EXAMPLE))
        message = f"valeur « {value} » non admise pour {nom} : il faut un nombre entier{unit}{_limits(kind)}"
        return _issue(ctx, message, f"en chiffres, sans espace ni unité : par exemple {nom} {example}")
    return _issue(ctx, f"valeur « {value} » non admise pour {nom}")


def _limits(kind: click.IntRange) -> str:
    if kind.min is not None and kind.max is not None:
        return f", de {kind.min} à {kind.max}"
    return "" if kind.min is None else f", {kind.min} au moins"


def _what(param: click.Parameter, ctx: click.Context) -> str | None:
    """Return what to write for an option; of an argument, the help says it."""
    return f"écrire {name_of(param)} {param.make_metavar(ctx)}" if isinstance(param, click.Option) else None


def _issue(ctx: click.Context, message: str, hint: str | None = None) -> Issue:
    from certif_rules.errors import Issue

    return Issue("usage", message, None, hint or f"{ctx.command_path} --help")
