"""Crawls of live shops as DVC holds them: tracked, pushed and pulled like any output, but never run by DVC.

Each shop that was crawled into a workspace has a stage of its own in `crawl/dvc.yaml`, and the stage is frozen: DVC
saves what lies in `data/raw/<shop>` when it has changed, and does not run the command, not even when the folder is
missing or the run is forced. Where it is missing, `dvc repro` fails and names the stage, so its name says what to do.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from sneakers_ml.errors import DataError, SneakersError, UsageError
from sneakers_ml.files import write_atomically
from sneakers_ml.workspace.dvc import is_repository, run_dvc
from sneakers_ml.workspace.paths import PROJECT_ROOT, Workspace

__all__ = ["is_demos", "track_crawls"]

_FILE = "crawl/dvc.yaml"
_HEADER = """\
# Shops that were crawled into this workspace; `sneakers crawl` adds them.
# The stages are frozen: dvc repro never goes to a shop. It takes data/raw/SHOP as it is, and fails where it is missing:
#   pull it:   dvc pull                              what was crawled and pushed before
#   crawl it:  sneakers --workspace . crawl SHOP     from the shop, anew
# A shop that is not wanted any more: remove its stage here and its folder in data/raw.
"""


def is_demos(workspace: Workspace) -> bool:
    """Whether this is the project itself, whose `data/raw` the demo's stage fills and takes back."""
    return workspace.root.resolve() == PROJECT_ROOT


def track_crawls(workspace: Workspace, shops: Sequence[str], environment: Mapping[str, str] = os.environ) -> bool:
    """Have DVC save what was just crawled, so that `dvc push` takes it along.

    Args:
        workspace: where the shops were crawled to.
        shops: those whose folder in `data/raw` is good.
        environment: the process's own; within a stage of DVC, DVC saves the outputs itself.

    Returns:
        Whether it was done: not for a folder without DVC, nor for the project, whose demo has its own stage.

    Raises:
        DataError: when a shop's folder is missing, or `crawl/dvc.yaml` is no pipeline.
        SneakersError: when DVC refuses, as while another of its commands runs.
    """
    root = workspace.root
    inside = "DVC_STAGE" in environment
    if not shops or inside or not is_repository(root) or is_demos(workspace):
        return False
    absent = [str(workspace.source(shop)) for shop in shops if not workspace.source(shop).is_dir()]
    if absent:
        raise DataError(f"{', '.join(absent)}: nothing is there to save; crawl first")
    with _in_turn(root):
        _declare(root / _FILE, shops)
        try:
            run_dvc(root, "commit", "--force", *(f"{_FILE}:{_name(shop)}" for shop in shops))
        except SneakersError as error:
            raise SneakersError(f"crawled, but not saved for `dvc push`; `dvc repro` will do it: {error}") from None
    return True


@contextmanager
def _in_turn(root: Path) -> Iterator[None]:
    """Wait for other crawls that are being saved in this workspace: DVC would refuse, and a stage could get lost."""
    path = root / ".dvc" / "tmp" / "crawl.lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _declare(file: Path, shops: Sequence[str]) -> None:
    """Add stages for shops that have none."""
    document = _read(file)
    missing = {_name(shop): _stage(shop) for shop in shops if _name(shop) not in document["stages"]}
    if missing:
        stages = dict(sorted({**document["stages"], **missing}.items()))
        text = yaml.safe_dump({**document, "stages": stages}, sort_keys=False, allow_unicode=True, width=120)
        write_atomically(file, f"{_HEADER}{text}".encode())


def _name(shop: str) -> str:
    return f"pull-or-crawl-{shop}"


def _stage(shop: str) -> dict[str, Any]:
    if not re.fullmatch(r"[a-z0-9_]+", shop):
        raise UsageError(f"{shop}: a shop's name is made of small letters and digits")
    return {
        "desc": f"listings and photos of {shop}, crawled when somebody asked for it",
        "wdir": "..",
        "cmd": f"sneakers --workspace . crawl {shop}",
        "frozen": True,
        "outs": [{f"data/raw/{shop}": {"persist": True}}],
    }


def _read(file: Path) -> dict[str, Any]:
    """The file's content, with `stages` also where there is no file yet."""
    try:
        document = (yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else None) or {}
        return {**document, "stages": {**(document.get("stages") or {})}}
    except (UnicodeDecodeError, yaml.YAMLError, AttributeError, TypeError):
        raise DataError(f"{file}: not a pipeline of DVC; remove it, `sneakers crawl` writes it anew") from None
