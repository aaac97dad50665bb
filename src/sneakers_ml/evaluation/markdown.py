"""The report for people: tables, links to pictures, and how to read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sneakers_ml.evaluation.bootstrap import Interval
from sneakers_ml.evaluation.metrics import BrandMetrics
from sneakers_ml.evaluation.summary import Slices, Summary
from sneakers_ml.markdown import escaped, table

__all__ = ["Entry", "render"]

_HOW_TO_READ = """\
**How to read this.** Photos are split by shoe model: all colourways and angles of a model are on one side, so no test
photo shows a shoe from training. Figures of splits by photo are higher and say little about new shoes. Each figure
comes with the interval that holds {level:.0%} of {resamples:,} bootstrap resamples of shoe models (all photos of a
model are drawn together): it says how much the figure may move with other models from the same sources, and nothing
about sources never seen. Look at the table by source for that. Two figures whose intervals overlap widely should not
be ranked; an interval is missing where there is a single model. The best value of all rows is in bold.
"""

_BRANDS_NOTE = """\
Macro-F1 is the mean over the brands present in the truth: where a source holds 3 of 13 brands, photos given another
brand are misses, and absent brands add no zeros. ECE is the expected calibration error (15 bins, lower is better).
Known AUROC is the chance that a photo of a known brand scores higher than one of an unknown brand (0.5 is guessing).
Photos of unknown brands count for it alone.
"""

_RETRIEVAL_NOTE = """\
Recall@k is 1 for a query with any photo of its own shoe model among the first k, as in metric learning. mAP is over
the whole ranking, MAP@R over its first R places, R being the number of relevant photos. The query's own photo is not
in its ranking; queries without another photo of their model are left out.
"""

_TITLES = {
    "macro_f1": "Macro-F1",
    "accuracy": "Accuracy",
    "ece": "ECE",
    "known_auroc": "Known AUROC",
    "map": "mAP",
    "map_at_r": "MAP@R",
    "r_precision": "R-precision",
}
_BRAND_FIGURES = ("macro_f1", "accuracy", "ece", "known_auroc")
_LOWER_IS_BETTER = {"ece"}
_WORDS = {"Source", "Model", "Brand", "Pictures"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One model or extractor in the report; `pictures` maps a link's text to a path beside the report."""

    name: str
    slices: Slices
    pictures: Mapping[str, str]
    per_brand: Mapping[str, BrandMetrics] | None = None


def _title(figure: str) -> str:
    return _TITLES.get(figure) or figure.replace("recall_at_", "Recall@")


def _figure(interval: Interval | None, *, bold: bool = False) -> str:
    if interval is None:
        return "–"
    value = f"**{interval.value:.3f}**" if bold else f"{interval.value:.3f}"
    return f"{value} ({interval.low:.3f}–{interval.high:.3f})" if interval.bounded else value


def _best(summaries: Sequence[Summary], figure: str) -> float | None:
    """The best value of a column at the precision shown; None where there is nothing to compare."""
    values = [round(each.figures[figure].value, 3) for each in summaries if figure in each.figures]
    if len(values) < 2:
        return None
    return min(values) if figure in _LOWER_IS_BETTER else max(values)


def _cells(summary: Summary, figures: Sequence[str], best: Mapping[str, float | None]) -> list[str]:
    found = [(figure, summary.figures.get(figure)) for figure in figures]
    return [_figure(each, bold=each is not None and round(each.value, 3) == best[figure]) for figure, each in found]


def _overview(entries: Sequence[Entry], counts: Mapping[str, str], figures: Sequence[str], leader: str) -> str:
    summaries = [entry.slices.all for entry in entries]
    best = {figure: _best(summaries, figure) for figure in figures}
    rows = []
    for entry in entries:
        name = f"**{escaped(entry.name)}**" if entry.name == leader else escaped(entry.name)
        numbers = [f"{entry.slices.all.counts[count]:,}" for count in counts]
        links = ", ".join(f"[{text}]({path})" for text, path in entry.pictures.items()) or "–"
        rows.append([name, *numbers, *_cells(entry.slices.all, figures, best), links])
    return table(["Model", *counts.values(), *map(_title, figures), "Pictures"], rows, _WORDS)


def _by_source(entries: Sequence[Entry], counts: Mapping[str, str], figures: Sequence[str]) -> str:
    rows = []
    for source in sorted({source for entry in entries for source in entry.slices.by_source}):
        present = [
            (entry.name, entry.slices.by_source[source]) for entry in entries if source in entry.slices.by_source
        ]
        best = {figure: _best([summary for _, summary in present], figure) for figure in figures}
        for name, summary in present:
            numbers = [f"{summary.counts[count]:,}" for count in counts]
            rows.append([escaped(source), escaped(name), *numbers, *_cells(summary, figures, best)])
    return table(["Source", "Model", *counts.values(), *map(_title, figures)], rows, _WORDS)


def _per_brand(entry: Entry) -> str:
    shown = sorted((entry.per_brand or {}).items(), key=lambda item: (-item[1]["support"], item[0]))
    rows = [
        [
            escaped(brand),
            f"{each['support']:,}",
            *(f"{value:.3f}" for value in (each["precision"], each["recall"], each["f1"])),
        ]
        for brand, each in shown
        if each["support"]
    ]
    return table(["Brand", "Photos", "Precision", "Recall", "F1"], rows, _WORDS)


def _ranked(entries: Iterable[Entry], figure: str) -> list[Entry]:
    def rank(entry: Entry) -> tuple[float, str]:
        interval = entry.slices.all.figures.get(figure)
        return (-interval.value if interval else 1.0, entry.name)

    return sorted(entries, key=rank)


def _brand_section(entries: Sequence[Entry]) -> list[str]:
    ranked = _ranked(entries, "macro_f1")
    best = ranked[0]
    counts = {"photos": "Photos", "models": "Shoe models", "brands": "Brands", "unknown_photos": "Unknown-brand photos"}
    return [
        "## Brands\n",
        f"Best by macro-F1: **{escaped(best.name)}**, {_in_words(best.slices.all, 'macro_f1')}.\n",
        _overview(ranked, counts, _BRAND_FIGURES, best.name),
        _BRANDS_NOTE,
        "### Brands by source\n",
        _by_source(ranked, counts, _BRAND_FIGURES),
        f"### Each brand, {escaped(best.name)}\n",
        _per_brand(best),
    ]


def _retrieval_section(entries: Sequence[Entry]) -> list[str]:
    ranked = _ranked(entries, "map")
    best = ranked[0]
    counts = {"queries": "Queries", "models": "Shoe models", "left_out": "Left out"}
    figures = list(dict.fromkeys(figure for entry in ranked for figure in entry.slices.all.figures))
    return [
        "## Similar sneakers\n",
        f"Best by mAP: **{escaped(best.name)}**, {_in_words(best.slices.all, 'map')}.\n",
        _overview(ranked, counts, figures, best.name),
        _RETRIEVAL_NOTE,
        "### Similar sneakers by source\n",
        _by_source(ranked, counts, figures),
    ]


def _in_words(summary: Summary, figure: str) -> str:
    size = summary.counts.get("photos", summary.counts.get("queries", 0))
    return f"{_figure(summary.figures.get(figure))} on {size:,} photos of {summary.counts['models']:,} shoe models"


def render(brand: Sequence[Entry], retrieval: Sequence[Entry], *, resamples: int, level: float) -> str:
    """The Markdown report; sections without entries are left out."""
    sections: list[tuple[Sequence[Entry], Callable[[Sequence[Entry]], list[str]]]] = [
        (brand, _brand_section),
        (retrieval, _retrieval_section),
    ]
    parts = ["# Evaluation\n", _HOW_TO_READ.format(level=level, resamples=resamples)]
    for entries, section in sections:
        if entries:
            parts += section(entries)
    return "\n".join(parts)
