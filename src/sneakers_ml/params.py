"""params.yaml as frozen models; a stage gets only its own section."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sneakers_ml.errors import ParamsError

__all__ = [
    "BundleParams",
    "EmbedParams",
    "EvaluateParams",
    "HogParams",
    "IndexParams",
    "Params",
    "PhotosParams",
    "SplitParams",
    "SvmParams",
    "TrainParams",
    "load_params",
]

Share = Annotated[float, Field(gt=0, lt=0.5)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Costs = Annotated[tuple[Annotated[float, Field(gt=0)], ...], Field(min_length=1)]


class Section(BaseModel):
    """A section of params.yaml: an unknown key is an error, not a silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PhotosParams(Section):
    """How photos are normalised and compared."""

    longest_side: int = Field(512, ge=64, description="Pixels; larger photos are shrunk, smaller ones kept")
    jpeg_quality: int = Field(95, ge=50, le=100)
    hash_distance: int = Field(12, ge=0, le=256, description="Bits of a 256-bit perceptual hash")
    colour_distance: float = Field(
        2.5, ge=0, description="Largest difference of a cell of a 4 x 4 thumbnail, in units of CIELAB"
    )


class SplitParams(Section):
    """How models are shared out between train, validation and test."""

    seed: Seed = 20
    validation: Share = 0.2
    test: Share = 0.2
    brands: tuple[str, ...] | None = None
    min_photos: int = Field(30, ge=1)
    train_sources: tuple[str, ...] | None = None


class HogParams(Section):
    """Colour HOG; the vector has (side / cell)**2 * orientations numbers."""

    side: int = Field(128, ge=32, description="Pixels of the square that the photo is fitted into")
    orientations: int = Field(8, ge=2)
    cell: int = Field(8, ge=2, description="Pixels of a square cell; blocks are one cell")

    @model_validator(mode="after")
    def _cell_fits(self) -> Self:
        if self.cell > self.side:
            raise ValueError("cell must not be larger than side")
        return self


class NoParams(Section):
    """An extractor or classifier without settings; DVC still wants its key."""


class EmbedParams(Section):
    """Which extractors run, with how many threads, and each extractor's own settings."""

    names: tuple[str, ...]
    workers: int = Field(2, ge=1)
    chunk: int = Field(16, ge=1, description="Photos a worker takes at a time")
    hog: HogParams = HogParams()
    efficientnet_lite0: NoParams = NoParams()


class SvmParams(Section):
    """Support vector machine on standardised vectors reduced by PCA; the values tried for each kernel's C."""

    components: int = Field(256, ge=1)
    linear_C: Costs = (0.003, 0.01, 0.03)
    rbf_C: Costs = (3.0, 10.0)


class TrainParams(Section):
    """Which classifiers are trained on every extractor, and how they are tuned."""

    names: tuple[str, ...]
    folds: int = Field(3, ge=2)
    seed: Seed = 20
    svm: SvmParams = SvmParams()


class IndexParams(Section):
    """The gallery's index: `flat` keeps float32 vectors, `fp16` halves them."""

    extractor: str
    codec: Literal["flat", "fp16"] = "fp16"
    similarity_floor: float = Field(
        0.4, ge=-1, le=1, description="Cosine similarity to the nearest photo below which a photo shows no sneaker"
    )


class EvaluateParams(Section):
    """Bootstrap of the intervals."""

    resamples: int = Field(1000, ge=100)
    seed: Seed = 20


class BundleParams(Section):
    """What goes to serving."""

    extractor: str
    classifier: str
    thumbnail_side: int = Field(320, ge=64)


class Params(Section):
    """The whole file."""

    code: str = "src/sneakers_ml"
    photos: PhotosParams
    split: SplitParams
    embed: EmbedParams
    train: TrainParams
    index: IndexParams
    evaluate: EvaluateParams
    bundle: BundleParams


def load_params(path: Path) -> Params:
    """Read a params.yaml.

    Raises:
        ParamsError: naming the file, the key and what is wrong with it.
    """
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ParamsError(
            f"{path}: there is no params.yaml; run from the repository, or make one with `sneakers workspace DIR`"
        ) from None
    except OSError as error:
        raise ParamsError(f"{path}: cannot be read ({error.strerror}); check its rights") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ParamsError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from None
    try:
        return Params.model_validate(loaded)
    except ValidationError as error:
        faults = "; ".join(": ".join(filter(None, (".".join(map(str, e["loc"])), e["msg"]))) for e in error.errors())
        raise ParamsError(f"{path}: {faults}") from None
