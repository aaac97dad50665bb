"""Shops with photos, those of the tiny demo of the room above, and larger ones of which only the manifest exists."""

from __future__ import annotations

import urllib.error
import urllib.request
from types import SimpleNamespace

import pytest

from demo.render.brands import BRANDS
from demo.render.catalogue import MANIFEST_COLUMNS, model_slug, photo_row, write_csv
from demo.render.palette import pick_colourways
from demo.render.photo import VIEWS
from demo.render.spec import sample_spec
from demo.shops.server import storefronts


class Unmoved(urllib.request.HTTPRedirectHandler):
    """Redirects are answers, too."""

    def redirect_request(self, *args, **kwargs):
        return None


OPENER = urllib.request.build_opener(Unmoved)


def fetch(url: str, most: int = -1, **headers: str) -> SimpleNamespace:
    """`status`, `headers`, `body` of a GET, whatever the status; `most` bytes of it."""
    request = urllib.request.Request(url, headers={name.replace("_", "-"): text for name, text in headers.items()})  # noqa: S310
    try:
        with OPENER.open(request, timeout=20) as answer:
            return SimpleNamespace(status=answer.status, headers=answer.headers, body=answer.read(most))
    except urllib.error.HTTPError as error:
        with error:
            return SimpleNamespace(status=error.code, headers=error.headers, body=error.read())


def manifest_rows(brands: int, models: int, colourways: int) -> list[dict[str, str]]:
    """A demo's manifest, without drawing anything."""
    rows = []
    for brand in BRANDS[:brands]:
        for index in range(models):
            spec = sample_spec(brand, index, 7)
            for number, way in enumerate(pick_colourways(spec, colourways, 7)):
                for view in VIEWS:
                    file = f"photos/{brand.slug}/{model_slug(spec)}/{way.slug}-{view}.jpg"
                    rows.append(photo_row(spec, index, way, number, view=view, file=file, seed=7))
    return rows


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
