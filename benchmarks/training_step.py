"""Photos a second of a training step, with and without what the stage `finetune` does about freed memory.

    .venv/bin/python -m benchmarks.training_step --backbone efficientnet_lite0 --side 192 --steps 20

Steps are those of `sneakers_ml.networks.finetune.train_network` with every layer learning, augmentation and losses
included; the photos are drawn noise. Each run is a process of its own, as `keep_freed_memory` cannot be taken back.
Both ways take turns; figures are of the median step of all rounds, the peak is Linux's VmHWM. Seconds of the processor,
of all threads and of the system on their behalf, hold on a busy machine too.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks.common import calibrate, in_own_process, peak_mib, print_table, run

_PHOTOS = 64
_SETTLING = 3  # steps that do not count


def steps_here(backbone: str, side: int, batch: int, steps: int, keep: bool) -> tuple[list[list[float]], float]:
    """Seconds of each step in this process, by the clock and of the processor, and the MiB at its peak."""
    from sneakers_ml.networks.backbone import BACKBONES
    from sneakers_ml.networks.finetune import Run, train_network
    from sneakers_ml.networks.memory import keep_freed_memory
    from sneakers_ml.networks.photos import TrainingPhotos, cut_shoe
    from sneakers_ml.workspace.params import FinetuneParams

    if keep:
        keep_freed_memory()
    rng = np.random.default_rng(0)
    shoes = [cut_shoe(photo, side) for photo in rng.integers(0, 256, (_PHOTOS, side, side, 3), dtype=np.uint8)]
    models = np.arange(_PHOTOS) // 4
    photos = TrainingPhotos(shoes, ("one", "other"), models % 2, models % 3, models, models)
    settings = BACKBONES.settings(backbone, {backbone: {"side": side}})
    params = FinetuneParams(steps=_SETTLING + steps + 1, probe_steps=0, batch=batch, evaluate_every=10**9)
    ends: list[tuple[float, float]] = []

    def on_progress(_done: int, _total: int) -> None:
        ends.append((time.perf_counter(), time.process_time()))

    with tempfile.TemporaryDirectory() as folder:
        place = Run(Path(folder) / "checkpoint", Path(folder), "", on_progress)
        train_network(BACKBONES[backbone](settings), settings, params, photos, photos, place)
    return np.diff(ends, axis=0)[_SETTLING - 1 : -1].tolist(), peak_mib()  # the last step validates


def main(
    backbone: Annotated[str, typer.Option(help="One whose weights are at hand.")] = "efficientnet_lite0",
    side: Annotated[int, typer.Option(help="Pixels.")] = 192,
    batch: Annotated[int, typer.Option(help="Photos a step.")] = 64,
    steps: Annotated[int, typer.Option(help="Steps that count in each round.")] = 10,
    rounds: Annotated[int, typer.Option(help="Rounds, each in both ways.")] = 2,
) -> None:
    """Print rates and peaks."""
    calibrate()
    taken: dict[bool, list[list[float]]] = {False: [], True: []}
    peaks = dict.fromkeys(taken, 0.0)
    for _ in range(rounds):
        for keep in taken:
            seconds, peak = in_own_process(steps_here, backbone, side, batch, steps, keep)
            taken[keep] += seconds
            peaks[keep] = max(peaks[keep], peak)
    medians = {keep: np.median(seconds, axis=0) for keep, seconds in taken.items()}
    rows = []
    for keep, (clock, processor) in medians.items():
        shares = (f"{one / other:.2f}" for one, other in zip((clock, processor), medians[False], strict=True))
        name = "freed memory is kept" if keep else "glibc's own way"
        figures = f"{batch / clock:.1f}", f"{1e3 * clock:.0f}", f"{1e3 * processor:.0f}", *shares, f"{peaks[keep]:.0f}"
        rows.append((name, *figures))
    print_table(["", "photos/s", "ms a step", "processor ms", "share", "share", "peak MiB"], rows)
    calibrate()


if __name__ == "__main__":
    run(main)
