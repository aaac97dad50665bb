"""dvc.yaml names every folder whose sources can change a stage's output: imports are followed and compared."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
CODE = ROOT / "src" / "sneakers_ml"
STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
ENTRIES = {
    "merge": "catalogue/merge.py",
    "photos": "catalogue/photos.py",
    "split": "catalogue/split.py",
    "finetune": "networks/finetune.py",
    "embed": "embedding/embed.py",
    "train": "classifiers/train.py",
    "refit": "networks/refit.py",
    "index": "index/index.py",
    "text": "text/text.py",
    "evaluate": "evaluation/evaluate.py",
    "bundle": "serving/bundle.py",
}
NO_OUTPUT_OF_THEIR_OWN = {"embedding/store.py", *(f.relative_to(CODE).as_posix() for f in CODE.glob("workspace/*.py"))}
"""How files are read and written and settings read, but not what is in them; so are the files beside the rooms."""


def imports(path: Path) -> set[Path]:
    """Files of the package that a file imports, at the top or within a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sneakers_ml"):
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            place = CODE.joinpath(*name.split(".")[1:])
            found |= {file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()}
    return found


def rooms(entry: str) -> set[str]:
    """Folders of the entry and of all that it imports, directly or not; beside a registry lies what registers there."""
    seen, waiting = set(), [CODE / entry]
    while waiting:
        file = waiting.pop()
        if file not in seen and file.relative_to(CODE).as_posix() not in NO_OUTPUT_OF_THEIR_OWN:
            seen.add(file)
            waiting += imports(file)
            if "] = Registry(" in file.read_text(encoding="utf-8"):
                waiting += file.parent.glob("*.py")
    return {file.relative_to(CODE).parts[0] for file in seen if file.parent != CODE}


def test_every_stage_has_an_entry() -> None:
    assert {name.partition("-")[0] for name in STAGES} == set(ENTRIES)  # embed-fitted is a way to embed


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_names_the_folders_of_the_sources_it_is_made_of(stage: str) -> None:
    named = {dep.removeprefix("${code}/") for dep in STAGES[stage]["deps"] if dep.startswith("${code}/")}
    assert named == rooms(ENTRIES[stage.partition("-")[0]])
