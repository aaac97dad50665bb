"""The map of vectors, as the page's script reads it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sneakers_ml.evaluation.metrics.views import UNNAMED, ViewAnalysis
from sneakers_ml.evaluation.report.html.photo_facts import PhotoFacts
from sneakers_ml.evaluation.report.html.pictures import Picture, Pictures

__all__ = ["MAP_SIDE", "map_data"]

MAP_SIDE = 1000
"""Side of the square, in units of the drawing, that the map fills."""
_NAMED = 24
"""Values with a colour of their own, the most frequent ones; a legend of more is no help."""
_OTHERS = "others"


def map_data(analysis: ViewAnalysis, known: pd.DataFrame, facts: PhotoFacts, pictures: Pictures) -> dict[str, Any]:
    """Points, pictures and titles, and for each way to colour them a name and the photo's value.

    Args:
        analysis: with a map of some of the photos in `known`.
        known: the photos that were analysed, with the columns of photos.parquet.
        facts: of these photos.
        pictures: gets those on the map.

    Returns:
        {"points": [[x, y, picture, title], …], "colours": [{"name", "values": [text, …], "codes": [number, …]}, …]}
        with x and y in [0, 1000]; code i is the value of point i, and values stand by falling frequency.
    """
    photos = known.iloc[analysis.map.rows]
    points = analysis.map.points.astype(float)
    low, high = points.min(axis=0), points.max(axis=0)
    middle, side = (low + high) / 2, max((high - low).max(), 1e-9)
    scaled = np.rint(((points - middle) / side + 0.5) * MAP_SIDE).astype(int).tolist()
    ids = photos["photo_id"].astype(str).tolist()
    colours = {"brand": photos["brand"].astype(str), "source": photos["source"].astype(str)}
    if photos["shop"].nunique() > photos["source"].nunique():
        colours["shop"] = photos["shop"].astype(str)
    views = pd.Series(analysis.map.views, photos.index)
    if (views != UNNAMED).any():
        is_view = analysis.view_label == "view"
        named = (
            views.where(views != UNNAMED, "not known")
            if is_view
            else views.map(lambda place: "not compared" if place == UNNAMED else f"photo {place}")
        )
        colours["view" if is_view else "place in the gallery"] = named
    return {
        "points": [
            [x, y, pictures.small(Picture(photo_id)), facts[photo_id].title]
            for (x, y), photo_id in zip(scaled, ids, strict=True)
        ],
        "colours": [{"name": name, **_coded(values)} for name, values in colours.items()],
    }


def _coded(values: pd.Series) -> dict[str, list[Any]]:
    """Values by falling frequency, the rarest together as others, and the place of each photo's value among them."""
    frequent = values.value_counts().index.tolist()
    named = frequent[:_NAMED] + ([_OTHERS] if len(frequent) > _NAMED else [])
    places = {value: min(number, _NAMED) for number, value in enumerate(frequent)}
    return {"values": named, "codes": values.map(places).tolist()}
