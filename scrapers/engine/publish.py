"""Put a harvest in the place of the last good data: data/raw/<shop>/listings.jsonl and photos/.

The order makes it safe to be killed at any point: photos are added first, then listings.jsonl changes in one step, and
only then what it no longer names is removed. Publishing once more gives the same files.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from scrapers.engine.folders import ShopFolder
from scrapers.engine.run import ShopRun
from sneakers_ml.catalogue.listing import Listing, read_listings, write_listings
from sneakers_ml.errors import DataError
from sneakers_ml.files import write_atomically

__all__ = ["clear", "known_photos", "last_good", "new_edition", "publish"]


def last_good(folder: ShopFolder) -> dict[str, Listing]:
    """The published listings by id; empty where there are none, or where their file is damaged."""
    if not folder.listings.exists():
        return {}
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


def new_edition(run: ShopRun, before: Mapping[str, Listing]) -> list[Listing]:
    """The listings to publish, sorted by id.

    A listing met in several collections has all of them. One that was met, but whose page or photos could not be had,
    stays as it was. With a limit nothing is taken away, since most of the shop was not looked at.
    """
    after = {key: _dated(_placed(listing, run), run, before) for key, listing in run.journal.listings.items()}
    met = {*run.sightings, *map(run.base.public, run.trouble.pages), *(where for where, _ in run.trouble.invalid)}
    for key, old in before.items():
        if key not in after and (run.limit is not None or key in met or old.url in met):
            after[key] = old
    return [after[key] for key in sorted(after)]


def publish(folder: ShopFolder, listings: list[Listing]) -> None:
    """Write a new edition."""
    wanted = {file for listing in listings for file in listing.photo_files}
    for file in sorted(wanted):
        _add(folder.harvest / file, folder.raw / file)
    write_listings(folder.listings, listings)
    for path in sorted((folder.raw / "photos").glob("*")):
        if f"photos/{path.name}" not in wanted:
            path.unlink()
    for path in folder.raw.glob(".*.tmp"):  # of an earlier publication that was killed
        path.unlink()


def _placed(listing: Listing, run: ShopRun) -> Listing:
    met = run.sightings.get(listing.listing_id, set()) | run.sightings.get(listing.url or "", set())
    return listing.model_copy(update={"collections": tuple(sorted(met.union(listing.collections)))})


def _dated(listing: Listing, run: ShopRun, before: Mapping[str, Listing]) -> Listing:
    old = before.get(listing.listing_id)
    return listing.model_copy(update={"first_seen": run.state.now if old is None else old.first_seen})


def _add(source: Path, target: Path) -> None:
    """A second name for the file where the disk can do that, else a copy; what is there already is the same."""
    if target.exists() or not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileExistsError:
        return
    except OSError:
        write_atomically(target, source.read_bytes())


def clear(folder: ShopFolder) -> None:
    """Forget a run's harvest and journal."""
    shutil.rmtree(folder.harvest, ignore_errors=True)
    folder.journal.unlink(missing_ok=True)
