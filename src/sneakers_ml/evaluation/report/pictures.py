"""The folder of pictures beside the report: plots and failure sheets, and no others."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from sneakers_ml.charts import save_png
from sneakers_ml.evaluation.metrics.classification import ClassificationMetrics
from sneakers_ml.evaluation.metrics.confidence import expected_calibration_error, reliability_table
from sneakers_ml.evaluation.metrics.results import BrandResult
from sneakers_ml.evaluation.report.failures import save_jpeg
from sneakers_ml.evaluation.report.plots import confusion_plot, f1_plot, reliability_plot

__all__ = ["PICTURES", "Pictures"]

PICTURES = "evaluation"
"""Name of the folder within the folder of reports."""


class Pictures:
    """Remembers what was written, so that pictures of models that are gone, or no longer shown, can go too.

    Each method answers the links of what it wrote: text -> path beside the report.
    """

    def __init__(self, reports: Path) -> None:
        self._folder = reports / PICTURES
        self._written: set[str] = set()

    def _target(self, name: str) -> Path:
        self._written.add(name)
        return self._folder / name

    def plots(self, result: BrandResult, metrics: ClassificationMetrics) -> dict[str, str]:
        """Confusion matrix, reliability diagram and F1 bars over the photos of known brands."""
        shown, known = result.shown, result.known
        confidence, correct = result.confidence[known], result.correct[known]
        error = expected_calibration_error(confidence, correct)
        figures = {
            "confusion": confusion_plot(metrics["confusion"], metrics["labels"], f"{shown}: confusion"),
            "reliability": reliability_plot(reliability_table(confidence, correct), error, f"{shown}: reliability"),
            "f1": f1_plot(metrics["per_brand"], f"{shown}: F1 of each brand"),
        }
        links: dict[str, str] = {}
        for kind, figure in figures.items():
            links |= self.plot(f"{result.name}-{kind}.png", kind, figure)
        return links

    def plot(self, file: str, text: str, figure: Figure) -> dict[str, str]:
        """Saves a plot as a PNG."""
        save_png(figure, self._target(file))
        return {text: f"{PICTURES}/{file}"}

    def sheet(self, file: str, text: str, sheet: Image.Image | None) -> dict[str, str]:
        """Saves a failure sheet as a JPEG; nothing where there is no failure to show."""
        if sheet is None:
            return {}
        save_jpeg(sheet, self._target(file))
        return {text: f"{PICTURES}/{file}"}

    def remove_old(self) -> None:
        """Remove the pictures in the folder that this object did not write; other files stay."""
        for path in self._folder.glob("*"):
            if path.suffix in {".png", ".jpg"} and path.name not in self._written:
                path.unlink()
