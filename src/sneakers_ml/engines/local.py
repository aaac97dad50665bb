"""The engine `local`: threads of this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from pydantic import Field

from sneakers_ml.engine import ENGINES
from sneakers_ml.parallel import ordered_map
from sneakers_ml.registry import Section

__all__ = ["LocalEngine", "LocalParams"]

Item = TypeVar("Item")
Result = TypeVar("Result")


class LocalParams(Section):
    """Threads; the function is shared by all of them."""

    workers: int = Field(2, ge=1)


@ENGINES.register("local", LocalParams)
class LocalEngine:
    """Results in the items' order."""

    def __init__(self, params: LocalParams) -> None:
        self._workers = params.workers

    def map(self, make: Callable[[], Callable[[Item], Result]], items: Sequence[Item]) -> Iterator[Result]:
        """As `Engine.map`."""
        return ordered_map(make(), items, workers=self._workers)
