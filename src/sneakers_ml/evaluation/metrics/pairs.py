"""How well a partition of listings agrees with the truth, counted over pairs of listings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

__all__ = ["PairScore", "pair_score"]


@dataclass(frozen=True, slots=True)
class PairScore:
    """Pairs of listings that were put together, belong together, and both."""

    together: int
    belonging: int
    right: int

    @property
    def precision(self) -> float:
        """Share of the pairs put together that belong together; 1 where none was."""
        return self.right / self.together if self.together else 1.0

    @property
    def recall(self) -> float:
        """Share of the pairs that belong together which were put together; 1 where none does."""
        return self.right / self.belonging if self.belonging else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return 2 * self.right / (self.together + self.belonging) if self.together + self.belonging else 1.0


def pair_score(found: Sequence[Hashable], truth: Sequence[Hashable]) -> PairScore:
    """Compare two labellings of the same listings, in time linear in their number.

    Pairs are counted from the contingency table of the two labellings, not one by one: n listings of one cell make
    n (n - 1) / 2 pairs (Hubert and Arabie, Comparing partitions, 1985, p. 196).

    Raises:
        ValueError: the two differ in length.
    """
    cells = Counter(zip(found, truth, strict=True))
    return PairScore(_pairs(Counter(found).values()), _pairs(Counter(truth).values()), _pairs(cells.values()))


def _pairs(counts: Iterable[int]) -> int:
    return sum(count * (count - 1) // 2 for count in counts)
