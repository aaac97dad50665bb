"""Are the words right that a photo is described with?

    .venv/bin/python -m benchmarks.describe_photos --workspace WORKSPACE

The towers and what reads colours and kinds learn from training and validation photos alone, as in `sneakers text`. They
describe test photos, and photos of sources that were not trained on. Held against them:

titles    colours and kinds that the title names; a shop names not all, nor always those of the photo
by hand   benchmarks/data/described_photos.csv: 100 photos that were read without title or answer. `colours` are
          all that one can see, the main one first; `kinds` all that one may call it

`right` is the share of the words said that are so, `said` how many a photo gets, `main` the share of photos whose
main colour is among them. The last table: how many colours of the titles a person sees in the photo.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from benchmarks.common import print_table, run, shown
from sneakers_ml.evaluation.metrics.bootstrap import Resampling, intervals_of_sums
from sneakers_ml.text.lexicon import lexicon
from sneakers_ml.text.spec import CUTOFFS
from sneakers_ml.text.text import fit_readers
from sneakers_ml.text.training.dual_encoder import make_encoder
from sneakers_ml.text.training.photos import CaptionedPhotos
from sneakers_ml.workspace.params import load_params
from sneakers_ml.workspace.paths import Workspace

BY_HAND = Path(__file__).parent / "data" / "described_photos.csv"
MOST_COLOURS = 3  # as serving says


def main(workspace: Annotated[Path, typer.Option(help="Workspace with an index.")]) -> None:
    """Print the tables."""
    home, words = Workspace(workspace), lexicon()
    params = load_params(home.params)
    photos = CaptionedPhotos.read(home, words, params.text.tower)
    towers = make_encoder(home, photos, params.text)
    readers = fit_readers(photos, words, towers)
    texts = towers.texts([[words.of_term(term)] for term in readers["kinds"].terms])
    shares = {
        "colours": readers["colours"].probabilities(photos.measured),
        "kinds": readers["kinds"].probabilities(towers.photos(photos.inputs) @ texts.T),
    }
    most = {"colours": MOST_COLOURS, "kinds": 1}

    def said(section: str, place: int) -> list[str]:
        row = shares[section][place]
        first = np.argsort(-row, kind="stable")[: most[section]]
        return [readers[section].terms[term].name for term in first if row[term] >= CUTOFFS[section]]

    titled = {
        section: [
            {term.name for term in getattr(photos.captions, section)[product]} for product in photos.rows["product"]
        ]
        for section in most
    }
    ids = photos.rows["photo_id"].tolist()
    with BY_HAND.open(encoding="utf-8", newline="") as file:
        hand = {ids.index(row["photo_id"]): row for row in csv.DictReader(file) if row["photo_id"] in set(ids)}
    seen = {"colours": {place: row["colours"].split() for place, row in hand.items()}}
    seen["kinds"] = {place: row["kinds"].split(",") for place, row in hand.items()}
    source, models = photos.rows["source"].to_numpy(str), photos.rows["model_id"].to_numpy(str)
    asked = np.union1d(photos.side("test"), np.flatnonzero(photos.rows["unseen"]))
    resampling = Resampling(params.evaluate.resamples, params.evaluate.seed)
    table: list[list[object]] = []

    def report(section: str, name: str, truth: dict[int, list[str]]) -> None:
        told = {place: said(section, place) for place in truth}
        counts = np.array(
            [[sum(word in truth[place] for word in told[place]), len(told[place])] for place in truth], float
        )
        if not len(counts) or not counts[:, 1].sum():
            return
        figure = intervals_of_sums(counts, models[list(truth)], {"right": _share}, resampling)["right"]
        main_ = np.mean([truth[place][0] in told[place] for place in truth]) if name.startswith("by hand") else None
        row = [
            section,
            name,
            len(truth),
            f"{counts[:, 1].mean():.2f}",
            shown(figure),
        ]
        table.append([*row, "" if main_ is None else f"{main_:.2f}"])

    for section in most:
        for name in np.unique(source[asked]):
            places = [place for place in asked[source[asked] == name] if titled[section][place]]
            if len(places) >= 20:
                report(section, f"titles, {name}", {place: sorted(titled[section][place]) for place in places})
        report(section, "by hand", seen[section])
        for name in np.unique(source[list(hand)]):
            report(
                section,
                f"by hand, {name}",
                {place: each for place, each in seen[section].items() if source[place] == name},
            )
    print_table(["words", "held against", "photos", "said", "right", "main"], table)
    agreed = []
    for name in np.unique(source[list(hand)]):
        pairs = [(colour, place) for place in hand if source[place] == name for colour in titled["colours"][place]]
        if len(pairs) >= 10:
            right = np.mean([colour in seen["colours"][place] for colour, place in pairs])
            agreed.append([name, len(pairs), f"{right:.3f}"])
    print_table(["photos of", "colours in their titles", "of them seen by hand"], agreed)


def _share(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore"):  # a resample in which nothing is said is left out
        return np.asarray(sums[:, 0] / sums[:, 1])


if __name__ == "__main__":
    run(main)
