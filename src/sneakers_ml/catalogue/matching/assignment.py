"""Which unit joins which product: units in the order in which they were first seen, each decided once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from sneakers_ml.catalogue.cleaning.naming import NO_BRAND
from sneakers_ml.catalogue.matching.blocking import ProfileIndex
from sneakers_ml.catalogue.matching.similarity import gender_cost
from sneakers_ml.catalogue.matching.units import Entry, Key, Wording, is_strong, related

__all__ = ["Placement", "assign"]

_SURE = 100.0
_CODED, _OPEN = "founded with a style code", "without"


class Placement(NamedTuple):
    """Where a listing belongs.

    `product` is the key of the product's founding unit. `joined` is the number of the entry that it was joined to, None
    for the founder; `score` (0 to 100) is how alike the two are, 100 where something exact joined them: its unit's key
    (`exact`), or a style code shared by related brands; 100 also where the titles say the same (`by_title`). `rivals`
    says that two products were equally alike, so that it was joined to neither.
    """

    product: Key
    joined: int | None = None
    score: float = _SURE
    exact: bool = True
    by_title: bool = False
    rivals: bool = False


@dataclass(slots=True, eq=False)
class _Product:
    key: Key
    founder: int
    brand: str
    code: str | None = None
    colours: set[tuple[str, ...]] = field(default_factory=set)
    sellers: set[tuple[str, str]] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class _Piece:
    """The listings of a unit that were first seen at the same time; `numbers` are their places among the entries.

    `also` are the keys of their further style codes.
    """

    key: Key
    code: str | None
    brand: str
    numbers: list[int]
    colours: set[tuple[str, ...]]
    sellers: set[tuple[str, str]]
    also: tuple[Key, ...] = ()

    @property
    def order(self) -> tuple[bool, bool, bool, Key]:
        """With several style codes, one, none; named brands before unnamed; then by key: never by row."""
        return not self.also, self.code is None, self.brand == NO_BRAND, self.key

    @property
    def keys(self) -> tuple[Key, ...]:
        return self.key, *self.also

    def may_join(self, product: _Product) -> bool:
        """Whether likeness may join it: no two style codes, no other listing of its own shops."""
        codes_agree = product.code is None or self.code is None
        return codes_agree and product.sellers.isdisjoint(self.sellers)


class _Proposal(NamedTuple):
    score: float
    piece: _Piece
    product: _Product
    witness: int  # the listing of the product that is alike
    by_title: bool = False

    @property
    def holds(self) -> bool:
        """Whether it may still be followed; equal titles join no two colours that shops state beside them."""
        one_colour = len(self.piece.colours | self.product.colours) < 2
        return self.piece.may_join(self.product) and (one_colour or not self.by_title)

    @property
    def order(self) -> tuple[float, Key, Key]:
        return -self.score, self.piece.key, self.product.key


def assign(entries: Sequence[Entry]) -> list[Placement]:
    """A placement for each entry, in their order.

    Units (listings with the same key) are taken in the order in which they were first seen; those of one moment
    together, so that the order of rows counts for nothing. A unit joins the product of its key, or of its style code
    under a related brand, or the one to which it is most alike, or the one whose title says the very same where no
    shop has two that do; else it founds a product, and nothing that comes later changes that. A product holds two style
    codes only where a listing names both, and no listing is joined by likeness to a product that has another listing of
    its own shop. Likeness is always to a listing of the product's founding unit, so nothing is joined over a chain of
    likenesses.
    """
    order = sorted(range(len(entries)), key=lambda row: entries[row].place)
    ranked = [entries[row] for row in order]
    products = _Products(ranked)
    numbers = sorted(range(len(ranked)), key=lambda number: (ranked[number].seen, ranked[number].key, number))
    for _, moment in groupby(numbers, key=lambda number: ranked[number].seen):
        pieces = []
        for key, group in groupby(moment, key=lambda number: ranked[number].key):
            group_numbers = list(group)
            members = [ranked[number] for number in group_numbers]
            brand = min((entry.brand for entry in members), key=lambda brand: (brand == NO_BRAND, brand))
            colours = {entry.colour_beside for entry in members if entry.colour_beside}
            sellers = {entry.seller for entry in members}
            also = tuple(sorted({other for entry in members for other in entry.also}))
            pieces.append(_Piece(key, members[0].code, brand, group_numbers, colours, sellers, also))
        products.take(sorted(pieces, key=lambda piece: piece.order))
    placements: dict[int, Placement] = {}
    for number, placement in products.placements.items():
        joined = None if placement.joined is None else order[placement.joined]
        placements[order[number]] = placement._replace(joined=joined)
    return [placements[row] for row in range(len(entries))]


@dataclass(slots=True, eq=False)
class _TitleUses:
    """Where a title's wording is used, and the products that were founded under it."""

    once_a_shop: bool = True
    holders: list[tuple[_Product, int]] = field(default_factory=list)
    _units: dict[tuple[str, str], Key] = field(default_factory=dict)

    def add(self, seller: tuple[str, str], key: Key) -> None:
        self.once_a_shop &= self._units.setdefault(seller, key) == key


class _Products:
    """The products so far, and where each listing (by its number) was placed."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.placements: dict[int, Placement] = {}
        self._entries = entries
        self._by_key: dict[Key, _Product] = {}
        self._by_code: dict[str, list[_Product]] = defaultdict(list)
        self._first: dict[Key, int] = {}
        self._index: ProfileIndex[tuple[_Product, int]] = ProfileIndex()
        self._titles: dict[Wording, _TitleUses] = defaultdict(_TitleUses)

    def take(self, pieces: list[_Piece]) -> None:
        """Place the units of one moment, given in their order: those with a style code, then the others."""
        for piece in pieces:
            for entry in (self._entries[number] for number in piece.numbers):
                if entry.wording:
                    self._titles[entry.wording].add(entry.seller, piece.key)
        fresh = [piece for piece in pieces if not self._join_exactly(piece)]
        self._settle([piece for piece in fresh if piece.code])
        self._settle([piece for piece in fresh if not piece.code])

    def _settle(self, waiting: list[_Piece]) -> None:
        """Rounds of founding and joining; each places at least one.

        What is alike to none founds a product. Of the others the most alike join first; those wait for the next round
        whose product meanwhile took something that shuts them out.
        """
        while waiting:
            proposals = []
            for piece in waiting:
                best = self._best(piece)
                if len(best) == 1:
                    proposals += best
                elif not self._join_exactly(piece):
                    founder = piece.numbers[0]
                    self._join(piece, _Product(piece.key, founder, piece.brand), Placement(piece.key, founder))
                    self.placements[founder] = Placement(piece.key, rivals=bool(best))
            waiting = []
            for proposal in sorted(proposals, key=lambda proposal: proposal.order):
                score, piece, product, witness, by_title = proposal
                if proposal.holds:
                    self._join(piece, product, Placement(product.key, witness, score, exact=False, by_title=by_title))
                else:
                    waiting.append(piece)
            waiting.sort(key=lambda piece: piece.order)

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
        if not rivals:
            return list(self._of_the_same_title(piece).values())
        return rivals if len({proposal.product.code for proposal in rivals} - {None}) > 1 else rivals[:1]

    def _of_the_same_title(self, piece: _Piece) -> dict[Key, _Proposal]:
        """Products whose title says the very same, where no shop has two pages that do."""
        found: dict[Key, _Proposal] = {}
        for entry in (self._entries[number] for number in piece.numbers):
            uses = self._titles.get(entry.wording) if entry.wording else None
            for product, witness in uses.holders if uses and uses.once_a_shop else ():
                other = self._entries[witness]
                proposal = _Proposal(_SURE, piece, product, witness, by_title=True)
                if (
                    proposal.holds
                    and not gender_cost(entry.gender, other.gender)
                    and not entry.release.other_than(other.release)
                ):
                    found.setdefault(product.key, proposal)
        return found

    def _proposals(self, piece: _Piece) -> Iterator[_Proposal]:
        """Two style codes never join, so a piece that has one is only compared with products founded without."""
        pools = (_OPEN,) if piece.code else (_CODED, _OPEN)
        profiles = dict.fromkeys(self._entries[number].profile for number in piece.numbers)
        for profile in filter(None, profiles):
            for pool in pools:
                for score, (product, witness) in self._index.alike(profile, pool):
                    if piece.may_join(product):
                        yield _Proposal(score, piece, product, witness)

    def _join_exactly(self, piece: _Piece) -> bool:
        """Join the product of the piece's key, or the one of its style code whose brand may be the piece's.

        Returns False where there is none.
        """
        for key in piece.keys:
            product = self._by_key.get(key)
            if product is None and piece.code and is_strong(key[2]):
                found = [product for product in self._by_code[key[2]] if related(product.brand, piece.brand)]
                product = found[0] if len(found) == 1 else None
            if product is not None:
                self._join(piece, product, Placement(product.key, self._first.get(key, product.founder)))
                return True
        return False

    def _join(self, piece: _Piece, product: _Product, placement: Placement) -> None:
        """Make the piece a part of the product; later units are compared with the listings of its founding unit."""
        self.placements |= dict.fromkeys(piece.numbers, placement)
        self._by_key[piece.key] = product
        self._first.setdefault(piece.key, piece.numbers[0])
        product.sellers |= piece.sellers
        product.colours |= piece.colours
        if product.brand == NO_BRAND:
            product.brand = piece.brand
        for key in piece.also:
            self._by_key.setdefault(key, product)
            self._first.setdefault(key, piece.numbers[0])
        if piece.code:
            product.code = product.code or piece.code
            for code in (key[2] for key in piece.keys):
                if product not in self._by_code[code]:
                    self._by_code[code].append(product)
        if piece.numbers[0] == product.founder or (piece.code and piece.key == product.key):
            first = {self._entries[number].profile: number for number in reversed(piece.numbers)}
            for profile, number in first.items():
                if profile is not None:
                    self._index.add(profile, (product, number), _CODED if piece.code else _OPEN)
            for number in piece.numbers:
                if title := self._entries[number].wording:
                    self._titles[title].holders.append((product, number))
