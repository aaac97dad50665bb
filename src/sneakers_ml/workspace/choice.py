"""choice.json: which extractor and brand model serve, by which rule, and what they were chosen from."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from sneakers_ml.files import read_json

__all__ = ["Candidate", "Choice", "read_choice"]


class Candidate(BaseModel):
    """A brand model with its extractor, and how both do on photos of sources that were not trained on.

    accuracy, macro_f1  of brands, the mean over those sources
    recall_at_1, map    of similarity: another photo of the same model is relevant
    score               mean of macro_f1 and map, by which the best is chosen
    megabytes           what it adds to a bundle: its graphs and the index
    left_out            why it cannot serve, or does so only where nothing else can; None where it can

    Figures are None where they were not measured or cannot be given.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    extractor: str
    classifier: str
    untrained: bool
    accuracy: float | None
    macro_f1: float | None
    recall_at_1: float | None
    map: float | None
    score: float | None
    megabytes: float
    left_out: str | None

    @property
    def name(self) -> str:
        """As its brand model is called."""
        return f"{self.extractor}-{self.classifier}"


class Choice(BaseModel):
    """What `evaluate` writes; `index` and `bundle` obey it.

    `unseen_sources` are those that the figures are of; where there are none, `stand_in` says that restyled validation
    photos stood in for them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    extractor: str
    classifier: str
    rule: str
    unseen_sources: tuple[str, ...]
    stand_in: bool
    candidates: tuple[Candidate, ...]

    @property
    def name(self) -> str:
        """As the brand model is called that serves."""
        return f"{self.extractor}-{self.classifier}"

    @property
    def serving(self) -> Candidate:
        """The candidate that serves."""
        return next(each for each in self.candidates if each.name == self.name)


def read_choice(path: Path) -> Choice:
    """Read choice.json.

    Raises:
        BundleError: when it is missing or damaged.
    """
    return read_json(path, Choice, "sneakers evaluate")
