"""The extractor `tinynet`: ResNet-152 with 4 blocks for its 50, untrained, for tests that need no more of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from torchvision.models import ResNet
from torchvision.models.resnet import Bottleneck

from sneakers_ml.embedding.resnet152 import PREPROCESSING, export_resnet152
from sneakers_ml.features.extractor import EXTRACTORS, GRAPH, Context, ExtractorSpec
from sneakers_ml.files import file_sha256
from sneakers_ml.registry import Section

__all__ = ["small_resnet"]

small_resnet = partial(ResNet, Bottleneck, [1, 1, 1, 1], width_per_group=4)


@EXTRACTORS.register("tinynet")
def prepare(params: Section, folder: Path, context: Context) -> ExtractorSpec:
    graph = folder / GRAPH
    weights = export_resnet152("random", graph, build=small_resnet).origin
    sha256 = file_sha256(graph)
    return ExtractorSpec(
        name="tinynet", kind="onnx", dim=2048, settings=PREPROCESSING, weights=weights, graph_sha256=sha256
    )
