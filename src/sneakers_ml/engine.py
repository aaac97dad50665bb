"""Engines: where the work of a long stage runs, in this process or on many machines, chosen by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from sneakers_ml.registry import Registry

__all__ = ["ENGINES", "Engine"]

Item = TypeVar("Item")
Result = TypeVar("Result")


class Engine(Protocol):
    """Runs a function on items; which engine ran it must not be seen in what comes out."""

    def map(self, make: Callable[[], Callable[[Item], Result]], items: Sequence[Item]) -> Iterator[Result]:
        """A result for every item, each as soon as it is there, in any order.

        A worker that dies with an item half done loses nothing: the item is done again, so that doing it twice must
        leave the same as doing it once. An error of the function is raised in its result's place.

        Args:
            make: called once in every worker, makes the function; passes between processes, as items and results do.
            items: what it is called with.

        Raises:
            DataError: when the workers cannot be reached, or were all lost.
        """


ENGINES = Registry[Callable[[Any], Engine]]("engine", "sneakers_ml.engines", section="engine")
"""Name -> the engine by its settings, which are its section within `engine` of params.yaml."""
