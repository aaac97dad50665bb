"""A shoe that its shops took away is answered by nobody until it is back: from listings to answers."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from sneakers_ml import images
from sneakers_ml.catalogue.listing import read_listings, write_listings
from sneakers_ml.catalogue.merge import merge
from sneakers_ml.catalogue.offers import continued, taken_away
from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.index.index import update_index
from sneakers_ml.serving.bundle import make_bundle
from sneakers_ml.serving.finder import Finder
from sneakers_ml.serving.recognizer import Recognizer
from sneakers_ml.text.text import make_text
from sneakers_ml.web.facets import Facets
from sneakers_ml.workspace.params import BundleParams, IndexParams
from tests.text.builders import toy_params


def visit(tiny, workspace, day, gone):
    """What a crawl of both shops leaves that met all listings but those that are `gone`."""
    now = datetime(2026, 1, day, tzinfo=UTC)
    for source in ("demo", "outlet"):
        path = workspace.source(source) / "listings.jsonl"
        before = list(read_listings(path if path.exists() else tiny.workspace.source(source) / "listings.jsonl"))
        met = {each.listing_id: each.model_copy(update={"fetched_at": now, "delisted": None}) for each in before}
        write_listings(
            path,
            [
                taken_away(old, now) if old.listing_id in gone else continued(met[old.listing_id], old, now)
                for old in before
            ],
        )


@pytest.mark.slow
def test_a_shoe_that_nobody_sells_is_not_answered_until_it_is_back(tiny, tmp_path):
    workspace = tiny.copy(tmp_path / "ws")
    listings = pd.read_parquet(workspace.listings)
    product = listings["product_id"].value_counts().index[0]
    sold = set(listings.loc[listings["product_id"] == product, "listing_id"])
    catalogue = pd.read_parquet(workspace.products).set_index("product_id")
    row = pd.read_parquet(workspace.photo_table).query("product_id == @product").iloc[0]
    photo = images.read(workspace.photos / row["file"])

    def answered():
        """By its photo, by its title, and whether the filters know of it."""
        merge(workspace)
        changes = update_index(workspace, IndexParams(codec="fp16"))
        make_text(workspace, toy_params(batch=16, hidden=16, dim=16, width=16, lr=0.01), Resampling(20, seed=1))
        make_bundle(workspace, BundleParams(thumbnail_side=128))
        recognizer, finder = Recognizer.load(workspace.bundle, threads=1), Finder.load(workspace.bundle)
        near = {each.product_id for each in recognizer.answer(photo, top=100).neighbours}
        found = {each.product_id for each in finder.find(catalogue.loc[product, "title"], top=100)}
        assert catalogue.loc[product, "brand"] in Facets.of(recognizer.products.values()).brands
        assert all(each.offers for each in recognizer.products.values())
        return changes.added, changes.removed, product in near, product in found

    visit(tiny, workspace, 1, set())
    assert answered() == (0, 0, True, True)
    visit(tiny, workspace, 2, sold)
    assert answered() == (0, 3, False, False)
    visit(tiny, workspace, 3, set())
    assert answered() == (3, 0, True, True)
