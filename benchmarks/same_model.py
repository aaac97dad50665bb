"""Does a photo find the same model? Street to shop, another side, another colour; of models that were not trained on.

    .venv/bin/python -m benchmarks.same_model PHOTOS --workspace WORKSPACE [--extractor NAME]

PHOTOS holds manifests as `sneakers import` takes them, which the workspace imported; `kind` (shop, street or studio) is
read beside. Queries show models whose photos the workspace has on the side `--side` of its split, so that nothing was
trained on them; a workspace whose split is missing is asked about all. The gallery holds photos of all models:

- street to shop (web50, airjordan, adidas_multi, each alone): a street photo asks, photos that are not of the street
  are ranked, those of its model are right;
- another side (resale_multi, adidas_multi and multiview_small together): any photo asks all others;
- another colour (colourways): likewise.

Intervals resample models.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from benchmarks.common import print_table, run, shown, vectors_of
from sneakers_ml.catalogue.importing.sources import Row, read_manifest
from sneakers_ml.errors import UsageError
from sneakers_ml.evaluation.metrics.bootstrap import Resampling, mean_intervals
from sneakers_ml.evaluation.metrics.retrieval import retrieval_metrics
from sneakers_ml.features.extractor import load_extractor, read_spec
from sneakers_ml.tables import read_table
from sneakers_ml.workspace.choice import read_choice
from sneakers_ml.workspace.paths import Workspace

_TASKS = {
    "street to shop, web50": (["web50"], True),
    "street to shop, airjordan": (["airjordan"], True),
    "street to shop, adidas_multi": (["adidas_multi"], True),
    "another side": (["resale_multi", "adidas_multi", "multiview_small"], False),
    "another colour": (["colourways"], False),
}


def _rows(manifest: Path, sides: dict[tuple[str, str], str]) -> pd.DataFrame:
    """file, kind, model (by the manifest) and side of a manifest's photos; a photo of no model is left out."""
    with manifest.open(encoding="utf-8-sig", newline="") as file:
        kinds = {row["file"]: row.get("kind", "") for row in csv.DictReader(file)}
    found = []
    for row in read_manifest(manifest):
        if isinstance(row, Row) and (name := row.product_id or row.model):
            side = sides.get((manifest.stem, row.listing_id), "")
            found.append((manifest.parent / row.file, kinds[row.file], f"{row.brand}/{name}".casefold(), side))
    return pd.DataFrame(found, columns=["file", "kind", "model", "side"])


def _sides(home: Workspace) -> dict[tuple[str, str], str]:
    """Source and listing id -> side of the split that the listing's product is on."""
    photos = read_table(home.photo_table, "photos").merge(read_table(home.split, "split"), on="photo_id")
    listings = read_table(home.listings, "merge")
    side = listings["product_id"].map(photos.drop_duplicates("product_id").set_index("product_id")["split"])
    keys = zip(listings["source"], listings["listing_id"], strict=True)
    return dict(zip(keys, side, strict=True))


def main(
    photos: Annotated[Path, typer.Argument(help="Folder of the manifests.")],
    workspace: Annotated[Path, typer.Option(help="Workspace that imported them.")] = Path(),
    extractor: Annotated[str | None, typer.Option(help="Default: the one that serves.")] = None,
    side: Annotated[str, typer.Option(help="Of the split: val or test; all: ask about every model.")] = "test",
    resamples: int = 1000,
    seed: int = 20,
) -> None:
    """Print a row a task."""
    home = Workspace(workspace)
    sides = {} if side == "all" else _sides(home)
    name = extractor or read_choice(home.choice).extractor
    spec, loaded = read_spec(home.extractor(name)), load_extractor(home.extractor(name), threads=1)
    table = []
    for task, (sets, from_street) in _TASKS.items():
        manifests = [photos / f"{one}.csv" for one in sets]
        if missing := [str(path) for path in manifests if not path.is_file()]:
            raise UsageError(f"{', '.join(missing)}: no such manifest; name the folder that holds them")
        rows = pd.concat([_rows(path, sides) for path in manifests], ignore_index=True)
        asks = ((rows["side"] == side) | (side == "all")).to_numpy()
        shows = np.full(len(rows), True)
        if from_street:
            asks, shows = asks & (rows["kind"] == "street").to_numpy(), (rows["kind"] != "street").to_numpy()
        if not asks.any():
            continue
        needed = np.flatnonzero(asks | shows)
        vectors = np.zeros((len(rows), spec.searched or spec.dim), np.float32)
        vectors[needed] = spec.search_rows(vectors_of(loaded, [rows["file"][row] for row in needed]))
        models, gallery = rows["model"].to_numpy(str), np.flatnonzero(shows)
        own = np.where(shows, np.cumsum(shows) - 1, -1)[asks]
        found = retrieval_metrics(vectors[asks], vectors[gallery], models[asks], models[gallery], own, ks=(1, 20))
        columns = {str(place): one for place, one in enumerate((*found.hits.T, found.average_precision))}
        groups = models[asks][found.evaluated]
        figures = mean_intervals(columns, groups, Resampling(resamples, seed)).values()
        table.append((task, len(groups), len(np.unique(groups)), len(gallery), *map(shown, figures)))
    print_table([name, "queries", "models", "gallery", "recall@1", "recall@20", "mAP"], table)


if __name__ == "__main__":
    run(main)
