from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sneakers_ml.workspace.paths import Workspace
from tests.support.tiny import Tiny


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    """For networks so small that threads would only wait for each other, all the more beside other tests."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def text_workspace(tiny: Tiny) -> Callable[[Path], Workspace]:
    """Copies what the stage `text` reads of the tiny workspace into a folder, to be spoilt."""

    def copy(folder: Path) -> Workspace:
        made, whole = Workspace(folder), tiny.workspace
        extractors = "efficientnet_lite0", "colours"
        files = [whole.choice, whole.photo_table, whole.split, whole.products, whole.listings]
        files += [whole.index / "gallery.parquet"]
        files += [whole.extractor(name) / "extractor.json" for name in extractors]
        files += [whole.features / f"{name}.{kind}" for name in extractors for kind in ("npy", "json")]
        for file in files:
            target = folder / file.relative_to(whole.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        return made

    return copy
