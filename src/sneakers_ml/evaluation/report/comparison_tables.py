"""The part of the page that compares all brand models: one table of models, one of extractor by classifier."""

from __future__ import annotations

from collections.abc import Sequence

from sneakers_ml.evaluation.metrics.bootstrap import Interval
from sneakers_ml.evaluation.report.cells import (
    NOTHING,
    best_value,
    chance_cell,
    difference_cell,
    figure_cell,
    figure_title,
    number_cell,
)
from sneakers_ml.evaluation.report.entries import BrandEntry
from sneakers_ml.features.extractor import shown_name
from sneakers_ml.markdown import escaped, table

__all__ = ["comparison_section"]

_COMPARISON_NOTE = """\
Differences are to **{reference}**, which is the best on validation photos: test photos choose nothing. Both models
answer the same photos and are resampled together, so a difference is known better than either figure; it *differs*
where 0 lies outside its interval. Of many models some would differ by luck alone: one in twenty of those that are just
as good. McNemar's exact test takes photos for independent, which photos of one shoe model are not; its p-value is too
small and decides nothing. ECE is the expected calibration error (15 bins, lower is better). Fit is tuning and fitting
together, predict is one vector through the exported model on one thread; both were taken when the model was trained.
"""

_MATRIX_NOTE = """\
Macro-F1 of the same models, over all test photos and over those of each source. What holds in one shop need not hold in
the next: look for a row that is good in every part. The best of a part is in bold.
"""

_FIGURES = ("macro_f1", "accuracy", "ece")
_WORDS = {"Model", "Differs", "Photos of", "Extractor"}


def comparison_section(entries: Sequence[BrandEntry]) -> list[str]:
    """All models against the best by validation, in the order given; then macro-F1 by extractor and classifier."""
    reference = next(entry for entry in entries if entry.comparison is None)
    parts = ["### Extractors and classifiers\n", _models(entries), _sizes(entries)]
    if len(entries) > 1:
        parts.append(_COMPARISON_NOTE.format(reference=escaped(reference.shown)))
    return [*parts, "### Macro-F1, extractor by classifier\n", _MATRIX_NOTE, _matrix(entries)]


def _models(entries: Sequence[BrandEntry]) -> str:
    best = {name: best_value(name, [entry.slices.all.figures.get(name) for entry in entries]) for name in _FIGURES}
    header = ["Model", "Validation", *map(figure_title, _FIGURES), "Macro-F1, difference", "Differs", "McNemar p"]
    rows = [
        [
            escaped(entry.shown),
            number_cell(entry.val_macro_f1, 3),
            *(figure_cell(entry.slices.all.figures.get(name), best[name]) for name in _FIGURES),
            *_difference(entry),
            number_cell(entry.cost.fit_seconds, 1),
            number_cell(entry.cost.predict_ms, 2),
            number_cell(None if entry.cost.size is None else entry.cost.size / 1000, 0),
        ]
        for entry in entries
    ]
    return table([*header, "Fit, s", "Predict, ms", "Size, KB"], rows, _WORDS)


def _difference(entry: BrandEntry) -> list[str]:
    if entry.comparison is None:
        return [NOTHING] * 3
    found = entry.comparison
    differs = ("yes" if found.differs else "no") if found.macro_f1.bounded else NOTHING
    return [difference_cell(found.macro_f1), differs, chance_cell(found.mcnemar)]


def _sizes(entries: Sequence[BrandEntry]) -> str:
    sizes = [entry.cost.size for entry in entries if entry.cost.size is not None]
    if not sizes:
        return ""
    return f"The {len(sizes)} models take {sum(sizes) / 1_000_000:,.1f} MB together.\n"


def _matrix(entries: Sequence[BrandEntry]) -> str:
    extractors = {entry.extractor: shown_name(entry.extractor, entry.weights) for entry in entries}
    classifiers = sorted({entry.classifier for entry in entries})
    sources = sorted({source for entry in entries for source in entry.slices.by_source})
    rows = []
    for part in (None, *(sources if len(sources) > 1 else ())):
        found = {(entry.extractor, entry.classifier): _macro_f1(entry, part) for entry in entries}
        best = best_value("macro_f1", found.values())
        for extractor, shown in sorted(extractors.items()):
            cells = [figure_cell(found.get((extractor, classifier)), best) for classifier in classifiers]
            rows.append(["all sources" if part is None else escaped(part), escaped(shown), *cells])
    return table(["Photos of", "Extractor", *map(escaped, classifiers)], rows, _WORDS)


def _macro_f1(entry: BrandEntry, source: str | None) -> Interval | None:
    """Without its bounds, which would crowd the matrix; None where the source shows no brand of the model."""
    summary = entry.slices.all if source is None else entry.slices.by_source.get(source)
    found = summary.figures.get("macro_f1") if summary else None
    return Interval(found.value) if found else None
