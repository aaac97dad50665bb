"""How long brand models take from a photo's file to its brands."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from sneakers_ml import images
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.features.extractor import Extractor, load_extractor, read_spec
from sneakers_ml.files import write_atomically
from sneakers_ml.inference.brand_model import BrandModel, BrandModelSpec
from sneakers_ml.workspace.paths import Workspace

__all__ = ["answer_times"]

_REPEATS = 3
_THREADS = 2


def answer_times(workspace: Workspace, models: Sequence[BrandModelSpec], files: Sequence[Path]) -> dict[str, float]:
    """Milliseconds a photo by the model's name: reading the file, finding the shoe, its vector and its brands.

    The median over the photos of the fastest of three runs, so that other work on the machine counts little. What was
    measured stays in reports/times.json until extractor or model change: a run again gives the same times, and with
    them the same choice.

    Raises:
        BundleError: when an extractor is missing or damaged.
        DataError: when a photo is missing or damaged.
    """
    times: dict[str, dict[str, float]] = {}  # by the hash of what is timed
    try:
        before = dict(json.loads(workspace.times.read_bytes()))
    except (OSError, ValueError, TypeError):
        before = {}
    found = {}
    for model in models:
        folder = workspace.extractor(model.extractor)
        spec = read_spec(folder)
        specs = [spec, *(read_spec(folder.parent / part) for part in spec.settings.get("parts", ()))]
        described = hashlib.sha256("".join(each.model_dump_json() for each in specs).encode()).hexdigest()
        if described not in before:
            extractor = load_extractor(folder, threads=_THREADS)
            before[described] = {spec.name: _milliseconds([partial(_vector, extractor, file) for file in files])}
        if model.graph_sha256 not in before:
            answer = BrandModel.open(workspace.brand_model(model.name)).probabilities
            row = np.zeros((1, model.dim), np.float32)
            before[model.graph_sha256] = {model.name: _milliseconds([partial(answer, row)])}
        times |= {key: before[key] for key in (described, model.graph_sha256)}
        found[model.name] = round(sum(sum(times[key].values()) for key in (described, model.graph_sha256)), 2)
    write_atomically(workspace.times, (json.dumps(times, indent=1) + "\n").encode())
    return found


def _vector(extractor: Extractor, file: Path) -> object:
    photo = images.read_stored(file)
    return extractor.transform([cut(photo, shoe_region(photo))])


def _milliseconds(calls: Sequence[Callable[[], object]]) -> float:
    """Median over the calls of the fastest run of each; the first of all runs warms up."""
    took = []
    for call in calls:
        runs = []
        for _ in range(_REPEATS):
            start = time.perf_counter()
            call()
            runs.append(1000 * (time.perf_counter() - start))
        took.append(min(runs))
    return round(median(took), 2)
