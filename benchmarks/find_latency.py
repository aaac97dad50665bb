"""How long `sneakers find` takes, as a process, on a catalogue of 10,000 products.

    .venv/bin/python -m benchmarks.find_latency --workspace WORKSPACE

Claim: under 1 s with cold files. The workspace's bundle is copied, and its products and photos are repeated until there
are as many; titles stay as they are, so the vocabulary does too. Warm and cold as in `predict_latency`.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sysconfig
import tempfile
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

import sneakers_ml
from benchmarks.common import calibrate, print_table, run
from benchmarks.predict_latency import SNEAKERS, forget, milliseconds
from sneakers_ml.files import file_sha256
from sneakers_ml.index.spec import GALLERY
from sneakers_ml.serving.finder import Finder
from sneakers_ml.serving.manifest import MANIFEST, PRODUCTS, BundleManifest, verify
from sneakers_ml.tables import write_table
from sneakers_ml.text.lexicon import Lexicon
from sneakers_ml.text.search import WORD_INDEX
from sneakers_ml.text.spec import PHOTO_VECTORS
from sneakers_ml.text.training.word_index import index_words
from sneakers_ml.workspace.paths import Workspace

QUERIES = ("black low", "white running shoe", "красные высокие")


def main(
    workspace: Annotated[Path, typer.Option(help="Workspace with a bundle.")] = Path(),
    products: int = 10_000,
    runs: int = 7,
    cold_runs: int = 3,
) -> None:
    """Print the times in milliseconds."""
    calibrate()
    with tempfile.TemporaryDirectory() as folder:
        large = Workspace(Path(folder))
        photos = grow(Workspace(workspace).bundle, large.bundle, products)
        libraries = [Path(sysconfig.get_path(name)) for name in ("stdlib", "platlib")]
        folders = [*libraries, Path(sneakers_ml.__file__).parent, large.bundle]

        def find() -> None:
            command = [SNEAKERS, "--workspace", large.root, "find", QUERIES[0]]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

        finder = Finder.load(large.bundle)
        measured = {
            "process, cold files": milliseconds(find, cold_runs, before=lambda: forget(folders)),
            "process, warm files": milliseconds(find, runs),
            "Finder.load": milliseconds(lambda: Finder.load(large.bundle), runs),
            "a search": milliseconds(lambda: [finder.find(query) for query in QUERIES], runs),
        }
    measured["a search"] = [taken / len(QUERIES) for taken in measured["a search"]]
    rows = []
    for name, taken in measured.items():
        figures = (statistics.median(taken), min(taken), max(taken))
        rows.append((name, products, photos, len(taken), *(f"{figure:.1f}" for figure in figures)))
    print_table(["what", "products", "photos", "n", "median ms", "min ms", "max ms"], rows)
    calibrate()


def grow(source: Path, target: Path, count: int) -> int:
    """Copy a bundle and repeat what is searched until it has that many products; returns how many photos that are."""
    shutil.copytree(source, target)
    manifest = verify(target)
    products, gallery = pd.read_parquet(target / PRODUCTS), pd.read_parquet(target / GALLERY)
    vectors = np.load(target / PHOTO_VECTORS)
    rows = np.arange(count) % len(products)
    many = products.iloc[rows].assign(product_id=[f"{number:016x}" for number in range(count)])
    photos_of = gallery.reset_index().groupby("product_id")["index"].agg(list)
    shown = [
        (number, photo)
        for number, product in enumerate(products["product_id"].to_numpy()[rows])
        for photo in photos_of[product]
    ]
    photo_ids = [f"{number:040x}" for number in range(len(shown))]
    write_table(many, target / PRODUCTS)
    write_table(
        pd.DataFrame({"photo_id": photo_ids, "product_id": [f"{number:016x}" for number, _ in shown]}), target / GALLERY
    )
    np.save(target / PHOTO_VECTORS, vectors[[photo for _, photo in shown]])
    texts = zip(many["brand"], many["brand"] + " " + many["title"], strict=True)
    index_words(texts, Lexicon(manifest.text.words)).save(target)
    changed = {name: file_sha256(target / name) for name in (PRODUCTS, GALLERY, PHOTO_VECTORS, WORD_INDEX)}
    larger = BundleManifest(
        **manifest.model_dump(exclude={"files", "index", "text"}),
        files=manifest.files | changed,
        index=manifest.index.model_copy(update={"photos": len(shown)}),
        text=manifest.text.model_copy(update={"gallery_sha256": changed[GALLERY]}),
    )
    (target / MANIFEST).write_text(larger.model_dump_json(), encoding="utf-8")
    return len(shown)


if __name__ == "__main__":
    run(main)
