from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.command import Outcome, run_here
from tests.support.tiny import Tiny

__all__: list[str] = []


@pytest.fixture
def sneakers(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """`sneakers("predict", photo)` is the command of that name."""
    return lambda *arguments: run_here(capsys, *arguments)


@pytest.fixture
def ask(sneakers: Callable[..., Outcome], tiny: Tiny) -> Callable[..., Outcome]:
    """A command on the tiny workspace."""
    return lambda *arguments: sneakers("--workspace", tiny.root, *arguments)
