"""A catalogue of NIST and its profile MODERATE, resolved by us and by compliance-trestle."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from statistics import median

from chronos import ICI, environment, in_turns, ratio, spent, told, work
from rangs import Rang, ms, sums
from references import TRESTLE, scripts_of
from synthetiques import JOUR, oscal, write_plugin

#: The files of NIST, and the digests of those that the page measures.
CATALOGUE, PROFIL = (
    "NIST_SP-800-53_rev4_catalog-min.json",
    "NIST_SP-800-53_rev4_MODERATE-baseline_profile.json",
)
EMPREINTES = {
    CATALOGUE: "188ed7f962e79297a965fbd8a3532e14cffe4e0ec2f38d36174dfa6b7416a19b",
    PROFIL: "c5e48e731d11b6780d437e57a4fac27aca04500c698b60be68ad25e206c34b0d",
}


def missing(source: Path | None) -> str:
    """Return why the files of NIST cannot be measured; nothing when they can."""
    if source is None:
        return "dossier non donné (--nist)"
    for name, digest in EMPREINTES.items():
        path = source / name
        if not path.is_file():
            return f"{name} n’est pas dans ce dossier"
        if sha256(path.read_bytes()).hexdigest() != digest:
            return f"{name} n’a pas l’empreinte attendue"
    return ""


def resolutions(folder: Path, source: Path, turns: int) -> Iterator[Rang]:
    """Yield the resolution of a profile of NIST, against trestle: as a command, then in process."""
    site, workspace = folder / "nist", folder / "trestle"
    write_plugin(site, "nist", *oscal(source / CATALOGUE, source / PROFIL))
    scripts = scripts_of(TRESTLE)
    env = environment(folder, site=site)
    plain = environment(folder)
    _workspace(workspace, source, scripts / "trestle", plain)
    asked = [
        "checklist",
        "nist",
        "--type",
        "moderate",
        "--date",
        JOUR,
        "--categorie",
        "SI",
        "--format",
        "json",
    ]
    resolve = ["author", "profile-resolve", "-n", "moderate", "-o", "resolu"]
    as_commands = in_turns(
        turns,
        {
            "nous": lambda: spent([sys.executable, "-m", "certif_rules", *asked], env, folder),
            "eux": lambda: spent([scripts / "trestle", *resolve], plain, workspace),
        },
    )
    yield _faster(
        "catalogue du NIST et profil MODERATE, en une commande", as_commands["nous"], as_commands["eux"], 6, 8
    )
    script = ICI / "reference_trestle.py"
    in_process = in_turns(
        turns,
        {
            "nous": lambda: work(env, folder, "nist", "3"),
            "eux": lambda: told([scripts / "python", script, workspace, "3"], plain, workspace),
        },
        warm=0,
    )
    ours, theirs = in_process["nous"], in_process["eux"]
    due = {(mine["dues"], other["controles"]) for mine, other in zip(ours, theirs, strict=True)}
    if any(one != two for one, two in due):
        raise SystemExit(f"Les contrôles retenus diffèrent : {due}.")
    # Text on both sides: what is answered is there to be written.
    sides = {
        "charger et résoudre": (("tout", "json"), ("tout", "json"), 4, 10),
        "résoudre, une fois chargé, la première fois": (("premiere", "json"), ("charge", "json"), 20, 40),
        "résoudre, une fois chargé, les fois suivantes": (("encore",), ("charge", "json"), 20, 40),
    }
    for words, (mine, other, must, aim) in sides.items():
        yield _faster(
            f"le même, dans un processus : {words}", sums(ours, mine), sums(theirs, other), must, aim
        )


def _faster(quoi: str, ours: list[float], theirs: list[float], must: float, aim: float) -> Rang:
    reference = f"{TRESTLE} : {ms(median(theirs))}"
    return Rang(quoi, ms(median(ours)), reference, ratio(theirs, ours), " ×", must, aim, plus=True)


def _workspace(workspace: Path, source: Path, trestle: Path, env: Mapping[str, str]) -> None:
    """Lay out the catalogue and the profile as trestle wants them; the profile names its catalogue there."""
    workspace.mkdir()
    spent([trestle, "init", "--local"], env, workspace)
    for kind, name, content in (
        ("catalogs/nist", "catalog", json.loads((source / CATALOGUE).read_text(encoding="utf-8"))),
        ("profiles/moderate", "profile", json.loads((source / PROFIL).read_text(encoding="utf-8"))),
    ):
        for one in content[name].get("imports", ()):
            one["href"] = "trestle://catalogs/nist/catalog.json"
        (workspace / kind).mkdir(parents=True)
        (workspace / kind / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
