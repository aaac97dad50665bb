"""What a model takes: times from its training, bytes on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, NonNegativeFloat

from sneakers_ml.files import read_json

__all__ = ["UNKNOWN_COST", "Cost", "read_cost"]


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of tuning and fitting together, milliseconds to predict one vector, bytes; None where unknown."""

    fit_seconds: float | None = None
    predict_ms: float | None = None
    size: int | None = None


UNKNOWN_COST = Cost()


class _TrainFile(BaseModel):
    """What training leaves in reports/train/<model>.json; it may say more."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    tune_seconds: NonNegativeFloat
    fit_seconds: NonNegativeFloat
    predict_ms: NonNegativeFloat


def read_cost(train_report: Path, name: str, size: int) -> Cost:
    """The cost of a model of `size` bytes; without a report of its training, its times are unknown.

    Raises:
        BundleError: when the report is damaged.
    """
    if not train_report.exists():
        return Cost(size=size)
    command = f"sneakers train {' '.join(name.rsplit('-', 1))}"
    took = read_json(train_report, _TrainFile, command)
    return Cost(took.tune_seconds + took.fit_seconds, took.predict_ms, size)
