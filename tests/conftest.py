"""What every test room may ask for and is too slow to make twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from sneakers_ml.embedding.prepare import prepare_extractor
from sneakers_ml.workspace.params import EmbedParams
from tests.support.tiny import Tiny, shared_tiny

settings.register_profile("same", derandomize=True, deadline=None)  # a test that passed passes again
settings.load_profile("same")

__all__: list[str] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One test that needs the tiny workspace first, the others last: one process makes it while another goes on."""
    slow = [item for item in items if {"tiny", "lite0_folder"} & set(getattr(item, "fixturenames", ()))]
    items[:] = slow[:1] + [item for item in items if item not in slow] + slow[1:]


@pytest.fixture(scope="session")
def lite0_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extractor efficientnet_lite0 as `sneakers embed` prepares it; its export takes some 20 s.

    A run on several processes is one of the whole suite and makes the tiny workspace anyway, so it is taken from there.
    """
    if "PYTEST_XDIST_WORKER" in os.environ or "SNEAKERS_TINY" in os.environ:
        return shared_tiny(tmp_path_factory).workspace.extractor("efficientnet_lite0")
    folder = tmp_path_factory.mktemp("extractors") / "efficientnet_lite0"
    prepare_extractor("efficientnet_lite0", EmbedParams(names=("efficientnet_lite0",)), folder)
    return folder


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """A small workspace that the real commands made; tests only read it. See tests/support/tiny.py."""
    return shared_tiny(tmp_path_factory)
