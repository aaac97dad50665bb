"""Shops with photos, those of the tiny demo of the room above, and larger ones of which only the manifest exists."""

from __future__ import annotations

import pytest

from demo.render.manifest_rows import MANIFEST_COLUMNS, write_csv
from demo.shops import SHOPS, build_stock
from demo.shops.server import storefronts
from tests.demo.shops.reading import listed
from tests.support.flat_demo import manifest_rows


@pytest.fixture(scope="session")
def rows():
    """The manifest of a demo at its full size."""
    return manifest_rows(10, 10, 3)


@pytest.fixture(scope="session")
def paper(tmp_path_factory):
    """A folder with the manifest of 150 colourways and no photos."""
    folder = tmp_path_factory.mktemp("paper")
    write_csv(folder / "manifest.csv", MANIFEST_COLUMNS, manifest_rows(10, 5, 3))
    return folder


@pytest.fixture(scope="session")
def paper_shops(paper):
    with storefronts(paper) as addresses:
        yield addresses


@pytest.fixture(scope="session")
def shops(demo):
    """The tiny demo's shops, photos and all."""
    with storefronts(demo.folder) as addresses:
        yield addresses


@pytest.fixture(scope="session")
def paper_stock():
    """The offers of that folder's shops."""
    return build_stock(manifest_rows(10, 5, 3))


@pytest.fixture(scope="session")
def found(paper_shops):
    """shop -> product page -> collections that hold it, by following links."""
    found = {}
    for shop in SHOPS:
        pages: dict[str, set[str]] = {}
        for start, url in listed(shop, paper_shops[shop]):
            assert start not in pages.get(url, set()), "listed twice in one collection"
            pages.setdefault(url, set()).add(start)
        found[shop] = pages
    return found
