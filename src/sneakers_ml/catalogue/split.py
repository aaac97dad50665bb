"""The stage `split`: photos to train, validation and test, so that no model stands on two sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sneakers_ml import images
from sneakers_ml.catalogue.cleaning.naming import NO_BRAND, NO_SNEAKER, brand_key
from sneakers_ml.catalogue.grouping import connected_rows
from sneakers_ml.catalogue.schema import SPLIT, check
from sneakers_ml.errors import DataError
from sneakers_ml.images.ground import plain_ground
from sneakers_ml.tables import read_table, write_table
from sneakers_ml.workspace.params import SplitParams
from sneakers_ml.workspace.paths import Workspace

__all__ = ["SplitResult", "choose_unseen", "split", "split_photos"]

_LEAST_GROUPS = 5
_UNSEEN_PHOTOS, _UNSEEN_QUERIES = 40, 20
_SHOP_BRANDS, _STREET_BRANDS, _BRAND_PHOTOS = 3, 2, 5
_SAMPLED, _SAMPLE_SIDE = 50, 128
_HALVES, _UNLEARNT_SHARES = np.array([0.0, 0.5, 0.5]), np.array([0.5, 0.25, 0.25])
_SIDES = 3
_NEVER_LEARNT = {NO_BRAND, NO_SNEAKER}


@dataclass(frozen=True)
class SplitResult:
    """Photos on each side of the brands that are learnt, those brands, and the photos of other brands.

    `unseen` are the sources kept out of training to validate on.
    """

    counts: dict[str, int]
    brands: tuple[str, ...]
    unknown: int
    unseen: tuple[str, ...] = ()


def split(workspace: Workspace, params: SplitParams) -> SplitResult:
    """Write data/split.parquet.

    Raises:
        DataError: when the photos are missing, or too few brands are left to learn.
    """
    photos = read_table(workspace.photo_table, "photos")
    if params.unseen is None:

        def shop_like(files: pd.Series) -> bool:
            sample = files.sample(min(_SAMPLED, len(files)), random_state=params.seed)
            read = (images.read_stored(workspace.photos / file, longest_side=_SAMPLE_SIDE) for file in sample)
            return bool(np.mean([plain_ground(photo) is not None for photo in read]) > 0.5)

        params = params.model_copy(update={"unseen": choose_unseen(photos, params, shop_like)})
    table = check(split_photos(photos, params), SPLIT, workspace.split)
    write_table(table, workspace.split)
    known = table["known"].to_numpy()
    return SplitResult(
        table.loc[known, "split"].value_counts().to_dict(),
        tuple(sorted(photos.loc[known, "brand"].unique())),
        int((~known).sum()),
        params.unseen or (),
    )


def choose_unseen(photos: pd.DataFrame, params: SplitParams, shop_like: Callable[[pd.Series], bool]) -> tuple[str, ...]:
    """Shops to keep out of training, so that validation says what holds in a shop and on a street never seen.

    Of three shops, one; of more, two: one that shows most of its sneakers before a plain ground and one that does not.
    Each has 40 photos or more of learnt brands, and 5 or more of at least two of them (three before a plain ground);
    without it the same brands are learnt, and each keeps at least half of its photos. Shops where similarity can be
    measured, on 20 photos with another of their model, come before others; then the one goes that takes the fewest
    photos from training.

    Args:
        photos: as `split_photos` takes them, with the column file.
        params: brands, sources to train on, and a seed.
        shop_like: whether most photos of these files have a plain ground.

    Raises:
        DataError: as `split_photos`.
    """
    photos = photos.reset_index(drop=True)
    groups = connected_rows(photos["model_id"], photos["product_id"], photos["duplicate_group"])
    outside = np.isin(groups, groups[~_of(photos, params.train_sources, "train_sources")])
    brands = _learnt_brands(photos[~outside], groups[~outside], params)
    learnt = photos["brand"].isin(brands).to_numpy() & ~outside
    before = photos.loc[learnt, "brand"].value_counts()
    shops = photos.loc[learnt, "shop"].value_counts()
    findable = learnt & (photos["model_id"].where(learnt).groupby(photos["model_id"]).transform("count") > 1).to_numpy()
    ranks = []
    for shop in shops.index[shops >= _UNSEEN_PHOTOS]:
        there = learnt & (photos["shop"] == shop).to_numpy()
        lost = np.isin(groups, groups[there]) & learnt
        ranks.append((int((there & findable).sum()) < _UNSEEN_QUERIES, int(lost.sum()), shop))
    chosen: dict[bool, str] = {}
    left_out = outside
    for *_, shop in sorted(ranks):
        if len(shops) - len(chosen) < 3 or len(chosen) == 2:
            break
        there = learnt & (photos["shop"] == shop).to_numpy()
        without = left_out | np.isin(groups, groups[there])
        left = photos.loc[learnt & ~without, "brand"].value_counts().reindex(before.index, fill_value=0)
        shown = int((photos.loc[there, "brand"].value_counts() >= _BRAND_PHOTOS).sum())
        if shown < _STREET_BRANDS or (2 * left < before).any():
            continue
        try:
            same = _learnt_brands(photos[~without], groups[~without], params) == brands
        except DataError:
            continue
        if same and (kind := shop_like(photos.loc[there, "file"])) not in chosen:
            if kind and shown < _SHOP_BRANDS:
                continue
            chosen[kind], left_out = shop, without
    return tuple(sorted(chosen.values()))


def split_photos(photos: pd.DataFrame, params: SplitParams) -> pd.DataFrame:
    """Side of every photo; `photos` has photo_id, product_id, model_id, brand, source, shop and duplicate_group.

    Photos that share model, product or near-duplicates, over any number of steps, are one group. Groups are drawn brand
    by brand, so that each brand's photos stand in about the wanted shares. Groups with a photo of a brand that isn't
    learnt stand for what is unknown: each such brand is wholly on one side, half of their photos to train (for what
    learns that there are others), so that validation and test meet brands never seen. Two such brands or one are shared
    out between validation and test, group by group.

    Groups with a photo of a source outside `train_sources` go to test. Of the others, groups with a photo of a source
    in `unseen` (none where that is None) go to validation, with their photos of other sources, so that nothing of a
    model is trained on that stands for what was never seen. Neither count for what can be learnt.

    Raises:
        DataError: when a source isn't there, or too few brands are left to learn.
    """
    photos = photos.reset_index(drop=True)
    groups = connected_rows(photos["model_id"], photos["product_id"], photos["duplicate_group"])
    trained = _of(photos, params.train_sources, "train_sources")
    unseen = _of(photos, params.unseen or (), "unseen")
    if params.unseen and not (unseen & trained).any():
        raise DataError("split.unseen: none of its sources is one of split.train_sources; those are for testing only")
    outside = np.isin(groups, groups[~trained])
    validating = np.isin(groups, groups[unseen]) & ~outside
    drawable = ~outside & ~validating
    brands = _learnt_brands(photos[drawable], groups[drawable], params)
    known = photos["brand"].isin(brands).to_numpy()
    unlearnt = np.isin(groups, groups[~known])
    drawn = photos["brand"].groupby(groups).agg(lambda names: names.mode().iloc[0])
    drawn[np.unique(groups[unlearnt])] = NO_BRAND
    of_others = ~known & drawable & ~photos["brand"].isin(_NEVER_LEARNT).to_numpy()
    others = photos["brand"][of_others].groupby(groups[of_others]).agg(lambda names: names.mode().iloc[0])
    shares = np.array([1 - params.validation - params.test, params.validation, params.test])
    sides = np.full(len(photos), "test", object)
    sides[validating] = "val"
    rng = np.random.default_rng(params.seed)
    whole = others.nunique() > _SIDES - 1
    for brand in sorted(drawn.unique()):
        members = np.setdiff1d(drawn.index[drawn == brand], groups[~drawable])
        if brand == NO_BRAND:
            members = np.setdiff1d(members, others.index)
        _assign(rng.permutation(members), groups, shares, sides)
        if brand == NO_BRAND and not whole:
            _assign(rng.permutation(np.sort(others.index)), groups, _HALVES, sides)
    if whole:
        brand_of = pd.Series(groups).map(others)
        _assign(rng.permutation(np.sort(others.unique())), brand_of.to_numpy(object), _UNLEARNT_SHARES, sides)
    columns = {"photo_id": photos["photo_id"], "split": sides, "group": groups, "known": known}
    return pd.DataFrame({**columns, "unseen": unseen & validating})


def _of(photos: pd.DataFrame, names: tuple[str, ...] | None, key: str) -> NDArray[np.bool_]:
    """(n,) which photos are of these sources; an import of several shops goes by its own name or by theirs."""
    if names is None:
        return np.ones(len(photos), np.bool_)
    there = {*photos["source"], *photos["shop"]}
    if missing := sorted(set(names) - there):
        raise DataError(
            f"split.{key}: no photos of {', '.join(missing)}; there are those of {', '.join(sorted(there))}"
        )
    return np.asarray(photos["source"].isin(names) | photos["shop"].isin(names))


def _learnt_brands(photos: pd.DataFrame, groups: NDArray[np.int64], params: SplitParams) -> set[str]:
    """Brands to learn: those wanted, or those with enough photos; each with enough groups that are wholly its own."""
    counts = photos["brand"].value_counts()
    names = photos["brand"].groupby(groups)
    models = names.first()[names.nunique() == 1].value_counts()
    large = set(models.index[models >= _LEAST_GROUPS]) - _NEVER_LEARNT
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
    members: NDArray[Any], groups: NDArray[Any], shares: NDArray[np.float64], sides: NDArray[np.object_]
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
