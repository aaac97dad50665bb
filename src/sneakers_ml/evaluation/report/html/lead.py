"""The three sentences that the page begins with."""

from __future__ import annotations

from collections.abc import Sequence

from sneakers_ml.evaluation.metrics.bootstrap import Interval
from sneakers_ml.evaluation.metrics.classification import brand_scores
from sneakers_ml.evaluation.metrics.results import BrandResult
from sneakers_ml.evaluation.places import OWN, RESTYLED
from sneakers_ml.evaluation.report.by_source import SourceFigures
from sneakers_ml.evaluation.report.findings import Findings
from sneakers_ml.evaluation.report.html.confusion import mistakes
from sneakers_ml.evaluation.report.tables import shown_candidate

__all__ = ["lead", "percent"]

_LEAST = 10
"""Photos that a source or a brand must have to be called the worst."""
_PLACES = 3


def lead(findings: Findings) -> list[str]:
    """What serves, how good it is at home and elsewhere, and what it is worst at."""
    selection, sources = findings.selection, findings.by_source
    choice, candidate = selection.choice, selection.choice.serving
    took = selection.milliseconds.get(choice.name)
    speed = f"answers a photo in {took:.0f} ms on two threads and " if took is not None else ""
    first = (
        f"{shown_candidate(candidate)} serves: it {speed}takes {candidate.megabytes:.1f} MB, and was chosen from"
        f" {len(choice.candidates)} brand model{'s' if len(choice.candidates) > 1 else ''}."
    )
    own = [each for each in sources if each.own][:1]
    elsewhere = [each for each in sources if not each.own]
    parts = [_goodness(each) for each in [*own, *elsewhere[:_PLACES]]]
    second = f"It names the right brand for {'; '.join(parts)}."
    return [first, second, _worst(selection.brands, sources)]


def _goodness(source: SourceFigures) -> str:
    accuracy, found = source.summary.figures["accuracy"], source.summary.figures.get("recall_at_1")
    similar = f", and finds another photo of the same model first for {percent(found)}" if found else ""
    return f"{percent(accuracy)} of {source.summary.counts['photos']:,} photos of {_place_name(source)}{similar}"


def _place_name(source: SourceFigures) -> str:
    """A source within a sentence."""
    if source.own:
        return source.name
    if source.name == RESTYLED:
        return "own shops restyled as another shop's, which it was not trained on"
    return f"{source.name}, which it was not trained on"


def percent(interval: Interval) -> str:
    """A share with its interval."""
    bounds = f" ({100 * interval.low:.0f}–{100 * interval.high:.0f}\u00a0%)" if interval.bounded else ""
    return f"{100 * interval.value:.0f}\u00a0%{bounds}"


def _worst(result: BrandResult, sources: Sequence[SourceFigures]) -> str:
    worst = []
    counted = [each for each in sources if each.name != OWN and each.summary.counts["photos"] >= _LEAST]
    if counted:
        source = min(counted, key=lambda each: each.summary.figures["accuracy"].value)
        worst.append(f"photos of {source.name} ({percent(source.summary.figures['accuracy'])} right)")
    scores = {
        brand: each for brand, each in brand_scores(result.truth, result.predicted).items() if each.photos >= _LEAST
    }
    if scores:
        brand, score = min(scores.items(), key=lambda item: (item[1].recall, item[0]))
        worst.append(f"the brand {brand} ({100 * score.recall:.0f}\u00a0% of {score.photos:,} photos recognised)")
    made = mistakes(result, 1)
    most = (
        f"; its most frequent mistake is to take {made[0].truth} for {made[0].said}"
        f" ({made[0].photos:,} of {made[0].total:,} photos)"
        if made
        else ""
    )
    if not worst:
        return f"There are too few photos to say what it is worst at{most}."
    return f"It is worst at {' and at '.join(worst)}{most}."
