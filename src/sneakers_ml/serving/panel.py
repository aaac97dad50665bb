"""All trained models asked about one photo, to see where they agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.brand_model import BrandModel
from sneakers_ml.errors import BundleError, UsageError
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.features.extractor import UNTRAINED, Extractor, load_extractor, read_spec
from sneakers_ml.serving.answer import BrandScore
from sneakers_ml.workspace.paths import Workspace

__all__ = ["Member", "Panel", "Verdict", "ranked"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one trained model says of a photo.

    `weights` is where its extractor's weights are from. `known` is by the model's own threshold alone: whether similar
    sneakers bear it out is the bundle's business. `brands` are all that it knows, by falling confidence.
    """

    model: str
    weights: str
    known: bool
    brands: tuple[BrandScore, ...]

    @property
    def untrained(self) -> bool:
        """Whether its extractor is a network that was never trained."""
        return self.weights == UNTRAINED


@dataclass(frozen=True)
class Member:
    """A model with its extractor; those of one extractor share it."""

    model: BrandModel
    extractor: Extractor
    weights: str


class Panel:
    """The trained models of a workspace that can be used; `verdicts` may be called from several threads at once.

    `left_out` maps the names of the others to the reasons, each a sentence with what to do.
    """

    def __init__(self, members: Mapping[str, Member], left_out: Mapping[str, str]) -> None:
        self._members = dict(members)
        self.left_out = dict(left_out)

    @classmethod
    def load(cls, workspace: Workspace, *, threads: int = 0) -> Self:
        """Every model of models/brand/, each extractor loaded once.

        Args:
            workspace: where models/ is.
            threads: of one network run; 0 for all cores, 1 when several photos are asked about at a time.

        Raises:
            UsageError: when no model is trained yet.
            BundleError: when none can be used.
        """
        extractor = cache(lambda name: load_extractor(workspace.extractor(name), threads=threads))
        members: dict[str, Member] = {}
        left_out: dict[str, str] = {}
        for folder in sorted(workspace.brand_models.glob("[!.]*/")):
            try:
                model = BrandModel.open(folder)
                home = workspace.extractor(model.spec.extractor)
                member = Member(model, extractor(model.spec.extractor), read_spec(home).weights)
                _check_fit(folder, member)
            except BundleError as error:
                left_out[folder.name] = str(error)
            else:
                members[folder.name] = member
        if not members:
            raise _nobody(workspace, left_out)
        return cls(members, left_out)

    def verdicts(self, photo: NDArray[np.uint8]) -> list[Verdict]:
        """Every model's verdict on a photo (H, W, 3) RGB, by name; each extractor computes its vector once."""
        shoe = cut(photo, shoe_region(photo))
        extractors = {member.model.spec.extractor: member.extractor for member in self._members.values()}
        vectors = {name: extractor.transform([shoe]) for name, extractor in extractors.items()}
        return [_verdict(name, member, vectors[member.model.spec.extractor]) for name, member in self._members.items()]


def ranked(model: BrandModel, vectors: NDArray[np.float32]) -> list[BrandScore]:
    """The brands that a model knows with their calibrated probabilities, falling, of one vector (1, dim)."""
    probabilities = model.probabilities(vectors)[0]
    order = np.argsort(-probabilities, kind="stable")
    return [BrandScore(model.spec.labels[i], float(probabilities[i])) for i in order]


def _verdict(name: str, member: Member, vectors: NDArray[np.float32]) -> Verdict:
    brands = ranked(member.model, vectors)
    known = brands[0].confidence >= member.model.spec.unknown_threshold
    return Verdict(name, member.weights, known, tuple(brands))


def _check_fit(folder: Path, member: Member) -> None:
    """An extractor prepared anew with other settings may give vectors that the model never saw."""
    spec = member.model.spec
    if spec.dim != member.extractor.dim:
        raise BundleError(
            f"{folder}: trained on vectors of {spec.dim} numbers, but {spec.extractor} now gives"
            f" {member.extractor.dim}; run `sneakers train {spec.extractor} {spec.classifier}`"
        )


def _nobody(workspace: Workspace, left_out: Mapping[str, str]) -> UsageError | BundleError:
    if not left_out:
        return UsageError(
            f"{workspace.brand_models}: no model is trained yet; run `sneakers train EXTRACTOR CLASSIFIER`"
        )
    name, reason = next(iter(left_out.items()))
    return BundleError(f"none of the {len(left_out)} trained models can be used; {name}: {reason}")
