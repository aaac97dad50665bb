"""The report for people: tables, links to pictures, and how to read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sneakers_ml.evaluation.metrics.summary import Summary
from sneakers_ml.evaluation.report.cells import NOTHING, best_value, figure_cell, figure_title
from sneakers_ml.evaluation.report.comparison_tables import comparison_section
from sneakers_ml.evaluation.report.entries import BrandEntry, Entry, ranked
from sneakers_ml.markdown import escaped, table

__all__ = ["render"]

_HOW_TO_READ = """\
**How to read this.** Photos are split by shoe model: all colourways and angles of a model are on one side, so no test
photo shows a shoe from training. Figures of splits by photo are higher and say little about new shoes. Each figure
comes with the interval that holds {level:.0%} of {resamples:,} bootstrap resamples of shoe models (all photos of a
model are drawn together): it says how much the figure may move with other models from the same sources, and nothing
about sources never seen. Look at the table by source for that. Two figures whose intervals overlap widely should not
be ranked; an interval is missing where there is a single model. The best value of all rows is in bold.
"""

_CHOSEN_NOTE = """\
For each extractor the classifier that is best on validation photos is shown here; `metrics.json` holds the same figures
of all models.
"""

_UNTRAINED_NOTE = """\
An untrained extractor has random weights, because no trained ones could be had: its figures say what its architecture
sees by itself, and nothing about what it can learn.
"""

_BRANDS_NOTE = """\
Macro-F1 is the mean over the brands present in the truth: where a source holds 3 of 13 brands, photos given another
brand are misses, and absent brands add no zeros. Known AUROC is the chance that a photo of a known brand scores higher
than one of an unknown brand (0.5 is guessing). Photos of unknown brands count for it alone.
"""

_RETRIEVAL_NOTE = """\
Recall@k is 1 for a query with any photo of its own shoe model among the first k, as in metric learning. mAP is over
the whole ranking, MAP@R over its first R places, R being the number of relevant photos. The query's own photo is not
in its ranking; queries without another photo of their model are left out.
"""

_BRAND_FIGURES = ("macro_f1", "accuracy", "ece", "known_auroc")
_WORDS = {"Source", "Model", "Brand", "Pictures"}


def _cells(summary: Summary, figures: Sequence[str], best: Mapping[str, float | None]) -> list[str]:
    return [figure_cell(summary.figures.get(figure), best[figure]) for figure in figures]


def _best(summaries: Sequence[Summary], figures: Sequence[str]) -> dict[str, float | None]:
    return {figure: best_value(figure, [each.figures.get(figure) for each in summaries]) for figure in figures}


def _overview(entries: Sequence[Entry], counts: Mapping[str, str], figures: Sequence[str], leader: Entry) -> str:
    best = _best([entry.slices.all for entry in entries], figures)
    rows = []
    for entry in entries:
        name = f"**{escaped(entry.shown)}**" if entry is leader else escaped(entry.shown)
        numbers = [f"{entry.slices.all.counts[count]:,}" for count in counts]
        links = ", ".join(f"[{text}]({path})" for text, path in entry.pictures.items()) or NOTHING
        rows.append([name, *numbers, *_cells(entry.slices.all, figures, best), links])
    return table(["Model", *counts.values(), *map(figure_title, figures), "Pictures"], rows, _WORDS)


def _by_source(entries: Sequence[Entry], counts: Mapping[str, str], figures: Sequence[str]) -> str:
    rows = []
    for source in sorted({source for entry in entries for source in entry.slices.by_source}):
        present = [(entry, entry.slices.by_source[source]) for entry in entries if source in entry.slices.by_source]
        best = _best([summary for _, summary in present], figures)
        for entry, summary in present:
            numbers = [f"{summary.counts[count]:,}" for count in counts]
            rows.append([escaped(source), escaped(entry.shown), *numbers, *_cells(summary, figures, best)])
    return table(["Source", "Model", *counts.values(), *map(figure_title, figures)], rows, _WORDS)


def _per_brand(entry: BrandEntry) -> str:
    shown = sorted(entry.per_brand.items(), key=lambda item: (-item[1]["support"], item[0]))
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


def _brand_section(entries: Sequence[BrandEntry]) -> list[str]:
    order = ranked(entries, "macro_f1")
    chosen = [entry for entry in order if entry.chosen]
    best = next(entry for entry in order if entry.comparison is None)
    counts = {"photos": "Photos", "models": "Shoe models", "brands": "Brands", "unknown_photos": "Unknown-brand photos"}
    return [
        "## Brands\n",
        f"Best on validation photos: **{escaped(best.shown)}**. On test photos its macro-F1 is "
        f"{_in_words(best.slices.all, 'macro_f1')}.\n",
        *comparison_section(order),
        "### Best classifier of each extractor\n",
        _CHOSEN_NOTE,
        _overview(chosen, counts, _BRAND_FIGURES, best),
        _BRANDS_NOTE,
        "### Brands by source\n",
        _by_source(chosen, counts, _BRAND_FIGURES),
        f"### Each brand, {escaped(best.shown)}\n",
        _per_brand(best),
    ]


def _retrieval_section(entries: Sequence[Entry]) -> list[str]:
    order = ranked(entries, "map")
    best = order[0]
    counts = {"queries": "Queries", "models": "Shoe models", "left_out": "Left out"}
    figures = list(dict.fromkeys(figure for entry in order for figure in entry.slices.all.figures))
    return [
        "## Similar sneakers\n",
        f"Best by mAP: **{escaped(best.shown)}**, {_in_words(best.slices.all, 'map')}.\n",
        _overview(order, counts, figures, best),
        _RETRIEVAL_NOTE,
        "### Similar sneakers by source\n",
        _by_source(order, counts, figures),
    ]


def _in_words(summary: Summary, figure: str) -> str:
    size = summary.counts.get("photos", summary.counts.get("queries", 0))
    return f"{figure_cell(summary.figures.get(figure))} on {size:,} photos of {summary.counts['models']:,} shoe models"


def render(
    brand: Sequence[BrandEntry],
    retrieval: Sequence[Entry],
    *,
    resamples: int,
    level: float,
    more: Sequence[str] = (),
) -> str:
    """The Markdown report; sections without entries are left out, the paragraphs of `more` come last."""
    parts = ["# Evaluation\n", _HOW_TO_READ.format(level=level, resamples=resamples)]
    if any(entry.shown != entry.name for entry in (*brand, *retrieval)):
        parts.append(_UNTRAINED_NOTE)
    parts += _brand_section(brand) if brand else []
    parts += _retrieval_section(retrieval) if retrieval else []
    return "\n".join([*parts, *more])
