from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
import torch


@pytest.fixture(scope="package", autouse=True)
def one_thread():
    """For networks so small that threads would only wait for each other, all the more beside other tests."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module", autouse=True)
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """DVCLive marks each step in a file of the DVC repository that it runs in, which parallel tests would share."""
    with contextlib.chdir(tmp_path_factory.mktemp("elsewhere")):
        yield
