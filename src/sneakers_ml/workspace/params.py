"""params.yaml as frozen models; a stage gets only its own section."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import ConfigDict, Field, ValidationError, model_validator

from sneakers_ml.errors import ParamsError
from sneakers_ml.registry import Section, problems_of

__all__ = [
    "AugmentationParams",
    "BundleParams",
    "CrawlCache",
    "CrawlChecks",
    "CrawlLimits",
    "CrawlParams",
    "CrawlRetries",
    "EmbedParams",
    "EngineParams",
    "EvaluateParams",
    "FinetuneParams",
    "IndexParams",
    "Params",
    "PhotosParams",
    "Seed",
    "SplitParams",
    "TrainParams",
    "load_params",
]

Share = Annotated[float, Field(gt=0, lt=0.5)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]


class CrawlRetries(Section):
    """What is done when a shop answers 429 or 5xx, or not at all."""

    times: int = Field(3, ge=0, description="Further attempts at a page or photo")
    first_wait: float = Field(2.0, ge=0, description="Seconds before the second attempt; doubled with each")
    longest_wait: float = Field(300.0, ge=0, description="Seconds; a shop that asks for more is left for another day")
    patience: float = Field(600.0, ge=0, description="Seconds of waiting that one page or photo is worth")
    give_up_after: int = Field(5, ge=1, description="Pages (or photos) given up in a row that end a shop's crawl")
    refused_after: int = Field(25, ge=1, description="Pages answered with 401 or 403 in a row that end it too")


class CrawlLimits(Section):
    """What one crawl may take, so that no shop can hang it or fill the disk."""

    seconds: float = Field(24 * 3600.0, gt=0, description="Time for a shop")
    timeout: float = Field(30.0, gt=0, description="Seconds for one answer, its last byte included")
    body: int = Field(20 * 2**20, ge=1024, description="Bytes of one answer, packed or unpacked")
    shop_bytes: int = Field(8 * 2**30, ge=1024, description="Bytes received from a shop")
    run_bytes: int = Field(24 * 2**30, ge=1024, description="Bytes received from all shops of a run")
    free_disk: int = Field(2**30, ge=0, description="Bytes that stay free on the disk of the workspace")
    pages: int = Field(50_000, ge=1, description="Pages of a shop")
    photos: int = Field(16, ge=0, description="Photos of a listing")
    photo_side: int = Field(200, ge=1, description="Pixels; a photo whose longest side is shorter is a thumbnail")


class CrawlChecks(Section):
    """When a crawl is not good enough to take the place of the last one."""

    shrink: float = Field(
        0.5, ge=0, le=1, description="Share that must be found again of the last crawl's listings, and of each field"
    )
    failed_pages: float = Field(0.05, ge=0, le=1, description="Share of pages that may fail")
    failed_photos: float = Field(0.1, ge=0, le=1, description="Share of photos that may fail")
    invalid: float = Field(0.05, ge=0, le=1, description="Share of items that may break the contract")


class CrawlCache(Section):
    """How long pages are kept to be asked for only when changed."""

    days: float = Field(90.0, ge=0)
    size: int = Field(512 * 2**20, ge=0, description="Bytes a shop")


class CrawlParams(Section):
    """How shops are crawled; the defaults are the manners towards real ones."""

    base: dict[str, str] = Field(default_factory=dict, description="Address of a shop in place of its own")
    delay: float = Field(1.0, ge=0, description="Seconds between two requests to a shop")
    concurrency: int = Field(1, ge=1, le=16, description="Requests to a shop at a time")
    autothrottle: bool = Field(True, description="Wait longer where a shop answers slowly")
    retries: CrawlRetries = CrawlRetries()
    limits: CrawlLimits = CrawlLimits()
    checks: CrawlChecks = CrawlChecks()
    cache: CrawlCache = CrawlCache()


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
    unseen: tuple[str, ...] | None = Field(None, description="Sources kept out of training to validate; None: chosen")


class _Sections(Section):
    """Beside its own keys it holds a section for each entry of a registry, which that one's own model checks."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, dict[str, Any]]

    @property
    def sections(self) -> dict[str, dict[str, Any]]:
        """Settings of entries by name, as the file holds them."""
        return self.__pydantic_extra__


class EngineParams(_Sections):
    """Where `photos` and `embed` run, how vectors are kept, and each engine's own settings."""

    name: str = "local"
    vectors: Literal["npy", "shards"] = Field(
        "npy", description="One array, or a folder of parquet files, which any other engine than local writes"
    )
    shard: int = Field(512, ge=1, description="Photos of a shard")

    @model_validator(mode="after")
    def _shards_elsewhere(self) -> Self:
        if self.name != "local" and self.vectors == "npy":
            raise ValueError(f"the engine {self.name} writes shards; set vectors: shards")
        return self


class EmbedParams(_Sections):
    """Which extractors run, with how many threads, and each extractor's own settings."""

    names: tuple[str, ...] = Field(description="Extractors that need nothing but the photo")
    fitted: tuple[str, ...] = Field((), description="Extractors that are fitted on training photos first")
    joined: tuple[str, ...] = Field((), description="Extractors made of the vectors of others")
    workers: int = Field(2, ge=1)
    chunk: int = Field(16, ge=1, description="Photos a worker takes at a time")

    @property
    def all(self) -> tuple[str, ...]:
        """Every extractor that runs."""
        return (*self.names, *self.fitted, *self.joined)


class TrainParams(_Sections):
    """Which classifiers are trained on which extractors' vectors, how they are tuned, and each one's own settings."""

    extractors: tuple[str, ...]
    names: tuple[str, ...]
    folds: int = Field(3, ge=2)
    seed: Seed = 20
    workers: int = Field(2, ge=1, description="Candidates fitted at a time")
    memory_mb: int = Field(4096, ge=256, description="Fewer at a time where they would need more than this")


class AugmentationParams(Section):
    """Probabilities of what happens to a training photo; 0 leaves a thing out."""

    ground: float = Field(0.7, ge=0, le=1, description="Another ground behind a shoe whose outline is known")
    low_resolution: float = Field(0.3, ge=0, le=1)
    blur: float = Field(0.15, ge=0, le=1)
    jpeg: float = Field(0.35, ge=0, le=1)
    occlusion: float = Field(0.25, ge=0, le=1)


class BrandObjective(Section):
    """Cross-entropy of the brand head."""

    weight: float = Field(1.0, ge=0)
    smoothing: float = Field(0.1, ge=0, lt=1, description="Of the labels")


class VectorObjective(Section):
    """A loss on the vectors of models or of colourways."""

    loss: str = "supcon"
    weight: float = Field(1.0, ge=0)


class FinetuneParams(_Sections):
    """Which networks are fine-tuned and how, the same for all; each backbone's own settings."""

    names: tuple[str, ...] = ()
    profile: str = "cpu"
    profiles: dict[str, dict[str, Any]] = Field(default_factory=dict, description="Values that a profile sets instead")
    seed: Seed = 20
    steps: int = Field(3000, ge=1, description="Batches")
    probe_steps: int = Field(80, ge=0, description="Of these, in which the heads learn alone")
    batch: int = Field(64, ge=4, multiple_of=2, description="Photos, in pairs of one model")
    side: int | None = Field(None, ge=32, description="Pixels of a photo; None: the backbone's own")
    served_side: int | None = Field(None, ge=32, description="Pixels once it is trained; None: the same")
    refit_steps: int = Field(0, ge=0, description="Batches of the network that serves, of all photos; 0: it stays")
    head_lr: float = Field(2e-3, gt=0)
    weight_decay: float = Field(0.02, ge=0)
    average: float = Field(0.998, ge=0, lt=1, description="Share that averaged weights keep from step to step")
    memory: int = Field(4096, ge=1, description="Vectors of earlier batches that a batch is compared with")
    true_colours: float = Field(0.5, ge=0, le=1, description="Share of pairs whose colours change little")
    mixed_precision: bool = Field(False, description="bfloat16 where it is safe")
    evaluate_every: int = Field(500, ge=1, description="Steps")
    patience: int = Field(10**6, ge=1, description="Steps without a better figure after which training stops")
    brand: BrandObjective = BrandObjective()
    model: VectorObjective = VectorObjective()
    colourway: VectorObjective = VectorObjective(weight=0.5)
    augmentation: AugmentationParams = AugmentationParams()
    losses: dict[str, dict[str, Any]] = Field(default_factory=dict, description="Settings of losses by name")

    @model_validator(mode="before")
    @classmethod
    def _of_profile(cls, values: Any) -> Any:
        """The values with those of the profile in their place."""
        if not isinstance(values, dict) or not values.get("profiles"):
            return values
        profile, profiles = values.get("profile", "cpu"), values["profiles"]
        if profile not in profiles:
            raise ValueError(f"there is no profile {profile!r}; choose from {', '.join(profiles)}")
        return {**values, **(profiles[profile] or {})}


class IndexParams(Section):
    """The gallery's index, and how careful answers are.

    `flat` keeps float32 vectors, `fp16` halves them; of the stores, only `faiss` keeps either.
    """

    store: str = Field("faiss", description="Where vectors are kept: faiss, faiss_ivf on disk, or milvus")
    dim: int | None = Field(None, ge=1, description="Numbers of a vector at most; longer ones are reduced; None: whole")
    codec: Literal["flat", "fp16"] = "fp16"
    known_kept: float = Field(0.9, gt=0, le=1, description="Share of photos of learnt brands that count as known")
    sneakers_kept: float = Field(0.97, gt=0, le=1, description="Share of sneakers that are not taken for other things")
    same_precision: float = Field(0.95, gt=0, le=1, description="Of neighbours called the same product, the share")
    same_model_precision: float = Field(0.9, gt=0, le=1, description="Of those called the same model, the share")
    stores: dict[str, dict[str, Any]] = Field(default_factory=dict, description="Settings of stores by name")


class TextParams(Section):
    """The text tower and the photo head: which, and of `ngrams` their size and how they learn."""

    tower: str = Field("ngrams", description="Or open_clip, where there are vectors of the extractor open_clip")
    weight: float = Field(0.3, ge=0, description="Of the vectors beside the words in a search; 0 leaves them out")
    seed: Seed = 20
    epochs: float = Field(24.0, gt=0, description="Times that the photos are gone through, in 200 batches or more")
    batch: int = Field(256, ge=2, description="Photos, each with a caption")
    width: int = Field(128, ge=8, description="Numbers of an n-gram's vector")
    hidden: int = Field(1024, ge=8, description="Of the photo head")
    dim: int = Field(128, ge=8, description="Of the space in which texts and photos meet")
    dropout: float = Field(0.4, ge=0, lt=1)
    lr: float = Field(2e-3, gt=0)
    weight_decay: float = Field(0.3, ge=0)
    temperature: float = Field(0.07, gt=0, description="Of similarities, at the start; it is learnt")


class EvaluateParams(Section):
    """Bootstrap of the intervals, and what may serve."""

    resamples: int = Field(1000, ge=100)
    seed: Seed = 20
    milliseconds: float = Field(60.0, gt=0, description="From a photo to its brand, on two threads")
    megabytes: float = Field(60.0, gt=0, description="Of a bundle's graphs and index")
    serve: str | None = Field(None, description="A brand model that serves whatever the figures say")


class BundleParams(Section):
    """What goes to serving beside the models that `evaluate` chose."""

    thumbnail_side: int = Field(320, ge=96, description="Pixels, at most")
    thumbnail_megabytes: float = Field(25.0, gt=0, description="Of all; many photos get smaller ones")


class Params(Section):
    """The whole file."""

    code: str = "src/sneakers_ml"
    crawl: CrawlParams = CrawlParams()
    engine: EngineParams = EngineParams()
    photos: PhotosParams
    split: SplitParams
    embed: EmbedParams
    finetune: FinetuneParams = FinetuneParams()
    train: TrainParams
    index: IndexParams
    text: TextParams = TextParams()
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
        raise ParamsError(f"{path}: {problems_of(error)}") from None
