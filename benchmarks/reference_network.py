"""The torch network behind a workspace's ResNet152, so that both sides of a comparison have the same weights."""

from __future__ import annotations

import tempfile
from pathlib import Path

from torch import nn
from torchvision.models import ResNet, resnet152

from sneakers_ml.embedding.resnet152 import export_resnet152
from sneakers_ml.errors import DataError
from sneakers_ml.features.extractor import GRAPH, read_spec
from sneakers_ml.files import file_sha256
from sneakers_ml.workspace.params import EmbedParams
from sneakers_ml.workspace.paths import Workspace

__all__ = ["workspace_resnet152"]


def workspace_resnet152(workspace: Workspace, params: EmbedParams) -> nn.Module:
    """The network without its last layer, from photos (n, 3, 224, 224) to vectors (n, 2048).

    It is exported once more on the way: the same bytes prove that it is the network of the workspace's graph.

    Raises:
        BundleError: when the workspace has no ResNet152.
        DataError: when params.yaml now leads to other weights than the workspace's graph has.
    """
    made: list[nn.Module] = []

    def build() -> ResNet:
        network = resnet152()
        made.append(network)
        return network

    spec = read_spec(workspace.extractor("resnet152"))
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder) / GRAPH
        weights = export_resnet152(params.resnet152.weights, graph, build=build)
        if file_sha256(graph) != spec.graph_sha256:
            raise DataError(
                f"{workspace.extractor('resnet152')}: holds the weights {spec.weights!r}, but params.yaml leads to "
                f"{weights.origin!r}; run `sneakers embed resnet152`"
            )
    return made[-1].eval()
