"""Figures of what serves, by source: shops that were trained on, one by one, and places that were not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.evaluation.choosing import Selection
from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.metrics.classification import ReliabilityBin, reliability_table
from sneakers_ml.evaluation.metrics.results import BrandResult
from sneakers_ml.evaluation.metrics.summary import Summary, summarise_brands, summarise_retrieval
from sneakers_ml.evaluation.places import OWN

__all__ = ["SourceFigures", "figures_by_source"]

_BINS = 10
_ELSEWHERE = ""
"""Stands for the places that are summarised already."""


@dataclass(frozen=True)
class SourceFigures:
    """What serves, on the photos of one source.

    name         of the source; `own shops` for all that were trained on together
    own          whether it was trained on
    summary      counts and figures of brands and similarity; drops are to own shops
    reliability  bins of confidence
    """

    name: str
    own: bool
    summary: Summary
    reliability: Sequence[ReliabilityBin]


def figures_by_source(
    selection: Selection, source_of: Mapping[str, str], resampling: Resampling
) -> list[SourceFigures]:
    """Own shops together, each of them where there are several, then every place that was not trained on.

    Args:
        selection: what serves, with its answers.
        source_of: source by photo id.
        resampling: of the intervals.
    """
    brands, retrieval = selection.brands, selection.retrieval
    places = selection.summaries[selection.choice.name]
    found = []
    if OWN in places:
        found.append(SourceFigures(OWN, True, places[OWN], _reliability(brands, brands.sources == OWN)))
        shops, queried = (
            np.array([source_of[photo_id] for photo_id in ids.tolist()])
            for ids in (brands.photo_ids, retrieval.query_ids)
        )
        in_own = np.where(brands.sources == OWN, shops, _ELSEWHERE)
        queries_in_own = np.where(retrieval.sources == OWN, queried, _ELSEWHERE)
        named = summarise_brands(replace(brands, sources=in_own), resampling).by_source
        searched = summarise_retrieval(replace(retrieval, sources=queries_in_own), resampling).by_source
        several = sorted(named.keys() - {_ELSEWHERE})
        for shop in several if len(several) > 1 else ():
            figures = Summary(searched[shop].counts | named[shop].counts, searched[shop].figures | named[shop].figures)
            found.append(SourceFigures(shop, True, figures, _reliability(brands, in_own == shop)))
    found += [
        SourceFigures(place, False, places[place], _reliability(brands, brands.sources == place))
        for place in sorted(places.keys() - {OWN})
    ]
    return found


def _reliability(result: BrandResult, chosen: NDArray[np.bool_]) -> list[ReliabilityBin]:
    return reliability_table(result.confidence[chosen], result.correct[chosen], _BINS)
