"""The extractor `concat`: vectors of other extractors side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
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
)
from sneakers_ml.registry import Section
from sneakers_ml.vectors import unit_rows

__all__ = ["Concat", "ConcatParams", "join_parts"]


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


def join_parts(spec: ExtractorSpec, folder: Path, load_part: Callable[[Path], Extractor]) -> Concat:
    """The extractor of a spec in `folder`; its parts lie in folders beside that.

    Raises:
        BundleError: when the parts are others than it was made of.
    """
    folders = [folder.parent / name for name in spec.settings["parts"]]
    specs = [read_spec(part) for part in folders]
    if any(part.kind == "concat" for part in specs) or sum(part.dim for part in specs) != spec.dim:
        raise BundleError(f"{folder}: made of other extractors than lie beside it; run `sneakers embed concat`")
    return Concat([load_part(part) for part in folders])


@KINDS.register("concat")
def load(spec: ExtractorSpec, graph: Path, threads: int) -> Concat:
    """The extractor of a spec."""
    return join_parts(spec, graph.parent, partial(load_extractor, threads=threads))
