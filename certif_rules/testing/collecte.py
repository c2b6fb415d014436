"""pytest plugin: the YAML files of the folders named by the ``certif_rules_cas`` setting are tests.

Only pytest and the standard library are imported at the top: a plugin of pytest is loaded by every run, of
any project, and before coverage is measured.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the setting; without it nothing is collected."""
    parser.addini(
        "certif_rules_cas", "names of the folders whose YAML files are cases", type="args", default=[]
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a YAML file that stands in a folder of cases."""
    if file_path.suffix == ".yaml" and file_path.parent.name in parent.config.getini("certif_rules_cas"):
        return CaseFile.from_parent(parent, path=file_path)
    return None


class CaseFile(pytest.File):
    """This collector reads a file of cases."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one test per case."""
        from certif_rules.testing.fichier import read_cases

        kind, cases = read_cases(self.path)
        for case in cases:
            yield Essai.from_parent(self, name=case["nom"], kind=kind, case=case)


class Essai(pytest.Item):
    """An essai is one case: a request, and what is expected of it."""

    def __init__(self, *, kind: str, case: dict[str, Any], **attributes: Any) -> None:
        super().__init__(**attributes)
        self.kind = kind
        self.case = case

    def runtest(self) -> None:
        """Run the case on the installed plugins."""
        from certif_rules.testing.fichier import differences, installed

        wrong = differences(self.kind, self.case, installed())
        if wrong:
            raise CaseError("\n".join(wrong))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the differences alone; any other error with its traceback."""
        if isinstance(excinfo.value, CaseError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the place of the case in its file."""
        at = getattr(self.case, "start", (1, 1))
        return self.path, at[0] - 1, self.name


class CaseError(Exception):
    """This error reports a case whose expectations are not met."""
