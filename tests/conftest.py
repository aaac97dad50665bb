"""What every test room may ask for and is too slow to make twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from sneakers_ml.features.prepare import prepare_extractor
from sneakers_ml.params import EmbedParams
from tests.support.tiny import Tiny, shared_tiny

__all__: list[str] = []


@pytest.fixture(scope="session")
def lite0_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extractor efficientnet_lite0 as `sneakers embed` prepares it; exported once a session, in some 20 s."""
    folder = tmp_path_factory.mktemp("extractors") / "efficientnet_lite0"
    prepare_extractor("efficientnet_lite0", EmbedParams(names=("efficientnet_lite0",)), folder)
    return folder


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """A small workspace that the real commands made; tests only read it. See tests/support/tiny.py."""
    return shared_tiny(tmp_path_factory)
