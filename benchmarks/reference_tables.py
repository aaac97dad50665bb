"""What a comparison with the earlier recipe prints: quality, speed and training time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.common import print_table
from benchmarks.reference_pairs import Learnt
from benchmarks.reference_quality import Answers, duel
from benchmarks.reference_rows import Comparison
from sneakers_ml.brand_model import BrandModel
from sneakers_ml.embedding.store import load_features
from sneakers_ml.errors import SneakersError
from sneakers_ml.evaluation.metrics.bootstrap import Resampling

__all__ = ["ANCHOR", "Fits", "print_quality", "print_speeds", "print_training"]

ANCHOR = ("hog", "svm")
"""The earlier recipe's best pair."""


@dataclass(frozen=True)
class Fits:
    """A pair as the earlier recipe fits it, and as we do."""

    earlier: Learnt
    ours: Learnt


@dataclass(frozen=True)
class _Entry:
    """A line of the quality tables: brands (n,) that the earlier pair and ours name."""

    title: str
    earlier: NDArray[np.str_]
    ours: NDArray[np.str_]


def print_quality(comparison: Comparison, fits: Mapping[tuple[str, str], Fits], resampling: Resampling) -> None:
    """A table a test set: macro-F1 and accuracy of each pair and of our trained model of that name."""
    rows, entries = comparison.rows, list(_entries(comparison, fits))
    for name, chosen in rows.tests.items():
        lines = []
        for entry in entries:
            answers = Answers(rows.brands[chosen], rows.groups[chosen], entry.earlier[chosen], entry.ours[chosen])
            figures = duel(answers, resampling)
            lines.append((entry.title, *figures["macro_f1"].cells, *figures["accuracy"].cells))
        counts = f"{name}: {chosen.sum():,} photos, {len(np.unique(rows.brands[chosen]))} brands"
        print_table(
            [counts, "macro-F1: earlier", "ours", "difference", "accuracy: earlier", "ours", "difference"], lines
        )
        print()
    print("intervals resample shoe models; differences are taken within each resample")
    if any("untrained" in entry.title for entry in entries):
        print(
            "untrained: the earlier vectors are scaled to unit length, as theirs reach 1e9 and libsvm would not end; "
            "its quality stands for nothing, only the speeds count"
        )
    print()


def _entries(comparison: Comparison, fits: Mapping[tuple[str, str], Fits]) -> Iterator[_Entry]:
    """Each pair against ours of that name; then our best on validation against the earlier recipe's anchor."""
    judged = list(_our_answers(comparison))
    named = {pair: answers for pair, _, answers in judged}
    for pair, fit in fits.items():
        if pair in named:
            yield _Entry(_title(comparison, pair), fit.earlier.predicted, named[pair])
        else:
            print(f"left out: {'-'.join(pair)}: the workspace has no such model; run `sneakers train {' '.join(pair)}`")
    if judged and ANCHOR in fits:
        best, _, answers = max(judged, key=lambda entry: entry[1])
        title = f"best on validation, {_title(comparison, best)}, against hog-svm"
        yield _Entry(title, fits[ANCHOR].earlier.predicted, answers)


def _our_answers(comparison: Comparison) -> Iterator[tuple[tuple[str, str], float, NDArray[np.str_]]]:
    """Pair, validation macro-F1 and named brands (n,) of each trained model; a damaged one is named and left out."""
    for folder in sorted(path.parent for path in comparison.workspace.brand_models.glob("*/model.json")):
        try:
            spec = (model := BrandModel.open(folder)).spec
            vectors = comparison.rows.of(load_features(comparison.workspace.features, spec.extractor))
        except SneakersError as error:
            print(f"left out: {error}")
            continue
        answers = np.asarray(spec.labels)[model.probabilities(vectors).argmax(axis=1)]
        yield (spec.extractor, spec.classifier), spec.metrics["val_macro_f1"], answers


def print_training(
    comparison: Comparison, fits: Mapping[tuple[str, str], Fits], scores: Mapping[tuple[str, str], tuple[float, float]]
) -> None:
    """Seconds and validation macro-F1 (earlier, ours) of each pair, and the seconds of all."""
    lines: list[tuple[str, ...]] = []
    for pair, fit in fits.items():
        earlier, ours = scores[pair]
        times = _times(fit.earlier.seconds, fit.ours.seconds)
        lines.append((_title(comparison, pair), *times, f"{earlier:.3f}", f"{ours:.3f}"))
    earlier_sum, our_sum = (sum(getattr(fit, side).seconds for fit in fits.values()) for side in ("earlier", "ours"))
    lines.append((f"all {len(fits)} pairs", *_times(earlier_sum, our_sum), "", ""))
    print_table(["training", "earlier s", "ours s", "times faster", "val. macro-F1: earlier", "ours"], lines)
    print()


def _times(earlier: float, ours: float) -> tuple[str, str, str]:
    return f"{earlier:.1f}", f"{ours:.1f}", f"{earlier / ours:.1f}"


def print_speeds(rates: Mapping[str, Mapping[str, float]], workers: int) -> None:
    """Photos a second of each extractor."""
    lines = [
        (name, f"{rate['earlier']:.1f}", f"{rate['ours']:.1f}", f"{rate['ours'] / rate['earlier']:.1f}")
        for name, rate in rates.items()
    ]
    print_table(["photos/s, from decoded photo to vector", "earlier", "ours", "times faster"], lines)
    print(
        "earlier: one process, photo after photo (ResNet152 in torch, batches of 64), its libraries' own threads; "
        f"ours: {workers} workers as `sneakers embed` runs them, finding and cutting the shoe first\n"
    )


def _title(comparison: Comparison, pair: tuple[str, str]) -> str:
    return f"{comparison.shown(pair[0])}-{pair[1]}"
