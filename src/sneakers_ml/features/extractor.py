"""What an extractor is, and how one is loaded from the folder that describes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from sneakers_ml.errors import BundleError, DataError, UsageError
from sneakers_ml.files import file_sha256, read_json
from sneakers_ml.registry import Registry
from sneakers_ml.vectors import unit_rows

__all__ = [
    "EXTRACTORS",
    "GRAPH",
    "KINDS",
    "TUNED",
    "UNTRAINED",
    "Context",
    "Extractor",
    "ExtractorSpec",
    "load_extractor",
    "open_extractor",
    "read_spec",
    "shown_name",
]

GRAPH = "model.onnx"
UNTRAINED = "random"
"""What a spec's `weights` are where a network was not trained."""
TUNED = "tuned_"
"""What the name of a fine-tuned network begins with, before that of its backbone."""
_SPEC = "extractor.json"


class Extractor(Protocol):
    """Shoes to vectors; `transform` may be called from several threads at once."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def transform(self, shoes: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(n, dim) float32, C order, of n photos (H, W, 3) RGB, each cut to its shoe."""


class ExtractorSpec(BaseModel):
    """extractor.json: everything that ties vectors to the way they were computed; `kind` is a name in `KINDS`.

    A vector of a fine-tuned network holds two things: `searched` numbers that similarity is measured by, then a logit
    for each of `brands`. Other extractors leave both out: all of a vector is searched.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    kind: str
    dim: int
    settings: dict[str, Any]
    weights: str
    graph_sha256: str | None = None
    searched: int | None = None
    brands: tuple[str, ...] = ()

    def search_rows(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, d) unit rows to search with, of (n, dim) vectors."""
        return unit_rows(np.asarray(vectors[:, : self.searched]))

    def save(self, folder: Path) -> None:
        """Write extractor.json into the folder."""
        (folder / _SPEC).write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")


def _no_photos() -> list[Path]:
    raise DataError("there are no training photos to fit an extractor on; run `sneakers split`")


@dataclass(frozen=True)
class Context:
    """What preparing an extractor may need beside its settings."""

    extractors: Path
    """Folder of the other extractors' folders."""
    training_files: Callable[[], list[Path]] = _no_photos
    """Training photos of the learnt brands; only extractors that are fitted ask, as there may be no split yet."""
    warnings: list[str] = field(default_factory=list)
    """Sentences for the person who runs the stage are added here."""


KINDS: Registry[Callable[[ExtractorSpec, Path, int], Extractor]] = Registry("kind of extractor", "sneakers_ml.features")
"""Kind -> how an extractor is built from its spec, the path of its graph and a number of threads (0: all)."""

EXTRACTORS: Registry[Callable[[Any, Path, Context], ExtractorSpec]] = Registry(
    "extractor", "sneakers_ml.features", "sneakers_ml.embedding", section="embed"
)
"""Name -> what prepares an extractor: given its settings, it fills a folder and describes what is in it."""


def read_spec(folder: Path) -> ExtractorSpec:
    """Read extractor.json.

    Raises:
        BundleError: when it is missing or does not fit.
    """
    return read_json(folder / _SPEC, ExtractorSpec, f"sneakers embed {folder.name}")


def open_extractor(spec: ExtractorSpec, graph: Path, *, threads: int = 0) -> Extractor:
    """The extractor of a spec and its graph.

    Raises:
        BundleError: when the graph is damaged, or this version knows no such kind.
    """
    try:
        build = KINDS[spec.kind]
    except UsageError as error:
        raise BundleError(f"{spec.name}: {error}; run `sneakers embed {spec.name}`") from None
    try:
        return build(spec, graph, threads)
    except (TypeError, ValueError, KeyError, MemoryError, ArithmeticError) as error:
        reason = " ".join(str(error).split())[:120]
        raise BundleError(f"{spec.name}: unusable settings ({reason}); run `sneakers embed {spec.name}`") from None


def load_extractor(folder: Path, *, threads: int = 0) -> Extractor:
    """The extractor that a folder describes.

    Raises:
        BundleError: when the folder is missing or damaged.
    """
    spec, graph = read_spec(folder), folder / GRAPH
    if spec.graph_sha256 is not None and (not graph.exists() or file_sha256(graph) != spec.graph_sha256):
        raise BundleError(f"{graph}: not the graph that {_SPEC} describes; run `sneakers embed {folder.name}`")
    return open_extractor(spec, graph, threads=threads)


def shown_name(name: str, weights: str) -> str:
    """An extractor's name for people, given its `weights`: whether its network is untrained must not be missed."""
    return f"{name} (untrained)" if weights == UNTRAINED else name
