"""Puts the page together: every section's content, the photos, the template."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.metrics.comparison import best_by_validation
from sneakers_ml.evaluation.report.by_source import SourceFigures
from sneakers_ml.evaluation.report.findings import Findings, ranked
from sneakers_ml.evaluation.report.html.cards import Catalogue, data_card, model_card
from sneakers_ml.evaluation.report.html.confusion import brand_rows, confusions, mistakes
from sneakers_ml.evaluation.report.html.data_checks import duplicate_photos, suspects
from sneakers_ml.evaluation.report.html.failures import brand_failures, unknown_failures
from sneakers_ml.evaluation.report.html.lead import lead
from sneakers_ml.evaluation.report.html.photo_facts import PhotoFacts
from sneakers_ml.evaluation.report.html.photo_map import MAP_SIDE, map_data
from sneakers_ml.evaluation.report.html.pictures import LoadPhoto, Pictures
from sneakers_ml.evaluation.report.html.retrieval_sheets import retrieval_sheets
from sneakers_ml.evaluation.report.tables import difference_cell, number_cell, p_value_cell, shown_candidate
from sneakers_ml.features.extractor import read_spec
from sneakers_ml.workspace.params import Params

__all__ = ["LIMIT", "PageData", "render_page"]

LIMIT = 15_000_000
"""Bytes of the page at most, so that it can be sent by mail."""
_PICTURES_LIMIT = 12_000_000
_RELIABILITY_PHOTOS, _RELIABILITY_PLOTS = 30, 18
"""A source with fewer photos has no diagram worth looking at; of more sources than that the largest are shown."""


@dataclass(frozen=True)
class PageData:
    """What the page is made of beside the findings.

    photos      one row a photo, with the columns of photos.parquet and split.parquet
    catalogue   what the stage `merge` wrote
    extractors  folder of the extractors' folders
    load        reads a picture
    """

    photos: pd.DataFrame
    catalogue: Catalogue
    extractors: Path
    params: Params
    resampling: Resampling
    load: LoadPhoto


def render_page(findings: Findings, data: PageData) -> str:
    """The page as HTML of at most 15 MB that loads nothing; what `data.load` raises passes through."""
    selection, photos, pictures = findings.selection, data.photos, Pictures()
    facts, known = PhotoFacts(photos, data.catalogue.products), photos[photos["known"]]
    mapped = next((view for view in findings.views if len(view.analysis.map.points)), None)
    labels, spec = findings.label_errors, read_spec(data.extractors / selection.choice.extractor)
    context = {
        "findings": findings,
        "selection": selection,
        "choice": selection.choice,
        "resampling": data.resampling,
        "lead": lead(findings),
        "diagrams": _reliability_diagrams(findings),
        "confusions": confusions(selection.brands),
        "mistakes": mistakes(selection.brands, 8),
        "brand_rows": brand_rows(selection.brands),
        "failures": brand_failures(selection.brands, facts, pictures),
        "wrong": int((~selection.brands.correct).sum()),
        "unknown": unknown_failures(findings.serving.result, facts, pictures),
        "sheets": retrieval_sheets(selection.retrieval, facts, pictures, data.params.evaluate.seed),
        "suspects": suspects(labels.found, known, facts, pictures) if labels else [],
        "duplicates": duplicate_photos(photos, facts, pictures),
        "map": map_data(mapped.analysis, known, facts, pictures) if mapped else None,
        "map_side": MAP_SIDE,
        "best": best_by_validation([entry.result for entry in findings.brands]).shown,
        "models": ranked(findings.brands, "macro_f1"),
        "extractors": ranked(findings.extractors, "map"),
        "model_card": model_card(findings, spec, photos, data.params),
        "data_card": data_card(photos, data.catalogue),
        "split": data.params.split,
    }
    context["pictures"] = pictures.data_uris(data.load, _PICTURES_LIMIT)
    return _environment().get_template("index.html.j2").render(context)


def _environment() -> Environment:
    """Everything is escaped, as titles and names are a shop's; what is no plain text is escaped by `tojson`."""
    environment = Environment(
        loader=PackageLoader(__package__, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates = resources.files(__package__) / "templates"
    environment.globals |= {
        "css": Markup((templates / "page.css").read_text(encoding="utf-8")),  # noqa: S704 - the project's own
        "script": Markup((templates / "page.js").read_text(encoding="utf-8")),  # noqa: S704
        "shown_candidate": shown_candidate,
    }
    environment.filters |= {
        "difference": difference_cell,
        "digits": lambda value: f"{value:.3f}".replace("-", "−"),
        "number": number_cell,
        "p_value": p_value_cell,
    }
    return environment


def _reliability_diagrams(findings: Findings) -> list[SourceFigures]:
    """The sources with photos enough, at most 18 of them, in the order of the table."""
    enough = [each for each in findings.by_source if each.summary.counts["photos"] >= _RELIABILITY_PHOTOS]
    largest = sorted(enough, key=lambda each: -each.summary.counts["photos"])[:_RELIABILITY_PLOTS]
    return [each for each in enough if each in largest]
