"""Small files for `dvc plots`, of what serves; dvc.yaml says how they are drawn."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from sneakers_ml.evaluation.metrics.classification import brand_scores
from sneakers_ml.evaluation.report.findings import Findings
from sneakers_ml.files import replacing_folder
from sneakers_ml.spreadsheets import text_cell

__all__ = ["write_plots"]

Rows = Sequence[Mapping[str, object]]


def write_plots(folder: Path, findings: Findings) -> None:
    """Write confusion.csv, f1.csv, learning_curve.csv and a file a source in reliability/, in place of older ones.

    Confusion and F1 are over the photos of all places; files of a plot that cannot be drawn hold their header alone.
    """
    result, curve = findings.selection.brands, findings.curve
    scores = brand_scores(result.truth, result.predicted)
    pairs = [
        {"actual": actual, "predicted": predicted}
        for actual, predicted in zip(result.truth.tolist(), result.predicted.tolist(), strict=True)
    ]
    points = [
        {"products": round(point.products), "macro_f1": point.macro_f1, "lowest": point.low, "highest": point.high}
        for point in (curve.points if curve else ())
    ]
    f1 = [{"brand": brand, "f1": each.f1, "photos": each.photos} for brand, each in scores.items()]
    with replacing_folder(folder) as new:
        _write(new / "confusion.csv", ["actual", "predicted"], pairs)
        _write(new / "f1.csv", ["brand", "f1", "photos"], f1)
        _write(new / "learning_curve.csv", ["products", "macro_f1", "lowest", "highest"], points)
        (new / "reliability").mkdir()
        for source in findings.by_source:
            bins = [
                {"confidence": each.confidence, "accuracy": each.accuracy, "photos": each.photos}
                for each in source.reliability
            ]
            name = re.sub(r"\W+", "_", source.name if source.own else f"{source.name}, not trained on")
            _write(new / "reliability" / f"{name}.csv", ["confidence", "accuracy", "photos"], bins)


def _write(path: Path, columns: Sequence[str], rows: Rows) -> None:
    table = pd.DataFrame(rows, columns=list(columns)).round(4)
    table.map(lambda cell: text_cell(cell) if isinstance(cell, str) else cell).to_csv(path, index=False)
