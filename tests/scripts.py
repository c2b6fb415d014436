"""The scripts that stand beside the package (``.ci``, ``benchmarks``), loaded as modules."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent


def script_of(path: str) -> ModuleType:
    """The script at a path from the root, run as a module of its own; each call loads it again."""
    spec = spec_from_file_location(f"script_{Path(path).stem}", ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
