"""The stage `split`: photos to train, validation and test, so that no model stands on two sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sneakers_ml.catalogue.cleaning.naming import NO_BRAND, brand_key
from sneakers_ml.catalogue.grouping import connected_rows
from sneakers_ml.catalogue.schema import SPLIT, check
from sneakers_ml.errors import DataError
from sneakers_ml.tables import read_table, write_table
from sneakers_ml.workspace.params import SplitParams
from sneakers_ml.workspace.paths import Workspace

__all__ = ["SplitResult", "split", "split_photos"]

_LEAST_GROUPS = 5
_UNLEARNT = ""
_HALVES = np.array([0.0, 0.5, 0.5])


@dataclass(frozen=True)
class SplitResult:
    """Photos on each side of the brands that are learnt, those brands, and the photos of other brands."""

    counts: dict[str, int]
    brands: tuple[str, ...]
    unknown: int


def split(workspace: Workspace, params: SplitParams) -> SplitResult:
    """Write data/split.parquet.

    Raises:
        DataError: when the photos are missing, or too few brands are left to learn.
    """
    photos = read_table(workspace.photo_table, "photos")
    table = check(split_photos(photos, params), SPLIT, workspace.split)
    write_table(table, workspace.split)
    known = table["known"].to_numpy()
    return SplitResult(
        table.loc[known, "split"].value_counts().to_dict(),
        tuple(sorted(photos.loc[known, "brand"].unique())),
        int((~known).sum()),
    )


def split_photos(photos: pd.DataFrame, params: SplitParams) -> pd.DataFrame:
    """Side of every photo; `photos` has photo_id, product_id, model_id, brand, source and duplicate_group.

    Photos that share model, product or near-duplicates, over any number of steps, are one group. Groups are drawn brand
    by brand, so that each brand's photos stand in about the wanted shares. Groups with a photo of a brand that isn't
    learnt go half to validation and half to test, never to train: they stand for what is unknown. Groups with a photo
    of a source outside `train_sources` go to test, and don't count for what can be learnt.

    Raises:
        DataError: when a source isn't there, or too few brands are left to learn.
    """
    photos = photos.reset_index(drop=True)
    groups = connected_rows(photos["model_id"], photos["product_id"], photos["duplicate_group"])
    sources = photos["source"].unique()
    wanted = sources if params.train_sources is None else params.train_sources
    if missing := sorted(set(wanted) - set(sources)):
        there = ", ".join(sorted(sources))
        raise DataError(f"split.train_sources: no photos of {', '.join(missing)}; there are those of {there}")
    outside = np.isin(groups, groups[~photos["source"].isin(wanted)])
    brands = _learnt_brands(photos[~outside], groups[~outside], params)
    known = photos["brand"].isin(brands).to_numpy()
    unlearnt = np.isin(groups, groups[~known])
    drawn = photos["brand"].groupby(groups).agg(lambda names: names.mode().iloc[0])
    drawn[np.unique(groups[unlearnt])] = _UNLEARNT
    shares = np.array([1 - params.validation - params.test, params.validation, params.test])
    sides = np.full(len(photos), "test", object)
    rng = np.random.default_rng(params.seed)
    for brand in sorted(drawn.unique()):
        members = rng.permutation(np.setdiff1d(drawn.index[drawn == brand], groups[outside]))
        _assign(members, groups, _HALVES if brand == _UNLEARNT else shares, sides)
    return pd.DataFrame({"photo_id": photos["photo_id"], "split": sides, "group": groups, "known": known})


def _learnt_brands(photos: pd.DataFrame, groups: NDArray[np.int64], params: SplitParams) -> set[str]:
    """Brands to learn: those wanted, or those with enough photos; each with enough groups that are wholly its own."""
    counts = photos["brand"].value_counts()
    names = photos["brand"].groupby(groups)
    models = names.first()[names.nunique() == 1].value_counts()
    large = set(models.index[models >= _LEAST_GROUPS]) - {NO_BRAND}
    if params.brands is None:
        brands = large & set(counts.index[counts >= params.min_photos])
    else:
        brands = {brand_key(brand) for brand in params.brands}
        if missing := sorted(brands - large):
            raise DataError(f"split.brands: fewer than {_LEAST_GROUPS} models of {', '.join(missing)}; leave them out")
    if len(brands) < 2:
        raise DataError(
            f"split: {len(brands)} brand(s) with {params.min_photos} photos and {_LEAST_GROUPS} models or more;"
            " two are needed"
        )
    return brands


def _assign(
    members: NDArray[np.int64], groups: NDArray[np.int64], shares: NDArray[np.float64], sides: NDArray[np.object_]
) -> None:
    """Give each group, in the order given, to the side that is furthest below its share of the brand's photos.

    Every side with a share gets a group before any gets its second, so that no side is left without a small brand.
    """
    sizes = {member: int((groups == member).sum()) for member in members}
    total = max(1, sum(sizes.values()))
    filled, taken = np.zeros(3), np.zeros(3, int)
    for member in members:
        behind = shares - filled / total + (taken == 0)
        side = int(np.argmax(np.where(shares > 0, behind, -np.inf)))
        filled[side] += sizes[member]
        taken[side] += 1
        sides[groups == member] = ("train", "val", "test")[side]
