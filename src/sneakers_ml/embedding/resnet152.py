"""The extractor `resnet152`: ResNet-152 up to its pooled last feature map (He et al., CVPR 2016)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from sneakers_ml.errors import DataError
from sneakers_ml.features.extractor import EXTRACTORS, GRAPH, Context, ExtractorSpec
from sneakers_ml.files import file_sha256
from sneakers_ml.registry import Section

if TYPE_CHECKING:
    from sneakers_ml.embedding.weights import Hub, Weights

__all__ = ["PREPROCESSING", "Resnet152Params", "export_resnet152", "prepare", "resnet152_hub"]

_SIDE, _DIM = 224, 2048
_DEPTH = 255
PREPROCESSING: dict[str, Any] = {
    "side": _SIDE,
    "resize": 232,
    "mean": [round(_DEPTH * share, 3) for share in (0.485, 0.456, 0.406)],
    "std": [round(_DEPTH * share, 3) for share in (0.229, 0.224, 0.225)],
}
"""That of the weights, in units of a byte: what an `OnnxExtractor` does before it runs the graph."""
_SEED = 20
_SETTING = "embed.resnet152.weights"


class Resnet152Params(Section):
    """`auto`: the torch cache, else the hub, else untrained with a warning; `random`: untrained; else a file."""

    weights: str = Field("auto", min_length=1)


@EXTRACTORS.register("resnet152", Resnet152Params)
def prepare(params: Resnet152Params, folder: Path, context: Context) -> ExtractorSpec:
    """The network with the weights that are at hand.

    Raises:
        DataError: when a file of weights is missing, damaged or of another network.
    """
    weights = export_resnet152(params.weights, folder / GRAPH)
    if weights.warning:
        context.warnings.append(weights.warning)
    return ExtractorSpec(
        name="resnet152",
        kind="onnx",
        dim=_DIM,
        settings=PREPROCESSING,
        weights=weights.origin,
        graph_sha256=file_sha256(folder / GRAPH),
    )


def resnet152_hub() -> Hub:
    """torchvision's better ImageNet weights, in torch's own cache (TORCH_HOME moves it)."""
    import torch
    from torchvision.models import ResNet152_Weights

    from sneakers_ml.embedding.weights import Hub

    weights = ResNet152_Weights.IMAGENET1K_V2
    return Hub(str(weights), weights.url, Path(torch.hub.get_dir()) / "checkpoints")


def export_resnet152(
    choice: str, target: Path, *, hub: Hub | None = None, build: Callable[[], Any] | None = None
) -> Weights:
    """Write the network up to its pooled last feature map as ONNX.

    Input `photos` (n, 3, 224, 224) float32, (RGB / 255 - mean) / deviation of ImageNet; output `vectors` (n, 2048)
    float32 unit rows. Untrained, the network is that of a fixed seed; its activations grow to some 1e7, which unit
    length mends.

    Args:
        choice: `auto`, `random` or a file, as `find_weights` takes it.
        target: the graph.
        hub: where `auto` looks; torchvision's own unless told.
        build: makes the untrained network; torchvision's own unless told.

    Returns:
        Where the weights are from, without them.

    Raises:
        DataError: when the file is missing, damaged or of another network.
    """
    import torch
    from torchvision.models import resnet152

    from sneakers_ml.embedding.export import export_network
    from sneakers_ml.embedding.weights import Weights, find_weights

    weights = find_weights(choice, hub or resnet152_hub(), _SETTING)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        network = (build or resnet152)()
    network.fc = torch.nn.Identity()
    if weights.state is not None:  # but for the classifier of ImageNet
        state = {name: tensor for name, tensor in weights.state.items() if not name.startswith("fc.")}
        try:
            network.load_state_dict(state)
        except RuntimeError:
            raise DataError(
                f"{_SETTING}: {choice} holds the weights of another network than torchvision's resnet152"
            ) from None
    export_network(network, target, side=_SIDE, dim=_DIM)
    return Weights(weights.origin, warning=weights.warning)
