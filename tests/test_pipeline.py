"""dvc.yaml names every source that can change a stage's output: a stage's imports are followed and compared."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
CODE = ROOT / "src" / "sneakers_ml"
ENTRIES = {
    "merge": "catalogue/merge.py",
    "photos": "catalogue/photos.py",
    "split": "catalogue/split.py",
    "embed": "features/embed.py",
    "embed-fitted": "features/embed.py",
    "embed-joined": "features/embed.py",
    "train": "classifiers/train.py",
    "index": "index/build.py",
    "evaluate": "evaluation/stage.py",
    "bundle": "serving/pack.py",
}
NO_OUTPUT_OF_THEIR_OWN = {
    *("__init__.py", "atomic.py", "errors.py", "parallel.py", "params.py", "paths.py", "progress.py", "settings.py"),
    *("region.py", "spec_file.py", "tables.py", "catalogue/schema.py"),
}
"""How files are written and settings read, but not what is in them."""


def imports(path: Path) -> set[Path]:
    """Files of the package that a file imports, at the top or within a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sneakers_ml"):
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            file = CODE.joinpath(*name.split(".")[1:]).with_suffix(".py")
            if file.is_file():
                found.add(file)
    return found


def closure(entry: str) -> set[str]:
    """The entry and all that it imports, directly or not, as paths below the package."""
    seen, waiting = set(), [CODE / entry]
    while waiting:
        file = waiting.pop()
        if file not in seen:
            seen.add(file)
            waiting += imports(file)
    return {file.relative_to(CODE).as_posix() for file in seen} - NO_OUTPUT_OF_THEIR_OWN


def named(stage: str) -> set[str]:
    """The sources that dvc.yaml names for a stage; of a folder, all that lie in it."""
    deps = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"][stage]["deps"]
    paths = [CODE / dep.removeprefix("${code}/") for dep in deps if dep.startswith("${code}/")]
    files = [file for path in paths for file in (path.glob("*.py") if path.is_dir() else [path])]
    return {file.relative_to(CODE).as_posix() for file in files if file.name != "__init__.py"}


def test_every_stage_has_an_entry() -> None:
    assert set(yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]) == set(ENTRIES)


@pytest.mark.parametrize("stage", ENTRIES)
def test_a_stage_names_the_sources_it_is_made_of(stage: str) -> None:
    reached = closure(ENTRIES[stage])
    assert named(stage) == reached, f"missing {sorted(reached - named(stage))}, idle {sorted(named(stage) - reached)}"
