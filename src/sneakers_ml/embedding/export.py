"""Any torch network as an ONNX graph: photos or texts in, vectors out."""

from __future__ import annotations

import warnings
from pathlib import Path

import onnx
import torch
from torch import nn

from sneakers_ml.errors import ParityError
from sneakers_ml.inference.session import OPSET

__all__ = ["export_graph", "export_network", "require_parity"]

_TOLERANCE = 1e-4
_AXES = "batch", "words", "grams"


class _UnitVector(nn.Module):
    """A network whose rows are scaled to unit length."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, photos: torch.Tensor) -> torch.Tensor:
        return nn.functional.normalize(self.network(photos), dim=1)


def export_network(network: nn.Module, target: Path, *, side: int, dim: int) -> None:
    """`export_graph` of a network whose rows are scaled to unit length."""
    export_graph(_UnitVector(network), target, torch.zeros(2, 3, side, side), dim=dim)


def export_graph(
    network: nn.Module, target: Path, example: torch.Tensor, *, dim: int, name: str = "photos", free: int = 1
) -> None:
    """Write a network as one ONNX file; the same weights give the same bytes.

    It is traced by the exporter of TorchScript: of networks without branches it makes graphs that run as fast and
    answer alike as those of the newer exporter, in less than half of its time.

    Args:
        network: from what the example is to (n, dim) rows.
        target: the graph: one input, output `vectors` (n, dim).
        example: an input, its first length more than 1.
        dim: length of a row; the exporter does not work it out.
        name: of the input.
        free: of how many of its first axes the input may be of any length.
    """
    temporary = target.with_name(target.name + ".part")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the newer exporter, and of paddings that are folded when the graph loads
        torch.onnx.export(
            network.eval(),
            (example,),
            str(temporary),
            dynamo=False,
            do_constant_folding=False,  # float16 weights stay so in the file; ONNX Runtime folds when it loads
            opset_version=OPSET,
            input_names=[name],
            output_names=["vectors"],
            dynamic_axes={name: dict(enumerate(_AXES[:free])), "vectors": {0: "batch"}},
        )
    model = onnx.load(temporary)
    # The exporter's notes name source files by path: the hash must not depend on where the code lies.
    for part in (model, model.graph, *model.graph.node, *model.graph.initializer, *model.graph.value_info):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = dim
    onnx.save(model, temporary)
    temporary.replace(target)


def require_parity(graph: Path, difference: float, own: str = "the trained one") -> None:
    """Refuse a graph whose largest difference to `own`, in numbers of at most about 1, is over 1e-4.

    Raises:
        ParityError: then.
    """
    if not difference <= _TOLERANCE:  # a NaN is a difference too
        raise ParityError(
            f"{graph}: the exported network differs from {own} by up to {difference:.2g} (allowed: {_TOLERANCE:g});"
            " it was not kept"
        )
