"""Where photos to judge by are from: shops that were trained on, and sources that were not."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

__all__ = ["OWN", "RESTYLED", "Places", "find_places"]

OWN, RESTYLED = "own shops", "own shops, restyled"
_RESTYLED_PHOTOS = 200


@dataclass(frozen=True)
class Places:
    """Photos of learnt brands, none of them trained on.

    rows      photos with a column `place`; their index is that of all photos, restyled ones come last
    choosing  the places whose figures choose what serves: unseen validation sources, or restyled validation photos
    testing   sources outside training that choose nothing
    """

    rows: pd.DataFrame
    choosing: tuple[str, ...]
    testing: tuple[str, ...]

    @property
    def stand_in(self) -> bool:
        """Whether restyled photos stand in for a source that was not trained on."""
        return self.choosing == (RESTYLED,)


def find_places(photos: pd.DataFrame, seed: int) -> Places:
    """Test photos of the sources trained on (`OWN`), and every photo that shows what is not trained on, by source.

    Without unseen validation photos, up to 200 other validation photos are there to be restyled.

    Args:
        photos: with the columns of photos.parquet and split.parquet.
        seed: picks the photos to restyle.
    """
    known = photos[photos["known"]]
    trained = known.loc[known["split"] == "train", "source"].unique()
    test, unseen = known[known["split"] == "test"], known[known["unseen"]]
    own = test[test["source"].isin(trained)]
    outside = test[~test["source"].isin([*trained, *unseen["source"]])]
    rows = [part.assign(place=part["source"]) for part in (unseen, outside)]
    choosing = tuple(sorted(unseen["source"].unique()))
    if unseen.empty:
        validation = known[known["split"] == "val"]
        sample = validation.sample(min(_RESTYLED_PHOTOS, len(validation)), random_state=seed).sort_index()
        rows.append(sample.assign(place=RESTYLED))
        choosing = (RESTYLED,)
    table = pd.concat([own.assign(place=OWN), *rows])
    return Places(table, choosing, tuple(sorted(outside["source"].unique())))
