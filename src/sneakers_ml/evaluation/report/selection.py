"""The section on what serves: the candidates, and what is lost in sources that were not trained on."""

from __future__ import annotations

from sneakers_ml.evaluation.choosing import Selection
from sneakers_ml.evaluation.places import OWN
from sneakers_ml.evaluation.report.tables import NOTHING, difference_cell, figure_cell, number_cell
from sneakers_ml.features.extractor import UNTRAINED, shown_name
from sneakers_ml.reporting.markdown import escaped, table
from sneakers_ml.workspace.choice import Candidate

__all__ = ["selection_section"]

_WORDS = {"Model", "Photos of", "Left out"}

_PLACES_NOTE = """\
Test photos of the shops that were trained on, and photos of places that were not; a drop is what is lost on the way
there. Brands and views differ from place to place, and with them how hard a place is. Drops resample the shoe models of
both places together. For each extractor the candidate is shown that the rule likes best.
"""

_CANDIDATES_NOTE = """\
Figures are means over the places that choose. The score is the mean of macro-F1 and mAP. MB counts graphs and index;
pictures of the gallery come on top, the same for all. Times are of a photo's file to its brands, on two threads.
"""


def selection_section(selection: Selection | None) -> list[str]:
    """What serves and by which rule, the figures by place, and all candidates; nothing without a selection."""
    if selection is None:
        return []
    choice = selection.choice
    candidates = {each.name: each for each in choice.candidates}
    rows = []
    for name, places in selection.summaries.items():
        shown = _shown(candidates[name])
        for place in sorted(places, key=lambda place: (place != OWN, place)):
            figures, photos = places[place].figures, places[place].counts["photos"]
            cells = [
                NOTHING if key not in figures else (difference_cell if "drop" in key else figure_cell)(figures[key])
                for key in _COLUMNS
            ]
            rows.append([f"**{shown}**" if name == choice.name else shown, escaped(place), f"{photos:,}", *cells])
    unseen = ", ".join(map(escaped, choice.unseen_sources))
    judged = f"Kept out of training: {unseen}." if unseen else "No source was kept out of training."
    return [
        "## What serves\n",
        f"**{_shown(candidates[choice.name])}** serves. {choice.rule} {judged}\n",
        "### Own shops and others\n",
        table(["Model", "Photos of", "Photos", *_COLUMNS.values()], rows, _WORDS),
        _PLACES_NOTE,
        "### Candidates\n",
        table(
            ["Model", "Accuracy", "Macro-F1", "Recall@1", "mAP", "Score", "ms", "MB", "Left out"],
            [_candidate_row(each, selection.milliseconds.get(each.name)) for each in choice.candidates],
            _WORDS,
        ),
        _CANDIDATES_NOTE,
    ]


_COLUMNS = {
    "accuracy": "Accuracy",
    "accuracy_drop": "Drop",
    "macro_f1": "Macro-F1",
    "macro_f1_drop": "Drop",
    "recall_at_1": "Recall@1",
    "recall_at_1_drop": "Drop",
    "map": "mAP",
    "map_drop": "Drop",
}


def _shown(candidate: Candidate) -> str:
    return escaped(shown_name(candidate.name, UNTRAINED if candidate.untrained else ""))


def _candidate_row(candidate: Candidate, milliseconds: float | None) -> list[str]:
    figures = (candidate.accuracy, candidate.macro_f1, candidate.recall_at_1, candidate.map, candidate.score)
    return [
        _shown(candidate),
        *(number_cell(figure, 3) for figure in figures),
        number_cell(milliseconds, 1),
        number_cell(candidate.megabytes, 1),
        candidate.left_out or NOTHING,
    ]
