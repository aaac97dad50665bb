"""What an extractor is, and how one is loaded from the folder that describes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from sneakers_ml.errors import BundleError
from sneakers_ml.features.concat import Concat, unit_rows
from sneakers_ml.features.hog import Hog
from sneakers_ml.features.network import OnnxExtractor
from sneakers_ml.features.sift import Sift
from sneakers_ml.files import file_sha256, read_json
from sneakers_ml.onnx_session import OnnxSession

__all__ = [
    "GRAPH",
    "LOADERS",
    "UNTRAINED",
    "Extractor",
    "ExtractorSpec",
    "load_extractor",
    "read_spec",
    "shown_name",
    "unit_rows",
]

GRAPH = "model.onnx"
UNTRAINED = "random"
"""What a spec's `weights` are where a network was not trained."""
_SPEC = "extractor.json"


class Extractor(Protocol):
    """Shoes to vectors; `transform` may be called from several threads at once."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def transform(self, shoes: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(n, dim) float32, C order, of n photos (H, W, 3) RGB, each cut to its shoe."""


class ExtractorSpec(BaseModel):
    """extractor.json: everything that ties vectors to the way they were computed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    kind: Literal["hog", "sift", "onnx", "concat"]
    dim: int
    settings: dict[str, Any]
    weights: str
    graph_sha256: str | None = None

    def save(self, folder: Path) -> None:
        """Write extractor.json into the folder."""
        (folder / _SPEC).write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")


def _load_hog(spec: ExtractorSpec, _graph: Path, _threads: int) -> Extractor:
    return Hog(**spec.settings)


def _load_onnx(spec: ExtractorSpec, graph: Path, threads: int) -> Extractor:
    return OnnxExtractor(OnnxSession(graph, threads=threads), dim=spec.dim, **spec.settings)


def _load_sift(spec: ExtractorSpec, graph: Path, threads: int) -> Extractor:
    return Sift(OnnxSession(graph, threads=threads), dim=spec.dim, **spec.settings)


def _load_concat(spec: ExtractorSpec, graph: Path, threads: int) -> Extractor:
    """The parts lie in folders beside this one's."""
    folders = [graph.parent.parent / name for name in spec.settings["parts"]]
    specs = [read_spec(folder) for folder in folders]
    if any(part.kind == "concat" for part in specs) or sum(part.dim for part in specs) != spec.dim:
        raise BundleError(f"{graph.parent}: made of other extractors than lie beside it; run `sneakers embed concat`")
    return Concat([load_extractor(folder, threads=threads) for folder in folders])


LOADERS: dict[str, Callable[[ExtractorSpec, Path, int], Extractor]] = {
    "hog": _load_hog,
    "sift": _load_sift,
    "onnx": _load_onnx,
    "concat": _load_concat,
}
"""Kind of extractor -> how to build it from its spec, the path of its graph and a number of threads (0: all)."""


def read_spec(folder: Path) -> ExtractorSpec:
    """Read extractor.json.

    Raises:
        BundleError: when it is missing or does not fit.
    """
    return read_json(folder / _SPEC, ExtractorSpec, f"sneakers embed {folder.name}")


def load_extractor(folder: Path, *, threads: int = 0) -> Extractor:
    """The extractor a folder describes.

    Raises:
        BundleError: when the folder is missing or damaged.
    """
    spec, graph = read_spec(folder), folder / GRAPH
    if spec.graph_sha256 is not None and (not graph.exists() or file_sha256(graph) != spec.graph_sha256):
        raise BundleError(f"{graph}: not the graph that {_SPEC} describes; run `sneakers embed {folder.name}`")
    return LOADERS[spec.kind](spec, graph, threads)


def shown_name(name: str, weights: str) -> str:
    """An extractor's name for people, given its `weights`: whether its network is untrained must not be missed."""
    return f"{name} (untrained)" if weights == UNTRAINED else name
