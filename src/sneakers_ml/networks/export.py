"""A network as it is served: the pixels it sees, its graph, and the proof that both answer alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from sneakers_ml.embedding.export import export_graph, require_parity
from sneakers_ml.features.crop import fill_square
from sneakers_ml.features.extractor import GRAPH, ExtractorSpec
from sneakers_ml.features.network import OnnxExtractor
from sneakers_ml.files import file_sha256
from sneakers_ml.inference.session import OnnxSession
from sneakers_ml.networks.photos import TrainingPhotos
from sneakers_ml.networks.pixels import as_tensor, served
from sneakers_ml.networks.search import SearchNetwork
from sneakers_ml.vectors import softmax

__all__ = ["check_parity", "export"]


def export(network: SearchNetwork, folder: Path, *, name: str, side: int) -> ExtractorSpec:
    """Write model.onnx and extractor.json: a fine-tuned network is an extractor like any other."""
    labels, backbone = network.network.labels, network.network.backbone
    dim = network.searched + len(labels)
    export_graph(network, folder / GRAPH, torch.zeros(2, 3, side, side), dim=dim)
    spec = ExtractorSpec(
        name=name,
        kind="onnx",
        dim=dim,
        settings={"side": side, "mean": list(backbone.mean), "std": list(backbone.std)},
        weights=backbone.weights,
        graph_sha256=file_sha256(folder / GRAPH),
        searched=network.searched,
        brands=labels,
    )
    spec.save(folder)
    return spec


def check_parity(network: SearchNetwork, folder: Path, spec: ExtractorSpec, photos: TrainingPhotos) -> float:
    """Largest difference of a number of a vector, or of a brand's probability, between a network and its graph.

    Raises:
        ParityError: when it is over 1e-4.
    """
    extractor = OnnxExtractor(OnnxSession(folder / GRAPH), dim=spec.dim, **spec.settings)
    differences = []
    for shoe in photos.shoes:
        cut = served(shoe)
        exported = extractor.transform([cut])[0]
        with torch.inference_mode():
            pixels = as_tensor([fill_square(cut, spec.settings["side"])], network.network.backbone)
            trained = network(pixels)[0].numpy()
        rows = (_vector_and_probabilities(row, spec) for row in (exported, trained))
        differences += [np.abs(one - other).max() for one, other in zip(*rows, strict=True)]
    difference = float(np.max(differences))
    require_parity(folder / GRAPH, difference)
    return difference


def _vector_and_probabilities(row: NDArray[np.float32], spec: ExtractorSpec) -> tuple[NDArray[np.float64], ...]:
    return row[: spec.searched].astype(np.float64), softmax(row[None, spec.searched :])[0]
