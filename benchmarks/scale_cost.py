"""What a million, ten million and a thousand million photos cost: rates measured here, and the arithmetic from them.

    .venv/bin/python -m benchmarks.scale_cost --photos ../photos --workspace .

Each step runs in a process of its own, on two sizes where its cost may grow faster than the number of photos; `cpu` are
processor seconds, which other work on the machine changes little, and `growth` is the exponent of size between the two
(1 is linear, 2 quadratic). `MiB` is the peak beyond what the process has before.

The arithmetic takes the larger size's cost times (photos / size)^growth, and a growth below 1 as 1. Photos are enlarged
to `--side` first, as shops show larger ones than most at hand. A listing has `--photos-a-listing`; crawling takes a
request for each listing and each photo, at `--delay` seconds between two requests to a shop, which is what bounds it.
An index keeps vectors of 256 numbers in fp16. Hours of GPU are by published rates, not measured here.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from numpy.typing import NDArray
from PIL import Image

from benchmarks.common import calibrate, in_own_process, peak_mib, photo_files, print_table, run
from benchmarks.crawl_rate import crawl, storefronts
from benchmarks.merge_cost import merge_here, write_drawn
from sneakers_ml import images
from sneakers_ml.catalogue.duplicates import Fingerprint, duplicate_groups
from sneakers_ml.catalogue.photo import normalise_photo
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.features.extractor import load_extractor
from sneakers_ml.index.faiss_store import FaissStore
from sneakers_ml.index.gallery import Gallery
from sneakers_ml.index.spec import GALLERY
from sneakers_ml.index.vector_store import STORES, Place, VectorStore
from sneakers_ml.serving.manifest import PRODUCTS
from sneakers_ml.serving.products import read_gallery
from sneakers_ml.tables import write_table
from sneakers_ml.vectors import unit_rows
from sneakers_ml.workspace.params import PhotosParams, TrainParams, load_params
from sneakers_ml.workspace.paths import Workspace

_TARGETS = (10**6, 10**7, 10**9)
_DIM = 256
_BLOCK = 16_384
_SHOP_QUALITY = 85
_FLIPPED = 0.25  # share of a hash's bits that make it another photo's
_CORE_HOUR = 0.714 / 16
"""Dollars: c7i.4xlarge, 16 virtual cores, us-east-1, on demand, July 2026 (AWS Pricing API, as karpenter-provider-aws
prints it)."""
_GB_MONTH, _PUT = 0.023, 0.005 / 1000
"""Dollars: S3 Standard, the first 50 TB, and of one PUT (AWS price list of September 2026)."""
_GPU_RATES = {"efficientnet_lite0 at 224": 9657.18, "resnet152 at 224": 1606.24}
"""Photos a second of an RTX 3090, batches of 1,024, channels last, the network alone (timm, benchmark-infer-amp-nhwc-
pt240-cu124-rtx3090.csv)."""


@dataclass(frozen=True)
class Cost:
    """What a step took: processor seconds and MiB of so many photos, or listings; bytes that it leaves of each."""

    size: int
    cpu: float
    mib: float
    bytes: float = 0.0


def _measured(work: Callable[[], float], size: int) -> Cost:
    """Of work that answers with the bytes it leaves."""
    before, started = peak_mib(), time.process_time()
    left = work()
    return Cost(size, time.process_time() - started, peak_mib() - before, left / size)


def enlarge(folder: Path, to: Path, size: int, side: int) -> float:
    """Write photos as large as shops show them, as those at hand are small; the mean of their bytes."""
    for number, file in enumerate(photo_files(folder, size)):
        with Image.open(file) as photo:
            scale = side / max(photo.size)
            large = photo.convert("RGB").resize((round(photo.width * scale), round(photo.height * scale)))
        large.save(to / f"{number}.jpg", quality=_SHOP_QUALITY)
    return float(np.mean([file.stat().st_size for file in to.iterdir()]))


def normalise_here(folder: Path, to: Path) -> Cost:
    """As the stage `photos` does with each."""
    files = sorted(folder.iterdir())

    def work() -> float:
        left = 0
        for file in files:
            photo = normalise_photo(PhotosParams(), file)
            if not isinstance(photo, str):
                (to / file.name).write_bytes(photo.jpeg)
                left += len(photo.jpeg)
        return left

    return _measured(work, len(files))


def embed_here(folder: Path, size: int, extractor: Path) -> Cost:
    """Read, cut and embedded on one thread, without the seconds of loading."""
    files, loaded = photo_files(folder, size), load_extractor(extractor, threads=1)

    def work() -> float:
        left = 0
        for file in files:
            photo = images.read_stored(file)
            left += loaded.transform([cut(photo, shoe_region(photo))]).astype(np.float32).nbytes
        return left

    return _measured(work, size)


def duplicates_here(size: int, folder: Path) -> Cost:
    """Near-duplicates among fingerprints of photos with a quarter of their bits changed, so that few are near."""
    before, random = peak_mib(), np.random.default_rng(0)
    normalised = map(partial(normalise_photo, PhotosParams()), photo_files(folder, 500))
    prints = [photo.fingerprint for photo in normalised if not isinstance(photo, str)]
    bits = np.stack([each.bits for each in prints])
    flips = np.packbits(random.random((size, 8 * bits.shape[1]), np.float32) < _FLIPPED, axis=1)
    drawn = [
        Fingerprint(bits[row % len(bits)] ^ flip, prints[row % len(bits)].colours) for row, flip in enumerate(flips)
    ]
    started = time.process_time()
    duplicate_groups(drawn, PhotosParams().hash_distance, PhotosParams().colour_distance)
    return Cost(size, time.process_time() - started, peak_mib() - before)


def catalogue_here(folder: Path) -> Cost:
    """Listings merged, whose tables are left."""
    workspace = Workspace(folder)
    taken = merge_here(str(folder))
    left = sum(file.stat().st_size for file in workspace.products.parent.iterdir())
    size = sum(1 for path in workspace.raw.glob("*/listings.jsonl") for _ in path.open("rb"))
    return Cost(size, taken["cpu"], taken["peak"], left / size)


def index_here(size: int) -> Cost:
    """An index of lists on disk, of vectors drawn around centres."""
    random = np.random.default_rng(0)
    centres = random.standard_normal((size // 10, _DIM), np.float32)

    def drawn(count: int) -> NDArray[np.float32]:
        noise = random.standard_normal((count, _DIM), np.float32)
        return unit_rows(centres[random.integers(len(centres), size=count)] + 0.7 * noise)

    def work() -> float:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary) / "index"
            folder.mkdir()
            kind = STORES["faiss_ivf"]
            place = Place(folder, _DIM, "fp16", STORES.settings("faiss_ivf", {}))
            store: VectorStore = kind.create(place, size, drawn)
            for start in range(0, size, _BLOCK):
                count = min(_BLOCK, size - start)
                store.add(np.arange(start, start + count), drawn(count))
            store.save(folder / kind.files[0])
            return sum(file.stat().st_size for file in folder.iterdir())

    return _measured(work, size)


def bot_here(size: int) -> Cost:
    """What a bot keeps in memory of each photo, and of each product of three, beside its vector."""
    products = [f"{number:016x}" for number in range(-(-size // 3))]
    offers = [
        {"shop": "shop", "url": f"https://shop.example/{each}", "price": 99.0, "currency": "EUR"} for each in products
    ]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        known = {
            "product_id": products,
            "title": [f"Brand Model {each}" for each in products],
            "brand": "brand",
            "model_id": products,
            "model": "Model",
            "colours": [["black", "white"]] * len(products),
            "offers": [[offer] for offer in offers],
        }
        write_table(pd.DataFrame(known), folder / PRODUCTS)
        ids = [f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}{number:024x}" for number in range(size)]
        shown = pd.DataFrame({"photo_id": ids, "product_id": [products[number // 3] for number in range(size)]})
        write_table(shown, folder / GALLERY)
        return in_own_process(_bot_here, folder, size)


def _bot_here(folder: Path, size: int) -> Cost:
    kept: list[object] = []

    def work() -> float:
        products, photos = read_gallery(folder, size)
        kept.extend((products, Gallery(FaissStore.create(_DIM), photos)))
        return 0.0

    return _measured(work, size)


def train_here(size: int, name: str, params: TrainParams) -> Cost:
    """A classifier tuned and fitted on vectors of thirteen brands, drawn around centres."""
    from sneakers_ml.classifiers.classifier import TrainingSet, fit_classifier

    random = np.random.default_rng(0)
    models = random.integers(size // 10, size=size)
    centres = random.standard_normal((size // 10, _DIM), np.float32)
    vectors = unit_rows(centres[models] + 0.7 * random.standard_normal((size, _DIM), np.float32))
    data = TrainingSet(vectors, np.array([f"brand{model % 13}" for model in models]), models)
    train, validation = (data.rows(models % 5 != 0), data.rows(models % 5 == 0))
    return _measured(lambda: 0.0 * fit_classifier(name, train, validation, params).score, size)


def crawl_here(demo: Path, port: int) -> Cost:
    """All requests that a crawl of the demo's shops makes, pages and photos; MiB are not measured."""
    with storefronts(demo, port) as bases, tempfile.TemporaryDirectory() as folder:
        _, requests, _, cpu = crawl(Path(folder), bases, photos=16, processes=1)
    return Cost(requests, cpu, math.nan)


@dataclass(frozen=True)
class Step:
    """A step of the pipeline on two sizes, the same one twice where its cost cannot but be linear."""

    small: Cost
    large: Cost

    @property
    def growth(self) -> float:
        """The exponent of size; 1 where only one size was measured."""
        if self.small.size == self.large.size:
            return 1.0
        return math.log(self.large.cpu / self.small.cpu) / math.log(self.large.size / self.small.size)

    def hours(self, size: float) -> float:
        """Core-hours of so many."""
        hours: float = self.large.cpu * (size / self.large.size) ** max(1.0, self.growth) / 3600
        return hours

    def gib(self, size: float) -> float:
        """Memory of so many, on the line through both sizes."""
        slope = (self.large.mib - self.small.mib) / (self.large.size - self.small.size)
        return (self.large.mib + slope * (size - self.large.size)) / 1024


def main(
    photos: Annotated[Path, typer.Option(help="Folder of photos.")] = Path("data/photos/images"),
    workspace: Annotated[Path, typer.Option(help="With models/extractors and params.yaml.")] = Path(),
    demo: Annotated[Path, typer.Option(help="Folder of a drawn demo.")] = Path("data/demo"),
    extractors: Annotated[list[str] | None, typer.Option(help="The first is what is served.")] = None,
    classifiers: Annotated[list[str] | None, typer.Option(help="Default: sgd, logistic, svm.")] = None,
    side: Annotated[int, typer.Option(help="Longest side to which photos are enlarged, as shops show them.")] = 1000,
    photos_a_listing: float = 3.0,
    delay: Annotated[float, typer.Option(help="Seconds between two requests to a shop.")] = 1.0,
    port: Annotated[int, typer.Option(help="The first of five for the shops.")] = 8901,
) -> None:
    """Print what was measured, then the arithmetic."""
    calibrate()
    home = Workspace(workspace)
    names = extractors or ["tuned_efficientnet_lite0", "efficientnet_lite0", "hog", "resnet152"]
    steps = {"crawl, requests": _once(crawl_here(demo, port))}
    with tempfile.TemporaryDirectory() as folder:
        large, normal = Path(folder) / "large", Path(folder) / "normal"
        large.mkdir()
        normal.mkdir()
        crawled = enlarge(photos, large, 300, side)
        steps["photos"] = _once(in_own_process(normalise_here, large, normal))
        for name in names:
            steps[f"embed {name}"] = _once(in_own_process(embed_here, normal, 200, home.extractor(name)))
    steps["photos, duplicates"] = _twice(duplicates_here, (50_000, 200_000), photos)
    with tempfile.TemporaryDirectory() as folder:
        for size in (20_000, 80_000):
            write_drawn(Workspace(Path(folder) / str(size)), size)
        steps["merge, listings"] = Step(
            *(in_own_process(catalogue_here, Path(folder) / str(size)) for size in (20_000, 80_000))
        )
    steps["index"] = _twice(index_here, (50_000, 200_000))
    for name in classifiers or ["sgd", "logistic", "svm"]:
        steps[f"train {name}"] = _twice(train_here, (2_000, 8_000), name, load_params(home.params).train)
    steps["bot, start"] = _twice(bot_here, (100_000, 400_000))
    print_table(
        ["step", "of", "cpu s", "a processor second", "growth", "MiB", "bytes left of each"],
        [
            (
                name,
                f"{step.large.size:,}",
                f"{step.large.cpu:.1f}",
                f"{step.large.size / step.large.cpu:,.0f}",
                "" if step.small is step.large else f"{step.growth:.2f}",
                f"{step.large.mib:.0f}",
                f"{step.large.bytes:,.0f}",
            )
            for name, step in steps.items()
        ],
    )
    columns = [f"{size:,} photos" for size in _TARGETS]
    listings = [size / photos_a_listing for size in _TARGETS]
    counts = {name: list(map(float, _TARGETS)) for name in steps}
    counts["merge, listings"] = listings
    counts["crawl, requests"] = [size + listing for size, listing in zip(_TARGETS, listings, strict=True)]
    hours = {name: [step.hours(count) for count in counts[name]] for name, step in steps.items()}
    path = ["crawl, requests", "photos", "photos, duplicates", f"embed {names[0]}", "merge, listings", "index"]
    together = [sum(hours[name][place] for name in path) for place in range(len(_TARGETS))]
    print_table(
        ["core-hours", *columns], [(name, *map(_number, row)) for name, row in hours.items() if "bot" not in name]
    )
    bytes_left = {
        "photos as crawled": crawled,
        "photos": steps["photos"].large.bytes,
        f"vectors of {names[0]}": steps[f"embed {names[0]}"].large.bytes,
        "tables of the catalogue": steps["merge, listings"].large.bytes / photos_a_listing,
        "index": steps["index"].large.bytes,
    }
    print_table(
        ["GB on disk", *columns],
        [(name, *(_number(each * size / 1e9) for size in _TARGETS)) for name, each in bytes_left.items()],
    )
    memory = ["photos, duplicates", "merge, listings", "index", "bot, start"]
    print_table(
        ["GiB of memory", *columns],
        [(name, *(_number(steps[name].gib(count)) for count in counts[name])) for name in memory],
    )
    gpu = {name: [size / rate / 3600 for size in _TARGETS] for name, rate in _GPU_RATES.items()}
    print_table(["GPU-hours at least", *columns], [(name, *map(_number, row)) for name, row in gpu.items()])
    stored = [sum(bytes_left.values()) * size / 1e9 * _GB_MONTH for size in _TARGETS]
    print_table(
        ["", *columns],
        [
            ("shop-days of crawling", *(_number(count * delay / 86_400) for count in counts["crawl, requests"])),
            (f"core-hours of all, by {names[0]}", *map(_number, together)),
            ("dollars of them", *(_number(each * _CORE_HOUR) for each in together)),
            ("dollars a month of disk", *map(_number, stored)),
            ("dollars of putting photos there", *(_number(size * _PUT) for size in _TARGETS)),
        ],
    )
    calibrate()


def _once(cost: Cost) -> Step:
    return Step(cost, cost)


def _twice(work: Callable[..., Cost], sizes: tuple[int, int], *settings: object) -> Step:
    small, large = (in_own_process(work, size, *settings) for size in sizes)
    return Step(small, large)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"


if __name__ == "__main__":
    run(main)
