"""What a comparison works on: a workspace, and the photos it learns from, validates on and tests on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.reference_cache import Cache
from sneakers_ml.embedding.photo_rows import photo_rows
from sneakers_ml.embedding.store import Features
from sneakers_ml.errors import UsageError
from sneakers_ml.features.extractor import read_spec, shown_name
from sneakers_ml.workspace.params import Params
from sneakers_ml.workspace.paths import Workspace

__all__ = ["Comparison", "Rows", "learnt_rows"]

_OTHERS = "other sources"


@dataclass(frozen=True)
class Rows:
    """Photos of learnt brands; `table` is indexed by the row of a photo's vector in the workspace's features."""

    table: pd.DataFrame
    files: list[Path]
    source: str

    @property
    def brands(self) -> NDArray[np.str_]:
        """(n,)"""
        return self.table["brand"].to_numpy(str)

    @property
    def training(self) -> NDArray[np.bool_]:
        """(n,) photos to learn from."""
        return self._side("train")

    @property
    def validation(self) -> NDArray[np.bool_]:
        """(n,) photos that our classifiers may be tuned and calibrated on."""
        return self._side("val")

    @property
    def tests(self) -> dict[str, NDArray[np.bool_]]:
        """Name of a test set -> (n,) its photos: the source's own, each other source's, and those together."""
        test, sources = self._side("test"), self.table["source"].to_numpy(str)
        others = [str(name) for name in np.unique(sources[test]) if name != self.source]
        sets = {f"{self.source}, test": test & (sources == self.source)}
        sets |= {name: test & (sources == name) for name in others}
        return sets | ({_OTHERS: test & (sources != self.source)} if len(others) > 1 else {})

    @property
    def groups(self) -> NDArray[np.str_]:
        """(n,) shoe models."""
        return self.table["model_id"].to_numpy(str)

    @property
    def identity(self) -> list[str]:
        """What fits depend on: each photo, its brand and its side."""
        return (self.table["photo_id"] + " " + self.table["brand"] + " " + self.table["split"]).tolist()

    def where(self, chosen: NDArray[np.bool_]) -> Rows:
        """Some of the photos."""
        files = [file for file, take in zip(self.files, chosen, strict=True) if take]
        return Rows(self.table[chosen], files, self.source)

    def of(self, features: Features) -> NDArray[np.float32]:
        """(n, d) our vectors."""
        return np.asarray(features.vectors[self.table.index.to_numpy()])

    def _side(self, name: str) -> NDArray[np.bool_]:
        return (self.table["split"] == name).to_numpy()


@dataclass(frozen=True)
class Comparison:
    """A workspace with its parameters, the photos to compare on, and where results are kept."""

    workspace: Workspace
    params: Params
    rows: Rows
    cache: Cache

    def shown(self, extractor: str) -> str:
        """Name of an extractor, and whether it is untrained.

        Raises:
            BundleError: when the workspace hasn't got it.
        """
        return shown_name(extractor, read_spec(self.workspace.extractor(extractor)).weights)


def learnt_rows(workspace: Workspace, source: str, limit: int | None) -> Rows:
    """All photos of learnt brands, or for a short trial at most `limit` of each side and source.

    Raises:
        DataError: when photos or split are missing.
        UsageError: when the source has no test photo.
    """
    table = photo_rows(workspace)
    table = table[table["known"]]
    if not ((table["source"] == source) & (table["split"] == "test")).any():
        known = ", ".join(sorted(table["source"].unique()))
        raise UsageError(f"{workspace.split}: no test photo of source {source!r}; choose with --source from {known}")
    if limit is not None:
        sides = [side for _, side in table.groupby(["split", "source"], sort=True)]
        table = pd.concat([_evenly(side, limit) for side in sides]).sort_index()
    return Rows(table, [workspace.photos / file for file in table["file"]], source)


def _evenly(table: pd.DataFrame, limit: int) -> pd.DataFrame:
    """`limit` rows, evenly along the brands."""
    ordered = table.sort_values("brand", kind="stable")
    return ordered.iloc[np.unique(np.linspace(0, len(table) - 1, min(limit, len(table))).round().astype(int))]
