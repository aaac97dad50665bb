"""The units of work that the renderer hands to its processes: a model's photos, or one query photo."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.render.brands import BRANDS
from demo.render.catalogue import model_slug, photo_row, product_id
from demo.render.model import build_model
from demo.render.palette import pick_colourways
from demo.render.photo import VIEWS, colourway_photos
from demo.render.query import query_photo
from demo.render.spec import rng_for, sample_spec

__all__ = ["JPEG_QUALITY", "ModelJob", "QueryJob", "run_job", "start_worker"]

JPEG_QUALITY = 92
Rows = list[dict[str, str]]


@dataclass(frozen=True)
class ModelJob:
    """All catalogue photos of one model."""

    folder: Path
    seed: int
    brand: int
    model: int
    colourways: int


@dataclass(frozen=True)
class QueryJob:
    """One query photo of a colourway that is in the catalogue."""

    folder: Path
    seed: int
    brand: int
    model: int
    colourways: int
    number: int


def start_worker() -> None:
    """One thread a process: the processes are the parallelism, and sums keep their order."""
    cv2.setNumThreads(1)


def run_job(job: ModelJob | QueryJob) -> Rows:
    """Render, write the files under `job.folder` and answer their rows."""
    return _query(job) if isinstance(job, QueryJob) else _model(job)


def _model(job: ModelJob) -> Rows:
    spec = sample_spec(BRANDS[job.brand], job.model, job.seed)
    colourways = pick_colourways(spec, job.colourways, job.seed)
    photos = colourway_photos(build_model(spec), colourways, job.seed)
    rows: Rows = []
    for number, colourway in enumerate(colourways):
        for view in VIEWS:
            file = f"photos/{spec.brand.slug}/{model_slug(spec)}/{colourway.slug}-{view}.jpg"
            _save(job.folder / file, photos[colourway.name, view])
            rows.append(photo_row(spec, job.model, colourway, number, view=view, file=file, seed=job.seed))
    return rows


def _query(job: QueryJob) -> Rows:
    spec = sample_spec(BRANDS[job.brand], job.model, job.seed)
    rng = rng_for(job.seed, "query", job.number)
    colourways = pick_colourways(spec, job.colourways, job.seed)
    colourway = colourways[int(rng.integers(0, len(colourways)))]
    file = f"queries/{job.number + 1:02d}-{spec.brand.slug}-{model_slug(spec)}.jpg"
    _save(job.folder / file, query_photo(build_model(spec), colourway, job.number, rng))
    return [{"file": file, "brand": spec.brand.name, "model": spec.name, "product_id": product_id(spec, colourway)}]


def _save(file: Path, photo: NDArray[np.uint8]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    _, data = cv2.imencode(".jpg", cv2.cvtColor(photo, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    file.write_bytes(data.tobytes())
