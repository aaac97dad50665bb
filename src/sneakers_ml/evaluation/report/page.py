"""evaluation.md: the figures on one page that one can read; index.html shows the rest."""

from __future__ import annotations

from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.report.findings import Findings, ranked
from sneakers_ml.evaluation.report.tables import (
    curve_table,
    model_table,
    retrieval_table,
    shown_candidate,
    source_table,
)
from sneakers_ml.reporting.markdown import escaped

__all__ = ["render"]

_START = """\
# Evaluation

Pictures, failures, reliability, confusion, the map, the model card and the data card: [index.html](index.html). Photos
are split by shoe model. Intervals hold {level:.0%} of {resamples:,} bootstrap resamples of shoe models; figures whose
intervals overlap widely should not be ranked. The best of a column is in bold.
"""
_UNTRAINED = """\
An untrained extractor has random weights: its figures say what its architecture sees, not what it can learn.
"""
_SOURCES = "Test photos of the shops that were trained on, and photos of places that were not.\n"
_MODELS = """\
Macro-F1 and accuracy are of all test photos; *there* and the score (the mean of both) are of the places that choose.
Milliseconds are from a photo's file to its brands, on two threads; MB counts graphs and index.
"""
_RETRIEVAL = "For each test photo the gallery is ranked; another photo of the same shoe model is relevant.\n"
_CURVE = """\
{name}, as tuned, trained on parts of its shoe models and judged on the same test photos. Where it still rises at its
end, more products would help.
"""


def render(findings: Findings, resampling: Resampling) -> str:
    """The page in Markdown."""
    choice, curve = findings.selection.choice, findings.curve
    unseen = ", ".join(map(escaped, choice.unseen_sources))
    judged = f"Kept out of training: {unseen}." if unseen else "No source was kept out of training."
    return "\n".join(
        [
            _START.format(level=resampling.level, resamples=resampling.resamples),
            *([_UNTRAINED] if any(each.untrained for each in choice.candidates) else []),
            "## What serves\n",
            f"**{escaped(shown_candidate(choice.serving))}** serves. {choice.rule} {judged}\n",
            "## By source\n",
            _SOURCES,
            source_table(findings.by_source),
            "## Brand models\n",
            _MODELS,
            model_table(findings.brands, choice, findings.selection.milliseconds),
            "## Similar sneakers\n",
            _RETRIEVAL,
            retrieval_table(ranked(findings.extractors, "map")),
            *(
                ["## Learning curve\n", _CURVE.format(name=escaped(curve.shown)), curve_table(curve.points)]
                if curve
                else []
            ),
        ]
    )
