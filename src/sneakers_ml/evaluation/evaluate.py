"""The stage `evaluate`: every brand model and every extractor on the test photos."""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sneakers_ml import images
from sneakers_ml.embedding.store import photo_rows
from sneakers_ml.evaluation.measure import brand_models, embedded_names, measure
from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.report.html.cards import Catalogue
from sneakers_ml.evaluation.report.html.pictures import Picture
from sneakers_ml.evaluation.report.html.render import PageData
from sneakers_ml.evaluation.report.write import write_report
from sneakers_ml.evaluation.restyle import restyled_photo
from sneakers_ml.files import write_atomically
from sneakers_ml.progress import OnProgress, no_progress
from sneakers_ml.tables import read_table
from sneakers_ml.workspace.params import Params
from sneakers_ml.workspace.paths import Workspace

__all__ = ["evaluate", "read_page_data"]


def evaluate(workspace: Workspace, params: Params, on_progress: OnProgress = no_progress) -> dict[str, dict[str, Any]]:
    """Write reports/metrics.json, index.html, evaluation.md, plots/ and choice.json; returns what metrics.json holds.

    Every pair of `train.extractors` and `train.names` names the brands of the test photos, and so does each fine-tuned
    network that has a head; photos of unlearnt brands show how well those are recognised as unknown. For each extractor
    of `embed` and each such network, each test photo of a learnt brand is a query in a gallery of all photos of learnt
    brands; another photo of the same model is relevant. What serves is chosen from the pairs on photos of sources that
    were not trained on (see `choosing`).

    Raises:
        BundleError: when a model is missing or damaged.
        DataError: when features, photos, split or catalogue are missing or don't belong together.
        UsageError: when `evaluate.serve` names no model.
    """
    # Brand models and extractors, views of these, the choice, the curve, labels, and the reports.
    total = len(brand_models(workspace, params)) + 2 * len(embedded_names(workspace, params)) + 4
    finished = count(1)
    findings = measure(workspace, params, lambda: on_progress(next(finished), total))
    document = write_report(workspace.reports, findings, read_page_data(workspace, params))
    on_progress(next(finished), total)
    write_atomically(workspace.choice, (findings.selection.choice.model_dump_json(indent=1) + "\n").encode())
    return document


def read_page_data(workspace: Workspace, params: Params) -> PageData:
    """What index.html shows beside the findings.

    Raises:
        DataError: when photos, split or catalogue are missing or don't belong together.
    """

    def load(picture: Picture) -> NDArray[np.uint8]:
        if picture.restyled:
            return restyled_photo(workspace, picture.photo_id, params.evaluate.seed)
        return images.read_stored(workspace.photos / "images" / f"{picture.photo_id}.jpg")

    tables = (workspace.listings, workspace.products, workspace.set_aside)
    catalogue = Catalogue(*(read_table(path, "merge") for path in tables))
    resampling = Resampling(params.evaluate.resamples, params.evaluate.seed)
    return PageData(photo_rows(workspace), catalogue, workspace.extractors, params, resampling, load)
