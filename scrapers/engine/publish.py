"""Put what a run has found in the place of the last good data: data/raw/<shop>/listings.jsonl and photos/.

The order makes it safe to be killed at any point: photos are added first, then listings.jsonl changes in one step, and
only then what it no longer names is removed. Publishing once more gives the same files.

A listing that the shop no longer has stays there with its photos, marked.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from scrapers.engine.run import ShopRun
from scrapers.engine.shop_folder import ShopFolder
from sneakers_ml.catalogue.listing import Listing, read_listings, write_listings
from sneakers_ml.catalogue.offers import continued, taken_away
from sneakers_ml.errors import DataError
from sneakers_ml.files import write_atomically

__all__ = ["known_photos", "listings_to_publish", "publish", "published_listings"]


def published_listings(folder: ShopFolder) -> dict[str, Listing]:
    """The last good listings by id; empty where there are none, or where their file is damaged."""
    try:
        return {listing.listing_id: listing for listing in read_listings(folder.listings)}
    except DataError:
        return {}


def known_photos(listings: Iterable[Listing]) -> dict[str, str]:
    """URL to file of the photos that are stored; published listings name both in parallel."""
    return {
        url: file
        for listing in listings
        if len(listing.photo_urls) == len(listing.photo_files)
        for url, file in zip(listing.photo_urls, listing.photo_files, strict=True)
    }


def listings_to_publish(run: ShopRun) -> list[Listing]:
    """The listings of a run and what stays of those before it, sorted by id.

    A listing met in several collections has all of them. One that was met, but whose page or photos could not be had,
    stays as it was. One that was not met is marked as delisted, and keeps its photos, if the whole shop was looked at:
    after a limit, or where a page failed that is not known to be a listing's own, such as a collection's, it may well
    be there still.
    """
    after = {}
    for key, listing in run.journal.listings.items():
        collections = {*listing.collections, *run.memberships.get(key, ()), *run.memberships.get(listing.url or "", ())}
        united = listing.model_copy(update={"collections": tuple(sorted(collections))})
        after[key] = continued(united, run.before.get(key), run.state.now)
    failed = set(map(_page, [*map(run.base.public, run.failed_pages), *(where for where, _ in run.invalid_items)]))
    known = {*run.memberships, *(old.url or "" for old in run.before.values())}
    complete = run.limit is None and failed <= set(map(_page, known))
    for key, old in run.before.items():
        if key not in after:
            met = key in run.memberships or old.url in run.memberships or (old.url and _page(old.url) in failed)
            after[key] = taken_away(old, run.state.now) if complete and not met else old
    return [after[key] for key in sorted(after)]


def _page(url: str) -> str:
    """A listing's page without what chooses one of its colours: a page that fails hides all of them."""
    return url.partition("?")[0]


def publish(folder: ShopFolder, listings: list[Listing]) -> None:
    """Write listings and their photos; a photo gets a second name where the disk can do that, else it is copied."""
    wanted = {file for listing in listings for file in listing.photo_files}
    for file in sorted(wanted):
        source, target = folder.harvest / file, folder.raw / file
        if source.exists() and not target.exists():  # what is there already is the same
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(source, target)
            except OSError:
                write_atomically(target, source.read_bytes())
    write_listings(folder.listings, listings)
    for path in sorted((folder.raw / "photos").glob("*")):
        if f"photos/{path.name}" not in wanted:
            path.unlink()
    for path in folder.raw.glob(".*.tmp"):  # of an earlier publication that was killed
        path.unlink()
