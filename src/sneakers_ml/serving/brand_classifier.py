"""Brand classifiers, each with the extractor it was trained on, and what they predict for one photo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import BundleError, UsageError
from sneakers_ml.features.concat import Concat, join_parts
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.features.extractor import UNTRAINED, Extractor, ExtractorSpec, load_extractor, read_spec
from sneakers_ml.images.region import Region
from sneakers_ml.inference.brand_model import BrandModel
from sneakers_ml.serving.answer import BrandScore
from sneakers_ml.workspace.paths import Workspace

__all__ = ["BrandClassifier", "BrandPrediction", "ExtractorPool", "Query", "TrainedModels"]


class Query:
    """A photo that is asked about: where its shoe is, and each extractor's vector of it, computed once.

    Args:
        photo: (H, W, 3) RGB, upright, as `images.decode` gives it.
        region: where a person says that the shoe is; looked for where None.
    """

    def __init__(self, photo: NDArray[np.uint8], region: Region | None = None) -> None:
        self.photo = photo
        self.region = region or shoe_region(photo)
        self._shoe = cut(photo, self.region)
        self._vectors: dict[Extractor, NDArray[np.float32]] = {}

    def vector(self, extractor: Extractor) -> NDArray[np.float32]:
        """(1, dim) float32 of the shoe.

        Raises:
            BundleError: when the extractor's graph gives other numbers than its spec says.
        """
        if extractor not in self._vectors:
            if isinstance(extractor, Concat):  # its parts may be other models' extractors
                found = extractor.join([self.vector(part) for part in extractor.parts])
            else:
                found = extractor.transform([self._shoe])
            if found.shape != (1, extractor.dim):
                raise BundleError(f"extractor: vectors of {found.shape[1:]} numbers, not {extractor.dim}; rebuild it")
            self._vectors[extractor] = found
        return self._vectors[extractor]


class ExtractorPool:
    """The extractors of a workspace, each loaded once, also where it is a part of another or in a bundle too.

    Args:
        folder: models/extractors of the workspace.
        threads: of one network run; 0 for all cores, 1 when several photos are asked about at a time.
        bundled: the classifier of a bundle that is asked about the same photos.
    """

    def __init__(self, folder: Path, *, threads: int = 0, bundled: BrandClassifier | None = None) -> None:
        self._folder = folder
        self._threads = threads
        self._loaded = [(bundled.extractor_spec, bundled.extractor)] if bundled else []

    def load(self, name: str) -> tuple[ExtractorSpec, Extractor]:
        """An extractor with its spec.

        Raises:
            BundleError: when it is missing or damaged.
        """
        folder = self._folder / name
        spec = read_spec(folder)
        extractor = next((extractor for other, extractor in self._loaded if other == spec), None)
        if extractor is None:
            if spec.kind == "concat":
                extractor = join_parts(spec, folder, lambda part: self.load(part.name)[1])
            else:
                extractor = load_extractor(folder, threads=self._threads)
            self._loaded.append((spec, extractor))
        return spec, extractor


@dataclass(frozen=True, slots=True)
class BrandPrediction:
    """What one model says of a photo.

    `weights` is where its extractor's weights are from. `known` is by the model's own threshold alone: whether similar
    sneakers bear it out is not its business. `brands` are all that it knows, by falling calibrated probability.
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
class BrandClassifier:
    """A brand model with its extractor; `predict` may be called from several threads at once."""

    name: str
    model: BrandModel
    extractor: Extractor
    extractor_spec: ExtractorSpec

    @classmethod
    def load(cls, workspace: Workspace, name: str, extractors: ExtractorPool) -> Self:
        """A trained model of models/brand/; `name` is `<extractor>-<classifier>`.

        Raises:
            BundleError: when the model or its extractor is missing or damaged, or they don't belong together.
        """
        folder = workspace.brand_model(name)
        model = BrandModel.open(folder)
        spec, extractor = extractors.load(model.spec.extractor)
        if model.spec.dim != extractor.dim:  # prepared anew with other settings
            raise BundleError(
                f"{folder}: trained on vectors of {model.spec.dim} numbers, but {spec.name} now gives"
                f" {extractor.dim}; run `sneakers train {spec.name} {model.spec.classifier}`"
            )
        return cls(name, model, extractor, spec)

    def predict(self, query: Query) -> BrandPrediction:
        """The brands that the model knows with their calibrated probabilities."""
        probabilities = self.model.probabilities(query.vector(self.extractor))[0]
        labels = self.model.spec.labels
        order = np.argsort(-probabilities, kind="stable")
        brands = tuple(BrandScore(labels[place], float(probabilities[place])) for place in order)
        known = brands[0].confidence >= self.model.spec.unknown_threshold
        return BrandPrediction(self.name, self.extractor_spec.weights, known, brands)


class TrainedModels:
    """The trained models of a workspace that can be used; `predict` may be called from several threads at once.

    `left_out` maps the names of the others to the reasons, each a sentence with what to do.
    """

    def __init__(self, classifiers: Iterable[BrandClassifier], left_out: Mapping[str, str]) -> None:
        self._classifiers = tuple(classifiers)
        self.left_out = dict(left_out)

    @classmethod
    def load(cls, workspace: Workspace, extractors: ExtractorPool) -> Self:
        """Every model of models/brand/.

        Raises:
            UsageError: when no model is trained yet.
            BundleError: when none can be used.
        """
        classifiers: list[BrandClassifier] = []
        left_out: dict[str, str] = {}
        for folder in sorted(workspace.brand_models.glob("[!.]*/")):
            try:
                classifiers.append(BrandClassifier.load(workspace, folder.name, extractors))
            except BundleError as error:
                left_out[folder.name] = str(error)
        if classifiers:
            return cls(classifiers, left_out)
        if not left_out:
            raise UsageError(
                f"{workspace.brand_models}: no model is trained yet; run `sneakers train EXTRACTOR CLASSIFIER`"
            )
        name, reason = next(iter(left_out.items()))
        raise BundleError(f"none of the {len(left_out)} trained models can be used; {name}: {reason}")

    def predict(self, query: Query) -> list[BrandPrediction]:
        """Every model's prediction, by the model's name; each extractor computes its vector once."""
        return [classifier.predict(query) for classifier in self._classifiers]
