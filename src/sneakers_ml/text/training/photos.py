"""The gallery's photos as the text tower learns from them: their vectors, their products' words, their colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sneakers_ml.embedding.store import Features, load_features, photo_rows
from sneakers_ml.errors import DataError, ParamsError
from sneakers_ml.features.extractor import ExtractorSpec, read_spec
from sneakers_ml.tables import read_table
from sneakers_ml.text.lexicon import Lexicon, Meaning, Term
from sneakers_ml.text.spec import COLOURS, CUTOFFS, NGRAMS, TOWERS, TermReader
from sneakers_ml.text.tower import photo_input
from sneakers_ml.text.training.captions import Captions, documents
from sneakers_ml.text.training.readers import fit_colours
from sneakers_ml.workspace.choice import read_choice
from sneakers_ml.workspace.paths import Workspace

__all__ = ["CaptionedPhotos"]


@dataclass(frozen=True)
class CaptionedPhotos:
    """The photos with what is said of them; row i is the gallery's i-th photo.

    rows      the columns of photos.parquet and split.parquet, the place `product` of each one's product in `products`,
              and its `title`
    products  the gallery's products, in order of their ids
    texts     what the catalogue says of each product in words
    captions  of the products
    specs     the extractors whose vectors describe a photo: the serving one, `colours`, and those of the tower
    inputs    (n, width) `photo_input` of vectors that were not trained on validation and test photos
    served    likewise, of the vectors that serve
    measured  (n, numbers) of the extractor `colours`
    colours   reads those; None where the titles of training photos name too few colours
    seen      the colours measured in each photo
    """

    rows: pd.DataFrame
    products: pd.DataFrame
    texts: list[str]
    captions: Captions
    specs: tuple[ExtractorSpec, ...]
    inputs: NDArray[np.float32]
    served: NDArray[np.float32]
    measured: NDArray[np.float32]
    colours: TermReader | None
    seen: list[tuple[Term, ...]]

    @classmethod
    def read(cls, workspace: Workspace, words: Lexicon, tower: str = NGRAMS) -> CaptionedPhotos:
        """Those of a workspace with an index, for a text tower.

        Raises:
            BundleError: when there is no choice yet, or an extractor is missing or damaged.
            DataError: when a table or vectors are missing or don't belong together.
            ParamsError: when there is no such tower, or the photos have no vectors that it could meet.
        """
        if tower not in TOWERS:
            raise ParamsError(f"params.yaml: text.tower: there is no {tower!r}; choose from {', '.join(TOWERS)}")
        for name in TOWERS[tower]:
            if not any((workspace.features / f"{name}{kind}").exists() for kind in (".npy", ".shards")):
                raise ParamsError(
                    f"params.yaml: text.tower: {tower} needs vectors of photos by the extractor {name}; add that to"
                    f" embed.names and run `dvc repro`, or run `sneakers embed {name}`"
                )
        choice = read_choice(workspace.choice)
        names = tuple(dict.fromkeys((choice.extractor, COLOURS, *TOWERS[tower])))
        features = [load_features(workspace.features, name) for name in names]
        photos = photo_rows(workspace, *features)
        gallery = read_table(workspace.gallery, "index")
        places = pd.Index(photos["photo_id"]).get_indexer(gallery["photo_id"])
        if (places < 0).any():
            raise DataError(f"{workspace.index}: an index of other photos; run `sneakers index`")
        specs = [read_spec(workspace.extractor(name)) for name in names]
        served = inputs = _inputs(specs, features, places)
        if workspace.refitted(choice.extractor):
            specs[0] = read_spec(workspace.refit)
            refitted = load_features(workspace.refit, choice.extractor)
            if refitted.photo_ids != features[0].photo_ids:
                raise DataError(f"{workspace.refit}: vectors of other photos; run `sneakers refit`")
            served = _inputs(specs, [refitted, *features[1:]], places)
        table = read_table(workspace.products, "merge")
        products = table[table["product_id"].isin(gallery["product_id"])].sort_values("product_id", ignore_index=True)
        texts = documents(products, read_table(workspace.listings, "merge", ["product_id", "name"]))
        captions = Captions(products, texts, words)
        rows = photos.iloc[places].reset_index(drop=True)
        rows["product"] = pd.Index(products["product_id"]).get_indexer(rows["product_id"])
        if (rows["product"] < 0).any():
            raise DataError(f"{workspace.photo_table}: photos of other products; run `sneakers photos`")
        rows["title"] = products["title"].to_numpy(str)[rows["product"]]
        measured = np.asarray(features[names.index(COLOURS)].vectors[places])
        named = [captions.colours[product] for product in rows["product"]]
        learnt = np.flatnonzero((rows["split"] == "train").to_numpy() & np.array(list(map(bool, named))))
        colours = fit_colours(measured[learnt], words.terms("colours"), [named[row] for row in learnt])
        seen: list[tuple[Term, ...]] = [()] * len(rows)
        if colours is not None:
            shown = colours.probabilities(measured) >= CUTOFFS["colours"]
            seen = [tuple(term for term, there in zip(colours.terms, row, strict=True) if there) for row in shown]
        return cls(rows, products, texts, captions, tuple(specs), inputs, served, measured, colours, seen)

    def side(self, side: str) -> NDArray[np.intp]:
        """The places of the photos of one side of the split."""
        return np.flatnonzero((self.rows["split"] == side).to_numpy())

    def titles(self, places: NDArray[np.intp]) -> list[list[Meaning]]:
        """What photos are called, as `Lexicon.read` reads it."""
        return [self.captions.reading(product) for product in self.rows["product"].iloc[places]]


def _inputs(specs: list[ExtractorSpec], features: list[Features], places: NDArray[np.intp]) -> NDArray[np.float32]:
    return photo_input([(spec, np.asarray(each.vectors[places])) for spec, each in zip(specs, features, strict=True)])
