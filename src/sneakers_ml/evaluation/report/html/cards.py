"""The model card (Mitchell et al. 2019) and the data card (Gebru et al. 2021; Pushkarna et al. 2022), in numbers."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sneakers_ml.catalogue.cleaning.naming import NO_BRAND, NO_SNEAKER
from sneakers_ml.evaluation.metrics.bootstrap import Interval
from sneakers_ml.evaluation.report.findings import Findings
from sneakers_ml.features.extractor import TUNED, ExtractorSpec
from sneakers_ml.workspace.params import Params

__all__ = ["Catalogue", "DataCard", "ModelCard", "SideFacts", "SourceFacts", "data_card", "model_card"]

_SIDES = {"train": "training", "val": "validation", "test": "test"}
_FEWEST = 5


@dataclass(frozen=True)
class Catalogue:
    """The tables of the stage `merge`."""

    listings: pd.DataFrame
    products: pd.DataFrame
    set_aside: pd.DataFrame


@dataclass(frozen=True)
class SideFacts:
    """Photos of learnt brands on one side of the split, their models and products, and photos of what is unknown."""

    name: str
    photos: int
    models: int
    products: int
    unknown: int


@dataclass(frozen=True)
class ModelCard:
    """What serves, in facts.

    extractor      its name
    tuned          whether it was fine-tuned here, and so has seen the labels of training photos
    dim            numbers that similarity is measured by
    brands         that it can name, in order
    rare           the brands with the fewest training photos, and how many they have
    known_auroc    known brands told from unknown ones by confidence alone, on test photos
    refitted       whether the network learns from all photos once more before it serves
    known_kept     share of photos of learnt brands that the rule lets count as known
    """

    name: str
    extractor: str
    classifier: str
    tuned: bool
    weights: str
    dim: int
    megabytes: float
    milliseconds: float | None
    brands: tuple[str, ...]
    sides: tuple[SideFacts, ...]
    rare: tuple[tuple[str, int], ...]
    known_auroc: Interval | None
    refitted: bool
    known_kept: float


@dataclass(frozen=True)
class SourceFacts:
    """What one source brought; shares are in [0, 1], of listings but for `view`, which is of photos."""

    name: str
    shops: int
    listings: int
    photos: int
    products: int
    brands: int
    learnt: float
    unseen: bool
    sides: tuple[int, int, int]
    price: float
    view: float
    model: float
    colour: float
    width: int
    height: int


@dataclass(frozen=True)
class DataCard:
    """The photos and where they come from; the last of `sources` is all of them.

    no_brand       photos of sneakers whose brand is not known
    no_sneaker     photos of other things
    set_aside      (reason, listings) of what the catalogue left out
    brand_photos   (brand, photos, learnt), the brands with the most photos
    """

    sources: tuple[SourceFacts, ...]
    brands: int
    learnt_brands: int
    unlearnt_photos: int
    no_brand: int
    no_sneaker: int
    set_aside: tuple[tuple[str, int], ...]
    brand_photos: tuple[tuple[str, int, bool], ...]


def model_card(findings: Findings, spec: ExtractorSpec, photos: pd.DataFrame, params: Params) -> ModelCard:
    """Facts of the model that serves; `photos` has the columns of photos.parquet and split.parquet."""
    choice, entry = findings.selection.choice, findings.serving
    known = photos[photos["known"]]
    sides = []
    for side, name in _SIDES.items():
        here, all_here = known[known["split"] == side], photos[photos["split"] == side]
        counts = (len(here), here["model_id"].nunique(), here["product_id"].nunique(), len(all_here) - len(here))
        sides.append(SideFacts(name, *counts))
    rare = known.loc[known["split"] == "train", "brand"].value_counts().sort_index().sort_values(kind="stable")
    tuned = choice.extractor.startswith(TUNED)
    return ModelCard(
        name=entry.result.shown,
        extractor=spec.name,
        classifier=choice.classifier,
        tuned=tuned,
        weights=spec.weights,
        dim=spec.searched or spec.dim,
        megabytes=choice.serving.megabytes,
        milliseconds=findings.selection.milliseconds.get(choice.name),
        brands=tuple(sorted(entry.result.labels)),
        sides=tuple(sides),
        rare=tuple((str(brand), int(count)) for brand, count in rare.head(_FEWEST).items()),
        known_auroc=entry.slices.all.figures.get("known_auroc"),
        refitted=tuned and params.finetune.refit_steps > 0,
        known_kept=params.index.known_kept,
    )


def data_card(photos: pd.DataFrame, catalogue: Catalogue, most: int = 30) -> DataCard:
    """Facts of every source and of all together; `most` brands are named."""
    listings = catalogue.listings.assign(named=catalogue.listings["model"].notna())
    sources = [
        _source_facts(str(name), there, listings[listings["source"] == name])
        for name, there in photos.groupby("source", sort=True)
    ]
    reasons = catalogue.set_aside["reason"].value_counts() if len(catalogue.set_aside) else pd.Series(dtype=int)
    named = photos[~photos["brand"].isin([NO_BRAND, NO_SNEAKER])]
    brands = named.groupby("brand").agg(photos=("photo_id", "size"), known=("known", "any"))
    ordered = brands.sort_values("photos", ascending=False, kind="stable")
    return DataCard(
        sources=(*sources, _source_facts("all", photos, listings)),
        brands=len(brands),
        learnt_brands=int(brands["known"].sum()),
        unlearnt_photos=int((~named["known"]).sum()),
        no_brand=int((photos["brand"] == NO_BRAND).sum()),
        no_sneaker=int((photos["brand"] == NO_SNEAKER).sum()),
        set_aside=tuple((str(reason), int(count)) for reason, count in reasons.items()),
        brand_photos=tuple(
            (str(brand), int(count), bool(known))
            for brand, count, known in ordered.head(most)[["photos", "known"]].itertuples()
        ),
    )


def _source_facts(name: str, photos: pd.DataFrame, listings: pd.DataFrame) -> SourceFacts:
    def share(column: pd.Series) -> float:
        return float(column.mean()) if len(column) else 0.0

    return SourceFacts(
        name=name,
        shops=photos["shop"].nunique(),
        listings=len(listings),
        photos=len(photos),
        products=photos["product_id"].nunique(),
        brands=photos.loc[~photos["brand"].isin([NO_BRAND, NO_SNEAKER]), "brand"].nunique(),
        learnt=share(photos["known"]),
        unseen=bool(photos["unseen"].any()),
        sides=(
            int((photos["split"] == "train").sum()),
            int((photos["split"] == "val").sum()),
            int((photos["split"] == "test").sum()),
        ),
        price=share(listings["price"].notna()),
        view=share(photos["view"].notna()),
        model=share(listings["named"]),
        colour=share(listings["colour"].notna()),
        width=int(photos["width"].median()),
        height=int(photos["height"].median()),
    )
