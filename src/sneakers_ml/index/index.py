"""The stage `index`: the gallery of the catalogue's photos, and the rules that answers are given by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sneakers_ml.embedding.store import Features, load_features, photo_rows
from sneakers_ml.errors import DataError, UsageError
from sneakers_ml.files import read_json, replacing_folder, write_atomically
from sneakers_ml.index.filters import Facts
from sneakers_ml.index.gallery import vector_id
from sneakers_ml.index.reduction import reduced
from sneakers_ml.index.rules import fit_rules, gallery_photos
from sneakers_ml.index.spec import (
    FACTS,
    GALLERY,
    INDEX_SPEC,
    PROJECTION,
    UPDATE,
    IndexSpec,
    Reduction,
    UpdateState,
    read_index_spec,
    read_projection,
)
from sneakers_ml.index.vector_store import STORES, Place, SharedStore, VectorStore, open_store
from sneakers_ml.inference.brand_model import BrandModel
from sneakers_ml.inference.evidence import RecognitionRules
from sneakers_ml.progress import OnProgress, no_progress
from sneakers_ml.tables import read_table, write_table
from sneakers_ml.text.lexicon import lexicon
from sneakers_ml.workspace.choice import read_choice
from sneakers_ml.workspace.params import IndexParams
from sneakers_ml.workspace.paths import Workspace

__all__ = ["IndexResult", "UpdateResult", "build_index", "update_index"]

_BLOCK = 16_384  # photos that are added at a time
_SEED = 20


@dataclass(frozen=True)
class IndexResult:
    """Counts of a run, the rules that were fitted, and what a shorter vector lost."""

    photos: int
    products: int
    megabytes: float
    rules: RecognitionRules
    dim: int
    reduction: Reduction | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class UpdateResult:
    """Photos that came, went, and stayed but show another product now; `updated` since the index was built."""

    photos: int
    added: int
    removed: int
    changed: int
    updated: int


def build_index(workspace: Workspace, params: IndexParams, on_progress: OnProgress = no_progress) -> IndexResult:
    """Write models/index/: the store's files, gallery.parquet (photo_id, product_id) and index.json.

    The gallery holds every photo of a brand, learnt or not, whichever side of the split it stands on, as a vector of
    the extractor that reports/choice.json names, refitted where `sneakers refit` did that. The rules are fitted with
    the extractor as it was before, which has not seen the photos that they are fitted on. Photos of other things and of
    no brand are left out, and those of products that nobody sells any more, though the rules are fitted on these too.
    Vectors longer than `index.dim` are reduced, and the rules are fitted on shorter ones.

    Raises:
        BundleError: when there is no choice yet, or the brand model that it names is missing or damaged.
        DataError: when features, photos or split are missing or don't belong together, or nothing is on sale.
        UsageError: when there is no such store, or it needs an extra that is not installed.
    """
    STORES.check(params.stores)
    kind, settings = STORES[params.store], STORES.settings(params.store, params.stores)
    choice = read_choice(workspace.choice)
    features = load_features(workspace.features, choice.extractor)
    photos = photo_rows(workspace, features)
    rows = _on_sale(workspace, gallery_photos(photos))
    searched, reduction, note = reduced(features, photos, params.dim)
    shown = searched
    if workspace.refitted(choice.extractor):
        refitted = load_features(workspace.refit, choice.extractor)
        photo_rows(workspace, refitted)  # which says where they are of other photos
        shown, reduction, note = reduced(refitted, photos, params.dim)
    model = BrandModel.open(workspace.brand_model(choice.name))
    places = rows.index.to_numpy()
    dim = shown.search_rows(places[:1]).shape[1]
    facts = _facts(workspace) if kind.shared else None
    with replacing_folder(workspace.index) as folder:
        store = kind.create(Place(folder, dim, params.codec, settings), len(places), partial(_sample, shown, places))
        _add(store, rows, shown, facts, on_progress)
        store.save(folder / kind.files[0])
        rules = fit_rules(photos, searched, model, params)
        spec = IndexSpec(
            extractor=choice.extractor,
            model=choice.name,
            dim=dim,
            codec=params.codec,
            photos=len(rows),
            rules=rules,
            store=params.store,
            settings=params.stores.get(params.store, {}),
            files=(*kind.files, PROJECTION) if shown.projection is not None else kind.files,
            reduction=reduction,
        )
        _describe(folder, spec, UpdateState(vectors=_made_by(shown)), rows, shown, facts)
        size = sum((folder / name).stat().st_size for name in kind.files) / 1e6
    return IndexResult(len(rows), rows["product_id"].nunique(), size, rules, dim, reduction, (note,) if note else ())


def update_index(workspace: Workspace, params: IndexParams, on_progress: OnProgress = no_progress) -> UpdateResult:
    """Bring models/index/ to the photos that the catalogue has now, without a rebuild.

    New photos are added, those that are gone removed, and products, prices and shops brought up to date. Photos of a
    product that nobody sells any more are removed, and come back with its first offer. Rules, and what the store
    learnt, stay as they were. A file store is changed in a copy. In a shared store rows are added first and removed
    last: those that the bundle in models/serving still shows stay until an update after it was replaced.

    Raises:
        BundleError: when there is no index yet, or it is damaged.
        DataError: when vectors are missing, or of another make than the index's, so that it must be built anew; or when
            nothing is on sale.
        UsageError: when the store is another than params.yaml names, or needs an extra that is not installed.
    """
    spec, choice = read_index_spec(workspace.index), read_choice(workspace.choice)
    if (spec.extractor, spec.model) != (choice.extractor, choice.name):
        raise DataError(f"{workspace.index}: built for {spec.model}, not {choice.name}; run `sneakers index`")
    settings = params.stores.get(params.store, {})
    set_now = params.store, settings, params.codec, params.dim if spec.reduction else spec.dim
    if (spec.store, spec.settings, spec.codec, spec.dim) != set_now:
        raise UsageError(
            f"{workspace.index}: of the store {spec.store} as it was set then ({spec.codec}, {spec.dim} numbers); "
            "run `sneakers index`"
        )
    refitted = workspace.refitted(choice.extractor)
    features = load_features(workspace.refit if refitted else workspace.features, choice.extractor)
    state = read_json(workspace.index / UPDATE, UpdateState, "sneakers index")
    if _made_by(features) != state.vectors:
        raise DataError(f"{workspace.index}: of vectors that were made in another way; run `sneakers index`")
    photos = read_table(workspace.photo_table, "photos", ["photo_id", "product_id", "brand"])
    if features.photo_ids != tuple(photos["photo_id"]):
        again = f"sneakers {'refit' if refitted else f'embed {choice.extractor}'}"
        raise DataError(f"{workspace.photo_table}: vectors are of other photos; run `{again}`")
    if spec.reduction:
        features = replace(features, projection=read_projection(workspace.index, spec))
    rows = _on_sale(workspace, gallery_photos(photos))
    kind = STORES[spec.store]
    store = open_store(spec.store, workspace.index, spec.dim, spec.photos, spec.codec, settings)
    old = _shown(workspace.gallery)
    if len(old) != spec.photos:
        raise DataError(f"{workspace.gallery}: not of this index; run `sneakers index`")
    new = dict(zip(map(vector_id, rows["photo_id"]), rows["product_id"], strict=True))
    ids, there = np.fromiter(new, np.int64), np.fromiter(store.ids, np.int64)
    coming, gone = rows[~np.isin(ids, there)], np.setdiff1d(there, ids)
    changed = sum(new[key] != product for key, product in old.items() if key in new)
    added, removed = len(new.keys() - old.keys()), len(old.keys() - new.keys())
    result = UpdateResult(len(rows), added, removed, changed, state.updated + added + removed)
    facts = _facts(workspace) if kind.shared else None
    with replacing_folder(workspace.index) as folder:
        if isinstance(store, SharedStore) and facts is not None:
            _add(store, coming, features, facts, on_progress)
            before = _told(workspace.index)
            now = {product: _digest(each) for product, each in facts.items()}
            stale = [old.get(key) != product or before.get(product) != now[product] for key, product in new.items()]
            outdated = rows[np.array(stale, np.bool_) & np.isin(ids, there)]
            for part, vectors, known in _blocks(outdated, features, facts):
                store.replace(part, vectors, known or [])
        else:
            store.remove(gone)
            _add(store, coming, features, facts, on_progress)
        store.save(folder / kind.files[0])
        spec = spec.model_copy(update={"photos": len(rows)})
        state = state.model_copy(update={"updated": result.updated})
        _describe(folder, spec, state, rows, features, facts)
    if kind.shared:
        served = workspace.bundle / GALLERY
        store.remove(np.setdiff1d(gone, list(_shown(served)) if served.exists() else []))
    return result


def _on_sale(workspace: Workspace, rows: pd.DataFrame) -> pd.DataFrame:
    """Those of some photos whose product somebody offers, by the catalogue; all of them where there is none."""
    if not workspace.products.exists():
        return rows
    products = read_table(workspace.products, "merge", ["product_id", "offers"])
    if not (known := rows["product_id"].isin(products["product_id"])).all():
        product = rows.loc[~known, "product_id"].iloc[0]
        raise DataError(f"{workspace.products}: without the product {product} of a photo; run `sneakers photos`")
    sold = rows[rows["product_id"].isin(products.loc[products["offers"].str.len() > 0, "product_id"])]
    if sold.empty and len(rows):
        hint = "crawl or import what is, then run `sneakers merge`"
        raise DataError(f"{workspace.products}: no product that has photos is on sale any more; {hint}")
    return sold


def _describe(
    folder: Path,
    spec: IndexSpec,
    state: UpdateState,
    rows: pd.DataFrame,
    features: Features,
    facts: Mapping[str, Facts] | None,
) -> None:
    """Write what lies beside a store's files."""
    if features.projection is not None:
        np.save(folder / PROJECTION, features.projection)
    if facts is not None:
        told = {product: _digest(facts[product]) for product in sorted(set(rows["product_id"]))}
        write_table(pd.DataFrame({"product_id": list(told), "facts": list(told.values())}), folder / FACTS)
    write_table(rows[["photo_id", "product_id"]], folder / GALLERY)
    for name, model in ((UPDATE, state), (INDEX_SPEC, spec)):
        write_atomically(folder / name, (model.model_dump_json(indent=1) + "\n").encode())


def _blocks(
    rows: pd.DataFrame, features: Features, facts: Mapping[str, Facts] | None
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32], list[Facts] | None]]:
    """Ids, vectors and facts of photos, so many at a time that memory does not grow with their number."""
    for start in range(0, len(rows), _BLOCK):
        part = rows.iloc[start : start + _BLOCK]
        ids = np.array([vector_id(photo) for photo in part["photo_id"]], np.int64)
        known = None if facts is None else [facts[product] for product in part["product_id"]]
        yield ids, features.search_rows(part.index.to_numpy()), known


def _add(
    store: VectorStore,
    rows: pd.DataFrame,
    features: Features,
    facts: Mapping[str, Facts] | None,
    on_progress: OnProgress,
) -> None:
    done = 0
    for ids, vectors, known in _blocks(rows, features, facts):
        store.add(ids, vectors, known)
        on_progress(done := done + len(ids), len(rows))


def _sample(features: Features, places: NDArray[np.int64], count: int) -> NDArray[np.float32]:
    """(at most `count`, d) vectors of photos at some of these places."""
    if len(places) > count:
        places = np.sort(np.random.default_rng(_SEED).choice(places, count, replace=False))
    return features.search_rows(places)


def _made_by(features: Features) -> str:
    """Hash of all that vectors depend on but the photos."""
    meta = {key: value for key, value in features.meta.items() if key != "inputs_sha256"}
    return hashlib.sha256(json.dumps(meta, sort_keys=True).encode()).hexdigest()


def _shown(gallery: Path) -> dict[int, str]:
    """The product of each photo of a gallery, under the id of its vector."""
    table = read_table(gallery, "index")
    return {vector_id(photo): product for photo, product in zip(table["photo_id"], table["product_id"], strict=True)}


def _facts(workspace: Workspace) -> dict[str, Facts]:
    """What a store that filters is told of each product."""
    words = lexicon()
    products = read_table(workspace.products, "merge", ["product_id", "brand", "title", "colour", "offers"])
    return {
        product: Facts.of(
            product,
            brand,
            [SimpleNamespace(**offer) for offer in offers],
            {term.name for term in words.named(f"{title} {colour if isinstance(colour, str) else ''}", "colours")},
        )
        for product, brand, title, colour, offers in products.itertuples(index=False)
    }


def _digest(facts: Facts) -> str:
    return hashlib.sha1(repr(facts).encode(), usedforsecurity=False).hexdigest()


def _told(folder: Path) -> dict[str, str]:
    """Digest of what the store was told of each product."""
    table = read_table(folder / FACTS, "index")
    return dict(zip(table["product_id"], table["facts"], strict=True))
