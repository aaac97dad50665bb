"""The stage `bundle`: gather what serving needs into models/serving/."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from sneakers_ml import images
from sneakers_ml.errors import BundleError, UsageError
from sneakers_ml.features.extractor import GRAPH, read_spec
from sneakers_ml.files import file_sha256, replacing_folder, write_atomically
from sneakers_ml.index.spec import GALLERY, read_index_spec
from sneakers_ml.inference.brand_model import MODEL_GRAPH, read_model_spec
from sneakers_ml.parallel import ordered_map
from sneakers_ml.progress import OnProgress, no_progress
from sneakers_ml.serving.manifest import (
    BRAND,
    BUNDLE_FORMAT,
    EMBEDDER,
    MANIFEST,
    PRODUCTS,
    THUMBNAILS,
    BundleManifest,
    verify,
)
from sneakers_ml.tables import read_table, write_table
from sneakers_ml.text.lexicon import Lexicon
from sneakers_ml.text.spec import part_graph, read_text_spec
from sneakers_ml.workspace.choice import read_choice
from sneakers_ml.workspace.params import BundleParams
from sneakers_ml.workspace.paths import Workspace

__all__ = ["BundleResult", "make_bundle"]

_WEBP_QUALITY = 75
_SIDES = 320, 256, 192, 160, 128, 96  # of a thumbnail
_SAMPLE = 200  # pictures by which a side is chosen
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same photos give the same zip


@dataclass(frozen=True)
class BundleResult:
    """What went in."""

    photos: int
    products: int
    megabytes: float


def make_bundle(workspace: Workspace, params: BundleParams, on_progress: OnProgress = no_progress) -> BundleResult:
    """Write models/serving/ to a temporary folder, verify it, and put it in place of the old one.

    Extractor and brand model are those that reports/choice.json names.

    Raises:
        BundleError: when a part is missing, or the parts don't belong together.
        DataError: when a table or a photo of the gallery is missing or damaged.
        UsageError: when the extractor has no ONNX graph to serve.
    """
    choice = read_choice(workspace.choice)
    extractor_folder = workspace.extractor(choice.extractor)
    if workspace.refitted(choice.extractor):
        extractor_folder = workspace.refit
    extractor = read_spec(extractor_folder)
    if extractor.graph_sha256 is None:
        raise UsageError(f"{workspace.choice}: {choice.extractor} has no ONNX graph to serve; train on one that has")
    model_folder = workspace.brand_model(choice.name)
    brand, index = read_model_spec(model_folder), read_index_spec(workspace.index)
    if (index.extractor, index.model) != (choice.extractor, choice.name):
        raise BundleError(f"{workspace.index}: built for {index.model}, not {choice.name}; run `sneakers index`")
    gallery = read_table(workspace.index / GALLERY, "index")
    products = read_table(workspace.products, "merge")
    products = products[products["product_id"].isin(gallery["product_id"])].sort_values("product_id")
    if gone := int((products["offers"].str.len() == 0).sum()):
        hint = "run `sneakers index --update` and `sneakers text`"
        raise BundleError(f"{workspace.index}: shows {gone} products that nobody sells any more; {hint}")
    seen = pd.to_datetime(read_table(workspace.listings, "merge")["first_seen"], utc=True)
    text = read_text_spec(workspace.text)
    copied = {
        EMBEDDER: extractor_folder / GRAPH,
        BRAND: model_folder / MODEL_GRAPH,
        **{name: workspace.index / name for name in index.files},
        GALLERY: workspace.index / GALLERY,
        **{name: workspace.text / name for name in text.files},
        **{part_graph(part): workspace.extractor(part.name) / GRAPH for part in text.parts[1:] if part.graph_sha256},
    }
    if missing := next((file for file in copied.values() if not file.is_file()), None):
        raise BundleError(f"{missing}: missing; run `dvc repro`")
    with replacing_folder(workspace.bundle) as folder:
        for name, file in copied.items():
            shutil.copyfile(file, folder / name)
        words = Lexicon(text.words)
        said = products["title"] + " " + products["colour"].fillna("")
        products["colours"] = [sorted(term.name for term in words.named(each, "colours")) for each in said]
        kept = ["product_id", "model_id", "brand", "model", "title", "colours", "offers"]
        write_table(products[kept], folder / PRODUCTS)
        _write_thumbnails(workspace, gallery, params, folder / THUMBNAILS, on_progress)
        files = {file.name: file_sha256(file) for file in sorted(folder.iterdir())}
        manifest = BundleManifest(
            format=BUNDLE_FORMAT,
            files=files,
            catalogue_date=None if seen.isna().all() else seen.max().date(),
            extractor=extractor,
            brand=brand,
            index=index,
            text=text,
        )
        write_atomically(folder / MANIFEST, (manifest.model_dump_json(indent=1) + "\n").encode())
        verify(folder)
    size = sum(file.stat().st_size for file in workspace.bundle.iterdir()) / 1e6
    return BundleResult(len(gallery), len(products), size)


def _write_thumbnails(
    workspace: Workspace, gallery: pd.DataFrame, params: BundleParams, target: Path, on_progress: OnProgress
) -> None:
    """One zip rather than thousands of files: it is hashed, copied and tracked at once."""
    photo_ids = gallery["photo_id"].tolist()

    def thumbnail(photo_id: str, side: int) -> bytes:
        photo = images.read_stored(workspace.photos / "images" / f"{photo_id}.jpg", longest_side=side)
        return images.encode_webp(photo, _WEBP_QUALITY)

    sample = photo_ids[:: max(1, len(photo_ids) // _SAMPLE)]
    for side in (side for side in _SIDES if side <= params.thumbnail_side):
        megabytes = sum(len(thumbnail(photo_id, side)) for photo_id in sample) / len(sample) * len(photo_ids) / 1e6
        if megabytes <= params.thumbnail_megabytes:
            break
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        thumbnails = ordered_map(partial(thumbnail, side=side), photo_ids, workers=2)
        for done, picture in enumerate(thumbnails, start=1):
            archive.writestr(zipfile.ZipInfo(f"{photo_ids[done - 1]}.webp", _EPOCH), picture)
            on_progress(done, len(photo_ids))
