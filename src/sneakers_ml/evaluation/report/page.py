"""The report for people: tables, pictures, and how to read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.metrics.results import CurveResult, ViewResult
from sneakers_ml.evaluation.metrics.summary import Summary
from sneakers_ml.evaluation.report.tables import (
    BrandEntry,
    Entry,
    brand_table,
    curve_table,
    figure_cell,
    macro_f1_table,
    model_table,
    overview_table,
    ranked,
    source_table,
    view_table,
)
from sneakers_ml.reporting.markdown import escaped

__all__ = ["curve_section", "render", "view_section"]

_HOW_TO_READ = """\
**How to read this.** Photos are split by shoe model: all colourways and angles of a model are on one side, so no test
photo shows a shoe from training. Figures of splits by photo are higher and say little about new shoes. Each figure
comes with the interval that holds {level:.0%} of {resamples:,} bootstrap resamples of shoe models (all photos of a
model are drawn together): it says how much the figure may move with other models from the same sources, and nothing
about sources never seen. Look at the table by source for that. Two figures whose intervals overlap widely should not
be ranked; an interval is missing where there is a single model. The best value of all rows is in bold.
"""

_UNTRAINED_NOTE = """\
An untrained extractor has random weights, because no trained ones could be had: its figures say what its architecture
sees by itself, and nothing about what it can learn.
"""

_COMPARISON_NOTE = """\
Differences are to **{reference}**, which is the best on validation photos: test photos choose nothing. Both models
answer the same photos and are resampled together, so a difference is known better than either figure; it *differs*
where 0 lies outside its interval. Of many models some would differ by luck alone: one in twenty of those that are just
as good. McNemar's exact test takes photos for independent, which photos of one shoe model are not; its p-value is too
small and decides nothing. ECE is the expected calibration error (15 bins, lower is better). Fit is tuning and fitting
together, predict is one vector through the exported model on one thread; both were taken when the model was trained.
A head is a part of its network: its time is that of the network's training.
"""

_MATRIX_NOTE = """\
Macro-F1 of the same models, over all test photos and over those of each source. What holds in one shop need not hold in
the next: look for a row that is good in every part. The best of a part is in bold.
"""

_CHOSEN_NOTE = """\
For each extractor the classifier that is best on validation photos is shown here; `metrics.json` holds the same figures
of all models.
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

_VIEW_NOTE = """\
Do vectors lie together by what a shoe is, or by how it was photographed? Each photo is compared with the {neighbours}
nearest photos of *other* shoe models, on {photos:,} photos of learnt brands: 1 means that all of them share its label,
0 that as many do as at random. An extractor whose photos agree more by view than by brand sorts shoes by the
photographer's angle first; one whose photos agree most by source knows each shop's way of taking photos. Where a source
does not tell the view, a photo's place in its gallery stands for it, and is compared within that source alone. The map
shows the extractor of the model that is best on validation photos.
"""

_CURVE_NOTE = """\
{name} with the settings it was tuned to, trained on ever larger parts of its shoe models and judged on the same test
photos each time. A curve that still rises at its right end says that more products would help. Range is that of the
random parts drawn; it says nothing about other test photos, which the intervals above do. Of the models whose extractor
was not fine-tuned here, this is the best on validation photos: a network would have to be trained anew for each part.
"""


def render(
    brand: Sequence[BrandEntry],
    retrieval: Sequence[Entry],
    resampling: Resampling,
    first: Sequence[str] = (),
    more: Sequence[str] = (),
) -> str:
    """The Markdown report; sections without entries are left out.

    The paragraphs of `first` stand before brands and similar sneakers, those of `more` after.
    """
    parts = ["# Evaluation\n", _HOW_TO_READ.format(level=resampling.level, resamples=resampling.resamples)]
    if any(entry.result.shown != entry.result.name for entry in (*brand, *retrieval)):
        parts.append(_UNTRAINED_NOTE)
    parts += first
    parts += _brand_section(ranked(brand, "macro_f1")) if brand else []
    parts += _retrieval_section(ranked(retrieval, "map")) if retrieval else []
    return "\n".join([*parts, *more])


def _brand_section(entries: Sequence[BrandEntry]) -> list[str]:
    chosen = [entry for entry in entries if entry.chosen]
    best = next(entry for entry in entries if entry.comparison is None)
    counts = {"photos": "Photos", "models": "Shoe models", "brands": "Brands", "unknown_photos": "Unknown-brand photos"}
    figures = ("macro_f1", "accuracy", "ece", "known_auroc")
    sizes = [entry.result.cost.size for entry in entries if entry.result.cost.size is not None]
    together = f"The {len(sizes)} models take {sum(sizes) / 1_000_000:,.1f} MB together.\n" if sizes else ""
    return [
        "## Brands\n",
        f"Best on validation photos: **{best.shown}**. On test photos its macro-F1 is "
        f"{_in_words(best.slices.all, 'macro_f1')}.\n",
        "### Extractors and classifiers\n",
        model_table(entries),
        together,
        *([_COMPARISON_NOTE.format(reference=best.shown)] if len(entries) > 1 else []),
        "### Macro-F1, extractor by classifier\n",
        _MATRIX_NOTE,
        macro_f1_table(entries),
        "### Best classifier of each extractor\n",
        _CHOSEN_NOTE,
        overview_table(chosen, counts, figures, best),
        _BRANDS_NOTE,
        "### Brands by source\n",
        source_table(chosen, counts, figures),
        f"### Each brand, {best.shown}\n",
        brand_table(best.result),
    ]


def _retrieval_section(entries: Sequence[Entry]) -> list[str]:
    best = entries[0]
    counts = {"queries": "Queries", "models": "Shoe models", "left_out": "Left out"}
    figures = list(dict.fromkeys(figure for entry in entries for figure in entry.slices.all.figures))
    return [
        "## Similar sneakers\n",
        f"Best by mAP: **{best.shown}**, {_in_words(best.slices.all, 'map')}.\n",
        overview_table(entries, counts, figures, best),
        _RETRIEVAL_NOTE,
        "### Similar sneakers by source\n",
        source_table(entries, counts, figures),
    ]


def _in_words(summary: Summary, figure: str) -> str:
    size = summary.counts.get("photos", summary.counts.get("queries", 0))
    return f"{figure_cell(summary.figures.get(figure))} on {size:,} photos of {summary.counts['models']:,} shoe models"


def view_section(results: Sequence[ViewResult], maps: Mapping[str, str]) -> list[str]:
    """By what the vectors of each extractor lie together, and the maps (text -> path); nothing without any."""
    if not results:
        return []
    first = results[0].analysis
    note = _VIEW_NOTE.format(neighbours=first.neighbours, photos=first.photos)
    return ["## View angle\n", note, view_table(results), *_shown(maps)]


def curve_section(curve: CurveResult | None, plots: Mapping[str, str]) -> list[str]:
    """The plot (text -> path) and the numbers of the learning curve; nothing without one."""
    if curve is None:
        return []
    note = _CURVE_NOTE.format(name=escaped(curve.shown))
    return ["## Learning curve\n", note, *_shown(plots), curve_table(curve.points)]


def _shown(pictures: Mapping[str, str]) -> list[str]:
    return [f"![{escaped(text)}]({path})\n" for text, path in pictures.items()]
