from __future__ import annotations

import pytest

from sneakers_ml.serving.recognizer import Recognizer
from tests.support.tiny import Tiny

__all__: list[str] = []


@pytest.fixture(scope="session")
def recognizer(tiny: Tiny) -> Recognizer:
    return Recognizer.load(tiny.workspace.bundle, threads=1)
