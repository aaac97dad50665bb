"""The extractor `concat`: vectors of other extractors side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from sneakers_ml.errors import BundleError, UsageError
from sneakers_ml.features.extractor import (
    EXTRACTORS,
    KINDS,
    UNTRAINED,
    Context,
    Extractor,
    ExtractorSpec,
    load_extractor,
    read_spec,
    unit_rows,
)
from sneakers_ml.registry import Section

__all__ = ["Concat", "ConcatParams", "joined_rows"]


class Concat:
    """Several extractors as one."""

    def __init__(self, parts: Sequence[Extractor]) -> None:
        self.parts = tuple(parts)

    @property
    def dim(self) -> int:
        return sum(part.dim for part in self.parts)

    def transform(self, shoes: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(n, dim) float32 of n shoes, each (H, W, 3) RGB: the parts' unit rows side by side."""
        return self.join([part.transform(shoes) for part in self.parts])

    @staticmethod
    def join(rows: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """(n, dim) float32 of each part's (n, d_i) rows."""
        return np.hstack([unit_rows(part) for part in rows])


def joined_rows(parts: Sequence[NDArray[np.float32]], start: int, chunk: int) -> Iterator[NDArray[np.float32]]:
    """The rows from `start` on of arrays (n, d_i), which may be memory-mapped: (up to `chunk`, sum of d_i) at a time.

    Each part's rows are scaled to unit length, so that none outweighs the others for the size of its numbers.
    """
    for first in range(start, len(parts[0]), chunk):
        yield np.hstack([unit_rows(_rows(part, first, first + chunk)) for part in parts])


def _rows(part: NDArray[np.float32], start: int, stop: int) -> NDArray[np.float32]:
    """Some of the rows; those of a mapped file are read from it, as pages once touched would stay mapped."""
    if not isinstance(part, np.memmap):
        return part[start:stop]
    count = (min(stop, len(part)) - start) * part.shape[1]
    read = np.fromfile(str(part.filename), part.dtype, count, offset=part.offset + start * part.strides[0])
    return np.asarray(read.reshape(-1, part.shape[1]))


class ConcatParams(Section):
    """Vectors of several extractors side by side, each scaled to unit length."""

    parts: Annotated[tuple[str, ...], Field(min_length=2)] = ("hog", "efficientnet_lite0", "lite0_grid")


@EXTRACTORS.register("concat", ConcatParams)
def prepare(params: ConcatParams, folder: Path, context: Context) -> ExtractorSpec:
    """Parts that are prepared already.

    Raises:
        UsageError: when parts cannot be joined.
        BundleError: when a part is not prepared yet.
    """
    if "concat" in params.parts:
        raise UsageError("embed.concat.parts: a concat cannot be a part of a concat; name the other extractors")
    if len(set(params.parts)) < len(params.parts):
        raise UsageError("embed.concat.parts: an extractor is named twice; name each once")
    for name in params.parts:
        try:
            EXTRACTORS[name]
        except UsageError as error:
            raise UsageError(f"embed.concat.parts: {error}") from None
    specs = [read_spec(context.extractors / name) for name in params.parts]
    origins = sorted({spec.weights for spec in specs} - {"none"})
    return ExtractorSpec(
        name="concat",
        kind="concat",
        dim=sum(spec.dim for spec in specs),
        settings=params.model_dump(mode="json"),
        weights=UNTRAINED if UNTRAINED in origins else "; ".join(origins) or "none",
    )


@KINDS.register("concat")
def load(spec: ExtractorSpec, graph: Path, threads: int) -> Concat:
    """The extractor of a spec; its parts lie in folders beside its own."""
    folders = [graph.parent.parent / name for name in spec.settings["parts"]]
    specs = [read_spec(folder) for folder in folders]
    if any(part.kind == "concat" for part in specs) or sum(part.dim for part in specs) != spec.dim:
        raise BundleError(f"{graph.parent}: made of other extractors than lie beside it; run `sneakers embed concat`")
    return Concat([load_extractor(folder, threads=threads) for folder in folders])
