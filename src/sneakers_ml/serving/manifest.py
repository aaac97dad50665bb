"""A serving bundle: one folder with all that an answer needs, whole and verified or not at all."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pyarrow
import pyarrow.parquet
from pydantic import BaseModel, ConfigDict

from sneakers_ml import __version__
from sneakers_ml.errors import BundleError
from sneakers_ml.features.extractor import ExtractorSpec
from sneakers_ml.files import file_sha256
from sneakers_ml.index.spec import GALLERY, IndexSpec
from sneakers_ml.inference.brand_model import BrandModelSpec
from sneakers_ml.text.spec import PHOTO_HEAD, TOWER, TextSpec, part_graph

__all__ = [
    "BRAND",
    "BUNDLE_FORMAT",
    "EMBEDDER",
    "MANIFEST",
    "PRODUCTS",
    "THUMBNAILS",
    "BundleManifest",
    "files_now",
    "read_rows",
    "read_whole",
    "verify",
]

EMBEDDER, BRAND, PRODUCTS, THUMBNAILS = "embedder.onnx", "brand.onnx", "products.parquet", "thumbnails.zip"
MANIFEST = "bundle.json"
_PARTS = (EMBEDDER, BRAND, GALLERY, PRODUCTS, THUMBNAILS)  # and those of the index and the text tower
BUNDLE_FORMAT = 5
_PAUSES = 0.05, 0.1, 0.2, 0.4, 0.8  # seconds
Loaded = TypeVar("Loaded")


class BundleManifest(BaseModel):
    """bundle.json: the SHA-256 of every other file, and the specs of what they hold.

    `catalogue_date` is the day on which the newest offer was seen, None where
    nothing is dated.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    version: str = __version__
    files: dict[str, str]
    catalogue_date: date | None
    extractor: ExtractorSpec
    brand: BrandModelSpec
    index: IndexSpec
    text: TextSpec


def verify(folder: Path) -> BundleManifest:
    """The manifest, after every file's hash was compared with it.

    Raises:
        BundleError: when the bundle is missing, of another format, incomplete, changed, or of parts that don't fit.
    """
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.get("format") != BUNDLE_FORMAT:
            raise BundleError(f"{path}: format {content.get('format')}, this version reads {BUNDLE_FORMAT}; rebuild it")
        manifest = BundleManifest.model_validate(content)
    except FileNotFoundError:
        raise BundleError(f"{path}: no bundle here; build one with `dvc repro` or `sneakers bundle`") from None
    except (OSError, ValueError, AttributeError, RecursionError):
        raise BundleError(f"{path}: damaged; run `sneakers bundle`") from None
    if elsewhere := next((name for name in manifest.files if name in {"", ".."} or Path(name).name != name), None):
        raise BundleError(f"{path}: lists {elsewhere!r}, which is no file of this folder; run `sneakers bundle`")
    if unlisted := sorted({*_PARTS, *manifest.index.files, *manifest.text.files} - manifest.files.keys()):
        raise BundleError(f"{path}: does not list {', '.join(unlisted)}; run `sneakers bundle`")
    for name, expected in manifest.files.items():
        file = folder / name
        if not file.is_file():
            raise BundleError(f"{file}: missing; run `sneakers bundle`")
        if file_sha256(file) != expected:
            raise BundleError(f"{file}: changed since the bundle was made; run `sneakers bundle`")
    # Whole parts can still be of different makes: a graph trained anew, an index of other vectors.
    extractor, brand, index, text = manifest.extractor, manifest.brand, manifest.index, manifest.text
    graphs = {
        EMBEDDER: extractor.graph_sha256,
        BRAND: brand.graph_sha256,
        TOWER: text.tower_sha256,
        PHOTO_HEAD: text.head_sha256,
    }
    graphs |= {part_graph(part): part.graph_sha256 for part in text.parts[1:] if part.graph_sha256}
    for name, described in graphs.items():
        if manifest.files.get(name) != described:
            raise BundleError(f"{folder / name}: not the graph that its description names; make that part again")
    sizes = extractor.dim, extractor.searched or extractor.dim
    named = extractor.name == brand.extractor == index.extractor and brand.name == index.model
    if (
        (brand.dim, index.reduction.dim if index.reduction else index.dim) != sizes
        or not named
        or text.parts[:1] != (extractor,)
    ):
        raise BundleError(f"{folder}: its parts are of different extractors; run `dvc repro`")
    if manifest.files[GALLERY] != text.gallery_sha256:
        raise BundleError(f"{folder}: its words are of another gallery; run `sneakers text` and `sneakers bundle`")
    return manifest


def read_whole(folder: Path, read: Callable[[BundleManifest], Loaded]) -> Loaded:
    """What `read` makes of a verified bundle that stays in its place meanwhile.

    One that is just being put in place of another is waited for, two seconds at most.

    Raises:
        BundleError: as `verify`, and when a part is damaged in spite of its hash, or the files never stay the same.
    """
    for pause in (*_PAUSES, None):
        before = files_now(folder)
        try:
            loaded = read(verify(folder))
        except BundleError:
            # A folder that stays as it is will not get better; one that is gone will, where another lies beside it.
            moving = files_now(folder) != before or (not before and any(folder.parent.glob(f".{folder.name}.*")))
            if not moving or pause is None:
                raise
        except ImportError:  # of an extra that a bundle needs
            raise
        except Exception as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:160]
            raise BundleError(f"{folder}: damaged before it was bundled ({reason}); run `sneakers bundle`") from error
        else:
            if files_now(folder) == before:
                return loaded
        time.sleep(pause or 0)
    raise BundleError(f"{folder}: changes all the time while it is read; try again when it is whole")


def files_now(folder: Path) -> frozenset[tuple[str, int, int]]:
    """Name, size and time of each file of a bundle: what a copy under way changes."""
    try:
        found = [(path.name, path.stat()) for path in folder.iterdir()]
    except OSError:  # gone, or just being replaced
        found = []
    return frozenset((name, facts.st_size, facts.st_mtime_ns) for name, facts in found)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Rows of a parquet file; read without pyarrow.dataset and pandas, which take half a second to import.

    Raises:
        BundleError: when it is damaged.
    """
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            rows: list[dict[str, Any]] = file.read().to_pylist()
    except (OSError, ValueError, MemoryError, pyarrow.ArrowException) as error:
        reason = " ".join(str(error).split())[:120]
        raise BundleError(f"{path}: damaged ({reason}); run `sneakers bundle`") from None
    return rows
