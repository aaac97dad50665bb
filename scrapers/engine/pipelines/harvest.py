"""What travels through the pipelines: a validated listing whose photos are still to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from scrapers.engine.journal import PhotoFault
from sneakers_ml.catalogue.listing import Listing

__all__ = ["Harvest"]


@dataclass(slots=True)
class Harvest:
    """A listing on its way; `views` runs parallel to its `photo_urls` where the shop tells any."""

    listing: Listing
    views: Sequence[str | None] = ()
    faults: list[PhotoFault] = field(default_factory=list)

    def __str__(self) -> str:
        return f"listing {self.listing.listing_id} ({self.listing.url})"
