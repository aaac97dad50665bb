"""Which unit joins which product: units in the order in which they were first seen, each decided once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from sneakers_ml.catalogue.matching.blocking import ProfileIndex
from sneakers_ml.catalogue.matching.units import Entry, Key, is_strong, related
from sneakers_ml.catalogue.titles import NO_BRAND

__all__ = ["Placement", "assign"]

_SURE = 100.0
_CODED, _OPEN = "founded with a style code", "without"


class Placement(NamedTuple):
    """Where a listing belongs.

    `product` is the key of the product's founding unit. `joined` is the number of the entry that it was joined to, None
    for the founder; `score` (0 to 100) is how alike the two are, 100 where something exact joined them: its unit's key
    (`exact`), or a style code shared by related brands. `rivals` says that two products were equally alike, so that it
    was joined to neither.
    """

    product: Key
    joined: int | None = None
    score: float = _SURE
    exact: bool = True
    rivals: bool = False


@dataclass(slots=True, eq=False)
class _Product:
    key: Key
    founder: int
    code: str | None
    brand: str
    sources: set[str] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class _Piece:
    """The listings of a unit that were first seen at the same time; `numbers` are their places among the entries."""

    key: Key
    code: str | None
    brand: str
    numbers: list[int]
    sources: set[str]

    @property
    def order(self) -> tuple[bool, bool, Key]:
        """With a style code before without, named brands before unnamed, then by key: never by row."""
        return self.code is None, self.brand == NO_BRAND, self.key


class _Proposal(NamedTuple):
    score: float
    piece: _Piece
    product: _Product
    witness: int  # the listing of the product that is alike

    @property
    def order(self) -> tuple[float, Key, Key]:
        return -self.score, self.piece.key, self.product.key


def assign(entries: Sequence[Entry]) -> list[Placement]:
    """A placement for each entry, in their order.

    Units (listings with the same key) are taken in the order in which they were first seen; those of one moment
    together, so that the order of rows counts for nothing. A unit joins the product of its key, or of its style code
    under a related brand, or the one to which it is most alike; else it founds a product, and nothing that comes later
    changes that. A product never holds two style codes, and no listing is joined by likeness to a product that has
    another listing of its own source. Likeness is always to a listing of the product's founding unit, so nothing is
    joined over a chain of likenesses.
    """
    order = sorted(range(len(entries)), key=lambda row: entries[row].place)
    ranked = [entries[row] for row in order]
    joiner = _Joiner(ranked)
    numbers = sorted(range(len(ranked)), key=lambda number: (ranked[number].seen, ranked[number].key, number))
    for _, moment in groupby(numbers, key=lambda number: ranked[number].seen):
        pieces = [
            _piece(ranked, key, list(group)) for key, group in groupby(moment, key=lambda number: ranked[number].key)
        ]
        joiner.take(sorted(pieces, key=lambda piece: piece.order))
    placements = dict(zip(order, (joiner.placements[number] for number in range(len(ranked))), strict=True))
    return [_in_rows(placements[row], order) for row in range(len(entries))]


def _in_rows(placement: Placement, order: list[int]) -> Placement:
    """The same with the row of the listing that it was joined to, in place of its rank."""
    return placement if placement.joined is None else placement._replace(joined=order[placement.joined])


def _piece(entries: Sequence[Entry], key: Key, numbers: list[int]) -> _Piece:
    members = [entries[number] for number in numbers]
    brand = min((entry.brand for entry in members), key=lambda brand: (brand == NO_BRAND, brand))
    return _Piece(key, members[0].code, brand, numbers, {entry.source for entry in members})


class _Joiner:
    """The products so far."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.placements: dict[int, Placement] = {}
        self._entries = entries
        self._by_key: dict[Key, _Product] = {}
        self._by_code: dict[str, list[_Product]] = defaultdict(list)
        self._first: dict[Key, int] = {}
        self._index: ProfileIndex[tuple[_Product, int]] = ProfileIndex()

    def take(self, pieces: list[_Piece]) -> None:
        """Place the units of one moment, given in their order: those with a style code, then the others."""
        fresh = [piece for piece in pieces if not self._join_exactly(piece)]
        self._settle([piece for piece in fresh if piece.code])
        self._settle([piece for piece in fresh if not piece.code])

    def _settle(self, waiting: list[_Piece]) -> None:
        """Rounds of founding and joining; each places at least one."""
        while waiting:
            waiting = self._follow(self._lead(waiting))

    def _lead(self, pieces: list[_Piece]) -> list[_Proposal]:
        """Found a product for whatever is alike to none; returns the best proposal of each of the others."""
        proposals = []
        for piece in pieces:
            best = self._best(piece)
            if len(best) == 1:
                proposals += best
            elif not self._join_exactly(piece):
                self._found(piece, rivals=bool(best))
        return proposals

    def _follow(self, proposals: list[_Proposal]) -> list[_Piece]:
        """Join the most alike first; returns those whose product meanwhile took something that shuts them out."""
        left = []
        for proposal in sorted(proposals, key=lambda proposal: proposal.order):
            if _admits(proposal.product, proposal.piece):
                placement = Placement(proposal.product.key, proposal.witness, proposal.score, exact=False)
                self._join(proposal.piece, proposal.product, placement)
            else:
                left.append(proposal.piece)
        return sorted(left, key=lambda piece: piece.order)

    def _best(self, piece: _Piece) -> list[_Proposal]:
        """The most alike product, or all of them where several with different style codes are equally alike."""
        best: dict[Key, _Proposal] = {}
        highest = 0.0
        for proposal in self._proposals(piece):
            if proposal.score > highest:
                best, highest = {}, proposal.score
            elif highest == _SURE > proposal.score:
                break  # what is the same came first
            if proposal.score == highest:
                known = best.setdefault(proposal.product.key, proposal)
                if proposal.witness < known.witness:
                    best[proposal.product.key] = proposal
        rivals = sorted(best.values(), key=lambda proposal: proposal.order)
        return rivals if len({proposal.product.code for proposal in rivals} - {None}) > 1 else rivals[:1]

    def _proposals(self, piece: _Piece) -> Iterator[_Proposal]:
        """Two style codes never join, so a piece that has one only meets products founded without."""
        shelves = (_OPEN,) if piece.code else (_CODED, _OPEN)
        told = (self._entries[number].profile for number in piece.numbers)
        for profile in dict.fromkeys(profile for profile in told if profile is not None):
            for shelf in shelves:
                for score, (product, witness) in self._index.alike(profile, shelf):
                    if _admits(product, piece):
                        yield _Proposal(score, piece, product, witness)

    def _join_exactly(self, piece: _Piece) -> bool:
        """Join the product of the piece's key, or of its style code; False where there is none."""
        product = self._by_key.get(piece.key) or self._same_code(piece)
        if product is None:
            return False
        self._join(piece, product, Placement(product.key, self._first.get(piece.key, product.founder)))
        return True

    def _same_code(self, piece: _Piece) -> _Product | None:
        """The one product of this style code whose brand may be the piece's."""
        if not piece.code or not is_strong(piece.code):
            return None
        found = [product for product in self._by_code[piece.code] if related(product.brand, piece.brand)]
        return found[0] if len(found) == 1 else None

    def _found(self, piece: _Piece, *, rivals: bool = False) -> None:
        founder, *others = piece.numbers
        product = _Product(piece.key, founder, None, piece.brand)
        self.placements[founder] = Placement(piece.key, rivals=rivals)
        self._enter(piece, product, others, Placement(piece.key, founder))
        self._show(piece, product)

    def _join(self, piece: _Piece, product: _Product, placement: Placement) -> None:
        self._enter(piece, product, piece.numbers, placement)
        if piece.key == product.key and piece.code:
            self._show(piece, product)

    def _enter(self, piece: _Piece, product: _Product, numbers: Iterable[int], placement: Placement) -> None:
        for number in numbers:
            self.placements[number] = placement
        self._by_key[piece.key] = product
        self._first.setdefault(piece.key, piece.numbers[0])
        product.sources |= piece.sources
        if product.brand == NO_BRAND:
            product.brand = piece.brand
        if piece.code and product.code is None:
            product.code = piece.code
            self._by_code[piece.code].append(product)

    def _show(self, piece: _Piece, product: _Product) -> None:
        """Let later units be compared with these listings, once a profile."""
        shown = {self._entries[number].profile: number for number in reversed(piece.numbers)}
        for profile, number in shown.items():
            if profile is not None:
                self._index.add(profile, (product, number), _CODED if piece.code else _OPEN)


def _admits(product: _Product, piece: _Piece) -> bool:
    codes_agree = product.code is None or piece.code is None
    return codes_agree and product.sources.isdisjoint(piece.sources)
