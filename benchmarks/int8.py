"""What does a fine-tuned network lose and gain in int8? Its convolutions, quantised with photos it was trained on.

    .venv/bin/python -m benchmarks.int8 efficientnet_lite0 --workspace WORKSPACE

Weights are quantised by channel, activations by the range that `--photos` training photos show (ONNX Runtime's static
quantisation, QDQ). Validation photos then ask: brands by the head, similarity among all of them. Milliseconds are of
one photo through the graph, medians of turns, on one and two threads.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quant_pre_process, quantize_static
from sklearn.metrics import f1_score

from benchmarks.common import calibrate, print_table, run, seconds_by_name
from sneakers_ml.evaluation.metrics.retrieval import retrieval_metrics
from sneakers_ml.features.crop import fill_square
from sneakers_ml.features.extractor import GRAPH, ExtractorSpec, read_spec
from sneakers_ml.features.network import OnnxExtractor, network_input
from sneakers_ml.inference.session import OnnxSession
from sneakers_ml.networks.labels import training_table
from sneakers_ml.networks.photos import TrainingPhotos
from sneakers_ml.networks.pixels import served
from sneakers_ml.workspace.paths import Workspace


class _Photos(CalibrationDataReader):
    def __init__(self, inputs: Iterator[NDArray[np.float32]]) -> None:
        self._inputs = inputs

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        photo = next(self._inputs, None)
        return None if photo is None else {"photos": photo[None]}


def _inputs(spec: ExtractorSpec, photos: TrainingPhotos) -> Iterator[NDArray[np.float32]]:
    mean, std = (np.asarray(spec.settings[name], np.float32).reshape(3, 1, 1) for name in ("mean", "std"))
    return (network_input(fill_square(served(shoe), spec.settings["side"]), mean, std) for shoe in photos.shoes)


def _figures(spec: ExtractorSpec, graph: Path, photos: TrainingPhotos) -> tuple[float, ...]:
    extractor = OnnxExtractor(OnnxSession(graph, threads=2), dim=spec.dim, **spec.settings)
    rows = np.concatenate([extractor.transform([served(shoe)]) for shoe in photos.shoes])
    named, vectors = rows[:, spec.searched :].argmax(axis=1), spec.search_rows(rows)
    models = np.where(photos.model >= 0, photos.model, -1 - np.arange(len(photos))).astype(str)
    found = retrieval_metrics(vectors, vectors, models, models, np.arange(len(models)), ks=(1,))
    macro_f1 = f1_score(photos.label, named, average="macro", labels=np.unique(photos.label))
    return float(np.mean(named == photos.label)), float(macro_f1), float(found.hits.mean())


def main(
    network: Annotated[str, typer.Argument(help="A backbone that was fine-tuned.")],
    workspace: Annotated[Path, typer.Option(help="Where.")],
    photos: Annotated[int, typer.Option(help="Training photos that show the range of activations.")] = 256,
    rounds: Annotated[int, typer.Option(help="Turns.")] = 100,
) -> None:
    """Print both graphs' figures."""
    home = Workspace(workspace)
    folder = home.network(network)
    spec = read_spec(folder)
    table = training_table(home)
    some = table[table["split"] == "train"].sample(photos, random_state=20)
    asked = table[(table["split"] == "val") & table["known"]]
    shown, validation = (TrainingPhotos.read(rows, home.photos, labels=spec.brands) for rows in (some, asked))
    with tempfile.TemporaryDirectory() as place:
        prepared, small = Path(place) / "prepared.onnx", Path(place) / "int8.onnx"
        quant_pre_process(str(folder / GRAPH), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(small),
            _Photos(_inputs(spec, shown)),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            activation_type=QuantType.QUInt8,
        )
        graphs = {"float32": folder / GRAPH, "int8": small}
        photo = next(_inputs(spec, shown))[None]
        sessions = {
            f"{name} {threads}": OnnxSession(graph, threads=threads)
            for name, graph in graphs.items()
            for threads in (1, 2)
        }
        calibrate()
        took = seconds_by_name({name: lambda one=one: one.run(photo) for name, one in sessions.items()}, rounds)
        rows = []
        for name, graph in graphs.items():
            figures = [f"{figure:.4f}" for figure in _figures(spec, graph, validation)]
            times = [f"{1000 * took[f'{name} {threads}']:.1f}" for threads in (1, 2)]
            rows.append([name, f"{graph.stat().st_size / 1e6:.1f}", *times, *figures])
    print_table(["graph", "MB", "ms, 1 thread", "2 threads", "accuracy", "macro-F1", "recall@1"], rows)


if __name__ == "__main__":
    run(main)
