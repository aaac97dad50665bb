"""The parts of the page on what vectors lie together by, and on what more shoes would bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sneakers_ml.evaluation.metrics.learning_curve import CurvePoint
from sneakers_ml.evaluation.metrics.views import Agreement, ViewAnalysis
from sneakers_ml.evaluation.report.cells import NOTHING, figure_cell
from sneakers_ml.evaluation.report.map_plots import curve_plot, map_plot
from sneakers_ml.evaluation.report.pictures import Pictures
from sneakers_ml.features.extractor import shown_name
from sneakers_ml.markdown import escaped, table

__all__ = ["Curve", "Views", "curve_section", "view_section"]

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
random parts drawn; it says nothing about other test photos, which the intervals above do.
"""

_WORDS = {"Extractor", "Lies together by"}


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """The analysis of one extractor; the one that is `mapped` is shown as a map too."""

    extractor: str
    weights: str
    analysis: ViewAnalysis
    mapped: bool = False

    @property
    def shown(self) -> str:
        """The extractor's name as people read it."""
        return shown_name(self.extractor, self.weights)


@dataclass(frozen=True, slots=True)
class Curve:
    """The learning curve of one brand model; `shown` is its name as people read it."""

    name: str
    shown: str
    points: Sequence[CurvePoint]


def view_section(views: Sequence[Views], pictures: Pictures) -> list[str]:
    """Agreement of neighbours for each extractor, and the map of one; nothing without any."""
    if not views:
        return []
    first = views[0].analysis
    parts = ["## View angle\n", _VIEW_NOTE.format(neighbours=first.neighbours, photos=first.photos), _agreements(views)]
    for each in views:
        if each.mapped:
            plot = map_plot(each.analysis, f"{each.shown}: photos near their neighbours")
            parts += _shown(pictures.plot(f"{each.extractor}-map.png", f"map of {each.shown}", plot))
    return parts


def _agreements(views: Sequence[Views]) -> str:
    head = ["Extractor", "Same brand", "Same view", "Same source", "Lies together by"]
    rows = []
    for each in views:
        found = each.analysis
        kinds = (found.brand, found.view, found.source)
        rows.append([escaped(each.shown), *map(_agreement, kinds), _strongest(found)])
    return table(head, rows, _WORDS)


def _agreement(found: Agreement | None) -> str:
    return figure_cell(found.agreement) if found else NOTHING


def _strongest(found: ViewAnalysis) -> str:
    """What neighbours agree by most; nothing where there is only one label to agree by."""
    kinds = [each for each in (found.brand, found.view, found.source) if each is not None]
    if len(kinds) < 2:
        return NOTHING
    label = max(kinds, key=lambda each: each.agreement.value).label
    return "place in the gallery" if label == "position" else label


def curve_section(curve: Curve | None, pictures: Pictures) -> list[str]:
    """The figure and the numbers under it; nothing without a curve."""
    if curve is None:
        return []
    plot = curve_plot(curve.points, f"{curve.shown}: learning curve")
    links = pictures.plot(f"{curve.name}-curve.png", f"learning curve of {curve.shown}", plot)
    head = ["Share", "Shoe models", "Products", "Photos", "Macro-F1", "Range", "Fits"]
    rows = [
        [
            f"{point.share:.0%}",
            f"{point.models:,}",
            f"{point.products:,.0f}",
            f"{point.photos:,.0f}",
            f"{point.macro_f1:.3f}",
            f"{point.low:.3f}–{point.high:.3f}" if point.repeats > 1 else NOTHING,
            str(point.repeats),
        ]
        for point in curve.points
    ]
    return ["## Learning curve\n", _CURVE_NOTE.format(name=escaped(curve.shown)), *_shown(links), table(head, rows)]


def _shown(links: dict[str, str]) -> list[str]:
    """Pictures within the page."""
    return [f"![{escaped(text)}]({path})\n" for text, path in links.items()]
