"""What is known of each photo that a network may learn from."""

from __future__ import annotations

import pandas as pd

from sneakers_ml.catalogue.cleaning.naming import NO_BRAND, NO_SNEAKER
from sneakers_ml.embedding.store import photo_rows
from sneakers_ml.errors import DataError
from sneakers_ml.tables import read_table
from sneakers_ml.workspace.paths import Workspace

__all__ = ["training_table"]

_LEAST_PHOTOS = 5


def training_table(workspace: Workspace) -> pd.DataFrame:
    """One row a photo that says something: columns file, label, source, model, colourway, split, known and unseen.

    The label is the brand, also of brands that aren't learnt: a network that was shown other brands, and things that
    are no sneakers, takes fewer of them for a brand that it knows. A colourway is known where the catalogue names its
    colour, or where only one page of a shop shows it; an import may show many under one name.

    Raises:
        DataError: when photos, split or catalogue are missing or do not belong together.
    """
    rows = photo_rows(workspace)
    products = read_table(workspace.products, "merge").set_index("product_id")
    if not rows["product_id"].isin(products.index).all():
        raise DataError(f"{workspace.products}: lacks products that photos show; run `sneakers photos`")
    one_page = products["offers"].map(lambda offers: len(offers) == 1 and offers[0]["url"] is not None)
    coloured = products["colour"].notna() | one_page
    label, sneaker = rows["brand"], rows["brand"] != NO_SNEAKER
    table = rows.assign(
        label=label,
        model=rows["model_id"].where(sneaker),
        colourway=rows["product_id"].where(rows["product_id"].map(coloured) & sneaker),
    )
    counts = label[rows["split"] == "train"].value_counts()
    named = (label != NO_BRAND) & (rows["known"] | label.map(counts).ge(_LEAST_PHOTOS) | (rows["split"] != "train"))
    columns = ["file", "label", "source", "model", "colourway", "split", "known", "unseen"]
    return table.loc[named, columns].reset_index(drop=True)
