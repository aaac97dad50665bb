"""The README's commands work: each block marked `sh` is run, all but the first with the slow tests.

Blocks marked `shell` need the network or many minutes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.tiny import Tiny

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, tiny: Tiny) -> Path:
    """A small workspace laid out like the repository after `make demo`."""
    folder = tmp_path_factory.mktemp("readme") / "repository"
    shutil.copytree(tiny.root, folder)
    (folder / "demo").rename(folder / "data" / "demo")
    return folder


def test_there_are_blocks_to_run() -> None:
    assert len(BLOCKS) >= 2


@pytest.mark.parametrize(
    "block",
    [BLOCKS[0], *(pytest.param(block, marks=pytest.mark.slow) for block in BLOCKS[1:])],
    ids=lambda block: " ".join(block.split()[:2]),
)
def test_a_block_of_the_readme_runs(block: str, workspace: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(
        ["bash", "-eu", "-c", block],
        cwd=workspace,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("page", ["README.md", *(f"notes/{path.name}" for path in (ROOT / "notes").glob("*.md"))])
def test_links_and_pictures_of_a_page_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target]
    missing = [target for target in targets if not ((ROOT / page).parent / target).exists()]
    assert not missing
