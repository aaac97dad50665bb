"""How much of each field a crawl has filled, and whether it is good enough to take the place of the last one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sneakers_ml.catalogue.listing import Listing
from sneakers_ml.workspace.params import CrawlChecks

__all__ = ["Counts", "Coverage", "coverage_of", "faults_of", "floors_after"]

_RARE = 0.2
"""Share of the last crawl's listings below which a field comes and goes by chance."""
_ALWAYS_THERE = frozenset({"shop", "listing_id", "fetched_at", "first_seen", "product_key"})


@dataclass(frozen=True)
class Coverage:
    """Share of the listings with a value in a field, and the least it should be."""

    share: float
    floor: float | None = None

    @property
    def broken(self) -> bool:
        return self.floor is not None and self.share < self.floor


@dataclass(frozen=True)
class Counts:
    """What a crawl is judged by, beside its coverage; `before` is None where nothing is to compare with."""

    listings: int
    before: int | None
    pages: int
    failed_pages: int
    photos: int
    failed_photos: int
    invalid: int


def coverage_of(listings: Iterable[Listing], floors: Mapping[str, float]) -> dict[str, Coverage]:
    """Share of non-empty values a field, 0 to 1; without listings every share is 0."""
    names = [name for name in Listing.model_fields if name not in _ALWAYS_THERE]
    filled = dict.fromkeys(names, 0)
    count = 0
    for count, listing in enumerate(listings, start=1):  # noqa: B007 - counted
        for name in names:
            filled[name] += getattr(listing, name) not in (None, "", (), {})
    return {name: Coverage(filled[name] / max(count, 1), floors.get(name)) for name in names}


def floors_after(floors: Mapping[str, float], before: Collection[Listing], shrink: float) -> dict[str, float]:
    """The floors, raised to `shrink` of what each field reached in the last crawl: what was there may not vanish."""
    last = coverage_of(before, {})
    kept = {name: shrink * shown.share for name, shown in last.items() if shown.share >= _RARE}
    return {name: max(floors.get(name, 0.0), kept.get(name, 0.0)) for name in {**floors, **kept}}


def faults_of(coverage: Mapping[str, Coverage], counts: Counts, checks: CrawlChecks) -> list[str]:
    """What speaks against publishing, a sentence each; empty when nothing does."""
    if not counts.listings:
        failed = f", and {counts.failed_pages:,} pages failed" if counts.failed_pages else ""
        return [f"no listing was found{failed}; has the shop's layout changed?"]
    found = [
        f"only {shown.share:.0%} of the listings have {name}, the least is {shown.floor:.0%}; has the layout changed?"
        for name, shown in coverage.items()
        if shown.broken
    ]
    if counts.before is not None and counts.listings < checks.shrink * counts.before:
        found.append(f"only {counts.listings:,} listings were found, the last crawl had {counts.before:,}")
    shares = (
        ("pages", counts.failed_pages, counts.pages + counts.failed_pages, checks.failed_pages),
        ("photos", counts.failed_photos, counts.photos + counts.failed_photos, checks.failed_photos),
        ("items", counts.invalid, counts.listings + counts.invalid, checks.invalid),
    )
    found += [
        f"{bad:,} of {all_:,} {what} failed, more than {most:.0%}"
        for what, bad, all_, most in shares
        if bad > most * all_
    ]
    return found
