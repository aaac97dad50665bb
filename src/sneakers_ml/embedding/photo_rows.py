"""The photo table joined with the split, in the order of the extractors' vectors."""

from __future__ import annotations

import pandas as pd

from sneakers_ml.embedding.store import Features
from sneakers_ml.errors import DataError
from sneakers_ml.tables import read_table
from sneakers_ml.workspace.paths import Workspace

__all__ = ["photo_rows"]


def photo_rows(workspace: Workspace, *features: Features) -> pd.DataFrame:
    """One row a photo, row i being the photo of vector i, with the columns of photos.parquet and split.parquet.

    Raises:
        DataError: when the vectors or the split are of other photos.
    """
    photos = read_table(workspace.photo_table, "photos")
    for vectors in features:
        if vectors.photo_ids != tuple(photos["photo_id"]):
            name = vectors.meta["name"]
            raise DataError(f"{workspace.features}/{name}.npy: vectors of other photos; run `sneakers embed {name}`")
    sides = read_table(workspace.split, "split")
    if set(sides["photo_id"]) != set(photos["photo_id"]):
        raise DataError(f"{workspace.split}: a split of other photos; run `sneakers split`")
    return photos.merge(sides, on="photo_id", how="left", validate="one_to_one")
