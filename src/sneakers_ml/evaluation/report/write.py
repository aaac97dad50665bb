"""Writes the evaluation: metrics.json for DVC, evaluation.md and index.html for people, plots/ for `dvc plots`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sneakers_ml.evaluation.report.dvc_plots import write_plots
from sneakers_ml.evaluation.report.findings import Findings
from sneakers_ml.evaluation.report.html.render import PageData, render_page
from sneakers_ml.evaluation.report.metrics_json import metrics_document
from sneakers_ml.evaluation.report.page import render
from sneakers_ml.files import write_atomically

__all__ = ["INDEX", "METRICS", "PAGE", "PLOTS", "write_report"]

METRICS, PAGE, INDEX, PLOTS = "metrics.json", "evaluation.md", "index.html", "plots"
"""Names within the folder of reports; the last is a folder."""


def write_report(reports: Path, findings: Findings, data: PageData) -> dict[str, dict[str, Any]]:
    """Write all reports, each atomically and only when every one could be made; returns what metrics.json holds.

    What `data.load` raises passes through.
    """
    document = metrics_document(findings)
    index, page = render_page(findings, data), render(findings, data.resampling)
    write_plots(reports / PLOTS, findings)
    write_atomically(reports / INDEX, index.encode())
    write_atomically(reports / PAGE, page.encode())
    write_atomically(reports / METRICS, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode())
    return document
