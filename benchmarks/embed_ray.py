"""The engine `ray` against the local one: the same vectors, how fast a core is, and what kills cost.

    .venv/bin/python -m benchmarks.embed_ray --photos ../photos

Local threads, one a core, and two Ray nodes of this machine with a core each embed the same photos in turn, some rounds
long; medians are printed, of the ratios too. What counts is from the first call to the last vector on the disk:
connecting and starting actors too, which takes some seconds however many photos there are. Seconds are those of the
clock, or of the processor in every process of Ray's too, which other work on the machine changes less.

Then, each time on shards made anew: one of two nodes is killed by its process id when a third of the photos is done;
and a run that has a cluster of its own is killed as often as asked, at random moments, and run to its end. Every time
all vectors are compared with the local engine's, byte by byte, and the folder is searched for what does not belong.

Photos are read where they lie. It needs the extra scale.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Self

import pandas as pd
import psutil
import typer

from benchmarks.common import calibrate, photo_files, print_table, run
from sneakers_ml.embedding.embed import embed
from sneakers_ml.embedding.prepare import prepare_extractor
from sneakers_ml.embedding.store import load_features
from sneakers_ml.engine import ENGINES, Engine
from sneakers_ml.tables import write_table
from sneakers_ml.workspace.params import load_params
from sneakers_ml.workspace.paths import PROJECT_ROOT, Workspace
from tests.support.ray_nodes import ray_nodes

_CORES = 2  # nodes with one each, so that both sides have as many
_COMMAND = "from sneakers_ml.cli import main; main()"


class Race:
    """One set of photos, and the local engine's vectors of them, that every other run must come to."""

    def __init__(self, folder: Path, photos: list[Path], name: str, shard: int) -> None:
        self.folder, self.name, self.shard = folder, name, shard
        self._photos = photos
        self.local = self.workspace("local")

    def workspace(self, name: str) -> Workspace:
        """An empty workspace of these photos."""
        place = Workspace(self.folder / name)
        shutil.rmtree(place.root, ignore_errors=True)
        place.root.mkdir()
        text = (PROJECT_ROOT / "params.yaml").read_text(encoding="utf-8")
        place.params.write_text(text.replace("shard: 512", f"shard: {self.shard}"), encoding="utf-8")
        ids = [hashlib.sha1(str(file).encode(), usedforsecurity=False).hexdigest() for file in self._photos]
        write_table(pd.DataFrame({"photo_id": ids, "file": [str(file) for file in self._photos]}), place.photo_table)
        return place

    def embed(
        self,
        place: Workspace,
        engine: Engine | None = None,
        on_photos: Callable[[int], None] = lambda _: None,
        *,
        holder: int | None = None,
    ) -> dict[str, float]:
        """Photos a second and core.

        Args:
            place: an empty workspace.
            engine: or local threads, one a core.
            on_photos: hears how many are done.
            holder: the process that holds the cluster.
        """
        params = load_params(place.params).embed.model_copy(update={"workers": _CORES})
        prepare_extractor(self.name, params, place.extractor(self.name))  # imports what it needs, which is not counted
        with ProcessorTime(holder) as meter:
            before = meter.seconds()
            result = embed(place, self.name, params, lambda done, _: on_photos(done), engine=engine, shard=self.shard)
            burnt = meter.seconds() - before
        return {"by the clock": result.rate / _CORES, "by the processor": result.photos / burnt}

    def verdict(self, place: Workspace) -> str:
        """Whether the vectors are the local engine's, and nothing else lies beside them."""
        ours, theirs = (load_features(each.features, self.name) for each in (place, self.local))
        same = ours.photo_ids == theirs.photo_ids and ours.vectors.tobytes() == theirs.vectors.tobytes()
        wanted = -(-len(ours.photo_ids) // self.shard)
        strays = len(list((place.features / f"{self.name}.shards").iterdir())) - wanted
        return f"{'equal' if same else 'NOT EQUAL'} to the local engine's byte by byte, {strays} stray files"


class ProcessorTime:
    """Seconds of this process and of a cluster's, which are asked time and again: Ray's workers end without account."""

    def __init__(self, holder: int | None) -> None:
        self._roots = [psutil.Process(), *([psutil.Process(holder)] if holder else [])]
        self._seen: dict[int, float] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.5):
            self.seconds()

    def seconds(self) -> float:
        """Since each process began."""
        for each in [process for root in self._roots for process in (root, *root.children(recursive=True))]:
            with suppress(psutil.NoSuchProcess):
                self._seen[each.pid] = sum(each.cpu_times()[:2])
        return sum(list(self._seen.values()))


def main(
    photos: Annotated[Path, typer.Option(help="Folder of photos.")] = Path("data/photos/images"),
    count: Annotated[int, typer.Option(help="Photos; more than there are come round again.")] = 5000,
    extractor: Annotated[str, typer.Option()] = "efficientnet_lite0",
    shard: Annotated[int, typer.Option(help="Photos of a shard.")] = 128,
    rounds: Annotated[int, typer.Option(min=1, help="Races, in which both take turns.")] = 3,
    kills: Annotated[int, typer.Option(help="Of a run with a cluster of its own, at random moments.")] = 5,
    killed_count: Annotated[int, typer.Option(help="Photos of that run.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of the moments.")] = 20,
) -> None:
    """Print rates and verdicts."""
    calibrate()
    ray = ENGINES["ray"]
    with tempfile.TemporaryDirectory() as folder:
        files = [file.resolve() for file in photo_files(photos, count)]
        race, verdicts = Race(Path(folder), files, extractor, shard), []
        rates: list[tuple[dict[str, float], ...]] = []
        with ray_nodes() as nodes:
            engine = ray(ENGINES.settings("ray", {"ray": {"address": nodes.address}}))
            for _ in range(rounds):
                local = race.embed(race.workspace("local"))
                place = race.workspace("ray")
                rates.append((local, race.embed(place, engine, holder=nodes.holder)))
                verdicts.append(("two nodes", race.verdict(place)))
                print(*rates[-1], verdicts[-1], sep="\n", flush=True)

            killed: list[int] = []

            def kill(done: int) -> None:
                if done >= count / 3 and not killed:
                    os.kill(nodes.raylets[1], signal.SIGKILL)
                    killed.append(done)

            place, started = race.workspace("ray"), time.perf_counter()
            race.embed(place, engine, kill)
            verdicts.append((f"a node killed after {killed[0]} of {count} photos", race.verdict(place)))
            print(verdicts[-1], f"{time.perf_counter() - started:.0f} s", flush=True)
        if kills:
            race = Race(Path(folder), files[:killed_count], extractor, shard)
            race.embed(race.local)
            verdicts.append((f"killed {kills} times", _killed(race, kills, random.Random(seed))))  # noqa: S311
    rows = []
    for kind in rates[0][0]:
        threads, rays = zip(*([rate[kind] for rate in each] for each in rates), strict=True)
        ratio = statistics.median(ours / theirs for ours, theirs in zip(rays, threads, strict=True))
        rows.append((kind, *(f"{statistics.median(each):.1f}" for each in (threads, rays)), f"{ratio:.2f}"))
    print_table(["photos a second and core", "threads", "ray", "ray / threads"], rows)
    print_table([extractor, "vectors"], verdicts)
    calibrate()


def _killed(race: Race, kills: int, chance: random.Random) -> str:
    """Kill the command so often, each time between its first shards and its end, then let it end; the verdict."""
    place = race.workspace("killed")
    shards = place.features / f"{race.name}.shards"
    command = [sys.executable, "-c", _COMMAND, "--workspace", str(place.root), "embed", race.name, "--engine", "ray"]
    for number in range(1, kills + 1):
        before = len(list(shards.glob("*.parquet")))
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True) as process:
            while process.poll() is None and len(list(shards.glob("*.parquet"))) == before:
                time.sleep(0.05)
            time.sleep(chance.random())
            process.kill()
        there = len(list(shards.glob("*.parquet")))
        print(f"  kill {number}: {before} shards before, {there} after, {len(list(shards.iterdir())) - there} begun")
    subprocess.run(command, check=True)
    return race.verdict(place)


if __name__ == "__main__":
    run(main)
