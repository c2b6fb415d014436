"""The conformance tests of a plugin: a class to inherit, which needs its name alone.

    from certif_rules.testing.conformite import Conformite

    class TestLabel(Conformite):
        greffon = "label"

Each test fails with what is wrong, one line each, with its place. Only pytest and the standard library are
imported at the top: whoever collects these tests loads nothing else.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

if TYPE_CHECKING:
    from certif_rules.errors import Issue
    from certif_rules.plugins.discovery import Plugins
    from certif_rules.services.conformite import Greffon, Tentative, Theme

#: The folder of cases of a plugin, unless its class says another; the setting that collects them.
_CAS = "cas"
_SETTING = "certif_rules_cas"
#: What is raised where data that are wrong, and declared all the same, hold together no more.
_HALF_MADE = (LookupError, TypeError, AttributeError, ValueError, RecursionError)


class Conformite:
    """Every plugin must hold this: ``greffon`` is its name; ``cas`` its folder of cases, beside its tests."""

    greffon: ClassVar[str]
    cas: ClassVar[str] = _CAS

    @staticmethod
    def plugins() -> Plugins:
        """Return the plugins that are installed; the tests of this class put made-up ones in their place."""
        return _installed()

    def test_formes(self) -> None:
        """Hold each file against its schema."""
        self._data("formes")

    def test_references(self) -> None:
        """Look for what names nothing, what nothing names, what contradicts itself, days without rules."""
        self._data("references")

    def test_empreintes(self) -> None:
        """Compare each layer with the digests of its revisions."""
        self._data("empreintes")

    def test_textes(self) -> None:
        """Look for sentences that are cut or doubled, and for personal data."""
        self._data("textes")

    def test_sources(self) -> None:
        """Look for sources that are not declared, and for those that nothing cites."""
        self._data("sources")

    def test_explications(self) -> None:
        """Ask every line of every audit type why it is due or not, and for its source."""
        from certif_rules.services.conformite import unexplained

        self._hold(unexplained)

    def test_fichiers(self) -> None:
        """Add to each list of each file, all else staying byte for byte."""
        from certif_rules.services.allers_retours import closed

        self._hold(closed)

    def test_allers_retours(self) -> None:
        """Write the findings of every audit type in a file and in grids, and read them back."""
        from certif_rules.services.allers_retours import lost

        self._hold(lost)

    def test_couverture(self) -> None:
        """Look for audit types and decisions that no case tries."""
        from certif_rules.services.conformite import untried

        self._hold(lambda greffon: untried(greffon, _tentatives(self._files())))

    def test_cas(self, pytestconfig: pytest.Config) -> None:
        """Run the cases, unless the setting of pytest makes of each a test of its own."""
        if not self._files():
            _fail([f"{self._folder()} : aucun cas d’essai"])
        if self._folder().name not in pytestconfig.getini(_SETTING):
            self._hold(self._failed)

    # ---- what is tested ------------------------------------------------------------------------------

    def _folder(self) -> Path:
        return Path(inspect.getfile(type(self))).parent / self.cas

    def _files(self) -> tuple[Path, ...]:
        return tuple(sorted(self._folder().glob("*.yaml")))

    def _data(self, theme: Theme) -> None:
        from certif_rules.services.conformite import wrong

        self._hold(lambda greffon: wrong(greffon, theme))

    def _failed(self, _: Greffon) -> Iterator[Issue]:
        """Yield the cases that do not hold, each at its place; what is compiled serves, as in any run."""
        from certif_rules.errors import Issue, Location
        from certif_rules.services.atelier import open_atelier
        from certif_rules.testing.fichier import differences, read_cases

        registry = open_atelier(plugins=self.plugins()).registry
        for path in self._files():
            kind, cases = read_cases(path)
            for case in cases:
                line, column = getattr(case, "start", (1, 1))
                where, hint = Location(str(path), line, column), "corriger la règle, ou le cas"
                for text in differences(kind, case, registry):
                    yield Issue("cas-en-echec", f"le cas « {case['nom']} » échoue : {text}", where, hint)

    def _hold(self, check: Callable[[Greffon], Iterable[Issue]]) -> None:
        """Fail with the issues that a check gives, or that stop it."""
        from certif_rules.errors import IssuesError

        greffon = None
        try:
            greffon = _opened(self.plugins, self.greffon, self._files())
            issues = [*check(greffon)]
        except IssuesError as error:
            issues = [*error.issues]
        except _HALF_MADE:
            if greffon is None or not greffon.validation.problemes:
                raise
            issues = [*greffon.validation.problemes]
        _fail([line for issue in issues for line in issue.lines()])


@cache
def _installed() -> Plugins:
    from certif_rules.services.atelier import open_atelier

    return open_atelier().plugins


@cache
def _opened(plugins: Callable[[], Plugins], nom: str, cas: tuple[Path, ...]) -> Greffon:
    """Return a plugin checked once for all the tests of its class."""
    from certif_rules.services.conformite import open_plugin

    return open_plugin(plugins(), nom, cas, here=Path.cwd())


def _tentatives(files: Iterable[Path]) -> Iterator[Tentative]:
    """Yield what the cases of checklists try; one that expects a refusal tries nothing."""
    from certif_rules.services.conformite import Tentative
    from certif_rules.testing.cas import request
    from certif_rules.testing.fichier import read_cases

    for path in files:
        kind, cases = read_cases(path)
        for case in cases if kind == _CAS else ():
            if "erreur" not in case["attendu"]:
                expected = case["attendu"].get("conclusions") or {}
                yield Tentative(demande=request(case), decisions=frozenset(_decided(expected)))


def _decided(conclusions: Mapping[Any, Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Yield each decision that conclusions give, and not those that are left possible."""
    for objet, expected in conclusions.items():
        beside = expected.get("distinctions") or {}
        for nom, value in {"": expected.get("decision"), **beside}.items():
            codes = value.values() if isinstance(value, Mapping) else (value,)
            yield from ((str(objet), str(nom), code) for code in codes if isinstance(code, str))


def _fail(lines: list[str]) -> None:
    """Fail with these lines alone: where they stand in this module helps nobody."""
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)
