from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sneakers_ml.catalogue.cleaning.naming import NO_BRAND, NO_SNEAKER
from sneakers_ml.errors import DataError
from sneakers_ml.networks.labels import training_table
from sneakers_ml.tables import read_table, write_table
from sneakers_ml.workspace.paths import Workspace
from tests.networks.builders import make_workspace

PICTURE = np.zeros((8, 8, 3), np.uint8)
PRODUCTS = {
    "red": {"colour": "Red", "offers": 2},
    "plain": {"offers": 2},  # two listings that name no colour may show two
    "single": {"offers": 1},
    "imported": {"offers": 1, "url": None},  # a folder by the name of a model
    "bag": {"colour": "Red"},
    "rare": {"colour": "Blue"},
    "many": {"colour": "Blue"},
    "nobody": {"colour": "Blue"},
}


def rows():
    def photo(product, **facts):
        return {"product": product, "picture": PICTURE} | facts

    return [
        photo("red", model="glider"),
        photo("plain", model="glider", source="outlet"),
        photo("single", model="runner", split="test"),
        photo("bag", brand=NO_SNEAKER, source="bags", known=False, split="val", unseen=True),
        *[photo("rare", brand="rarity", known=False)] * 4,
        photo("rare", brand="rarity", known=False, split="val"),
        *[photo("many", brand="common", known=False)] * 5,
        photo("imported", model="runner"),
        photo("nobody", brand=NO_BRAND, known=False, split="test"),
    ]


@pytest.fixture
def workspace(tmp_path):
    return make_workspace(Workspace(tmp_path), rows(), PRODUCTS)


@pytest.fixture
def table(workspace):
    return training_table(workspace)


def of(table, place, *columns):
    values = table.set_index("file").loc[f"images/{place:02}.png", list(columns)]
    return [None if pd.isna(value) else value for value in values]


def test_a_row_holds_what_is_known_of_a_photo(table):
    assert list(table.columns) == ["file", "label", "source", "model", "colourway", "split", "known", "unseen"]
    assert list(table.index) == list(range(len(table)))
    assert of(table, 0, *table.columns[1:]) == ["arvo", "demo", "glider", "red", "train", True, False]


def test_a_colourway_is_known_by_its_colour_or_where_one_page_shows_it(table):
    assert of(table, 1, "model", "colourway") == ["glider", None]
    assert of(table, 2, "model", "colourway") == ["runner", "single"]
    assert of(table, 14, "model", "colourway") == ["runner", None]


def test_what_is_no_sneaker_is_a_label_without_model_or_colourway(table):
    assert of(table, 3, "label", "model", "colourway", "unseen") == [NO_SNEAKER, None, None, True]


def test_a_brand_that_is_not_learnt_takes_five_photos_to_teach(table):
    files = set(table["file"])
    assert not files & {f"images/{place:02}.png" for place in range(4, 8)}
    assert of(table, 8, "label", "split", "known") == ["rarity", "val", False]  # it may be asked about
    assert {f"images/{place:02}.png" for place in range(9, 14)} <= files


def test_a_photo_of_no_brand_says_nothing(table):
    assert "images/15.png" not in set(table["file"])


def test_a_catalogue_of_other_products_is_a_data_error(workspace):
    products = read_table(workspace.products, "merge")
    write_table(products[products["product_id"] != "rare"], workspace.products)
    with pytest.raises(DataError, match="lacks products that photos show; run `sneakers photos`"):
        training_table(workspace)


def test_a_missing_split_names_its_stage(workspace):
    workspace.split.unlink()
    with pytest.raises(DataError, match="missing; run `sneakers split`"):
        training_table(workspace)
