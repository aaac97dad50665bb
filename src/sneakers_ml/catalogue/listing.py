"""A listing: one product page of one shop, or its like from an import, as its source words it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    model_validator,
)

from sneakers_ml.errors import DataError
from sneakers_ml.files import replacing
from sneakers_ml.registry import problems_of

__all__ = ["Listing", "PastOffer", "View", "read_listings", "write_listings"]

View = Literal["left", "right", "three_quarter", "sole", "front", "back", "top"]
"""The side from which a photo shows the sneaker."""


def _inside(file: str) -> str:
    parts = file.split("/")
    if not parts[0] or not parts[-1] or ".." in parts or parts == ["."]:  # pathlib would take half of a merge's reading
        raise ValueError("must lie inside the source's folder")
    return file


def _utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise ValueError("is in no calendar") from None


PhotoFile = Annotated[str, AfterValidator(_inside)]
Time = Annotated[AwareDatetime, AfterValidator(_utc)]
"""A moment, in UTC whatever the zone that it is stated in: pyarrow takes some zones for UTC."""


class PastOffer(BaseModel):
    """What a listing asked before: its price in units of `currency`, and when that was seen first and last.

    `delisted` says when a crawl found that the shop had taken the listing away; None where another price followed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    price: float | None = Field(None, ge=0, allow_inf_nan=False)
    currency: str | None = None
    first_seen: Time | None = None
    last_seen: Time | None = None
    delisted: Time | None = None


class Listing(BaseModel):
    """One row of data/raw/<shop>/listings.jsonl; what the source does not say is None or empty.

    `price` is in units of `currency` (ISO 4217). `photo_files` are relative to the source's folder
    (`photos/<sha1 of the bytes>.<ext>`), the first being the main photo; `photo_views`, where any is known, runs
    parallel to them. Times have a time zone, and are kept in UTC. An import fetches nothing and leaves `fetched_at`
    None. `first_seen` is kept when a listing is fetched anew: products are named after the listing that was seen first.
    A listing that its shop no longer has stays, `delisted`; `offers.continued` says how what is known of it goes on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    shop: str = Field(min_length=1)
    listing_id: str = Field(min_length=1, description="Unique within the shop, the same at every visit")
    url: str | None = None
    brand_raw: str | None = None
    title_raw: str | None = None
    model_raw: str | None = Field(None, description="The model's name, where the source states it apart from the title")
    colour_raw: str | None = None
    product_key: str | None = Field(None, description="The source's own product id")
    style_code: str | None = Field(None, description="The maker's article number, shared by all shops")
    gender: str | None = None
    price: float | None = Field(None, ge=0, allow_inf_nan=False)
    currency: str | None = None
    description: str | None = None
    photo_urls: tuple[str, ...] = ()
    photo_files: tuple[PhotoFile, ...] = ()
    photo_views: tuple[View | None, ...] = ()
    collections: tuple[str, ...] = Field((), description="The shop's collections that hold it, sorted")
    extra: dict[str, JsonValue] = Field(default_factory=dict, description="The shop's own further fields")
    past_offers: tuple[PastOffer, ...] = Field((), description="What it asked before, the oldest first")
    price_since: Time | None = Field(None, description="When its price was first this; None: since first_seen")
    fetched_at: Time | None = None
    first_seen: Time | None = Field(None, description="None: before anything that is dated")
    delisted: Time | None = Field(None, description="When a crawl found it gone; None: on sale")

    @property
    def title(self) -> str:
        """The title as its source words it, on one line; empty where there is none."""
        return " ".join((self.title_raw or self.model_raw or "").split())

    @model_validator(mode="after")
    def _views_match_files(self) -> Self:
        if self.photo_views and len(self.photo_views) != len(self.photo_files):
            raise ValueError("photo_views and photo_files differ in length")
        return self


def read_listings(path: Path) -> Iterator[Listing]:
    """Read a listings.jsonl line by line; blank lines are skipped.

    Raises:
        DataError: there is no such file, or a line is no listing; the message names the line.
    """
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    listing = Listing.model_validate_json(line)
                except ValidationError as error:
                    hint = "Delete the line or fetch the source anew."
                    raise DataError(f"{path}:{number}: not a listing ({problems_of(error)}). {hint}") from None
                yield listing
    except OSError as error:
        hint = "Crawl the shop or import the photos first."
        raise DataError(f"{path}: cannot be read ({error.strerror}). {hint}") from None


def write_listings(path: Path, listings: Iterable[Listing]) -> int:
    """Write listings one a line, in the order given; `path` changes only once all are written. Returns how many."""
    count = 0
    with replacing(path) as file:
        for listing in listings:
            file.write(listing.model_dump_json().encode() + b"\n")
            count += 1
    return count
