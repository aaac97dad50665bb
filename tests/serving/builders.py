"""A text tower, a photo head and a few words, so small that what they answer is worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.features.extractor import ExtractorSpec
from sneakers_ml.serving.describer import PhotoDescriber
from sneakers_ml.text.lexicon import TermWords, WordFile
from sneakers_ml.text.spec import TermReader, TextSpec
from sneakers_ml.text.tower import NgramTower, gram_ids

__all__ = ["WORDS", "FirstTwo", "Pointer", "describer", "text_spec", "tower"]

WORDS = WordFile(
    colours={
        "blue": TermWords(en=("navy",), ru=("синий",)),
        "red": TermWords(ru=("красный",)),
        "green": TermWords(),
        "black": TermWords(),
    },
    kinds={"low top": TermWords(en=("low",), ru=("низкие",)), "high top": TermWords(), "slip-on": TermWords()},
    materials={},
    uses={},
    wearers={"men": TermWords(en=("mens",))},
    names={"arvo": ("арво",)},
    ignored=("shoes", "кроссовки"),
)


class Pointer:
    """An extractor that points the same way whatever it sees."""

    def __init__(self, *row: float) -> None:
        self.row = row
        self.dim = len(row)

    def transform(self, shoes: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        return np.tile(np.array([self.row], np.float32), (len(shoes), 1))


class Sum:
    """A tower's session: a text points where the sum of its tokens does; tokens that were not placed point nowhere."""

    def __init__(self, directions: Mapping[str, tuple[float, float]]) -> None:
        self._directions = {int(gram_ids([[token]])[0, 0, 0]): np.array(way) for token, way in directions.items()}

    def run(self, texts: NDArray[np.int64]) -> NDArray[np.float32]:
        whole = texts[:, :, 0]  # a token's first n-gram is the token
        sums = [sum((self._directions.get(int(token), np.zeros(2)) for token in text), np.zeros(2)) for text in whole]
        return np.array([total / (np.linalg.norm(total) or 1) for total in sums], np.float32)


class FirstTwo:
    """A photo head's session: the photo's place among texts is where the first extractor points."""

    def run(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        return rows[:, :2]


def tower(directions: Mapping[str, tuple[float, float]]) -> NgramTower:
    """One that sees the given tokens, in the plane."""
    return NgramTower(Sum(directions))  # type: ignore[arg-type]


def text_spec(*, weight: float = 0.5, floor: float = 0.5) -> TextSpec:
    """Of the tower and the head above."""
    net, colours = (
        ExtractorSpec(name=name, kind="pointer", dim=2, settings={}, weights="none", searched=2)
        for name in ("net", "colours")
    )
    return TextSpec(
        parts=(net, colours),
        dim=2,
        gallery_sha256="",
        weight=weight,
        floor=floor,
        words=WORDS,
        tower_sha256="",
        head_sha256="",
    )


def describer(
    directions: Mapping[str, tuple[float, float]],
    readers: Mapping[str, TermReader] | None = None,
    *,
    photo: Pointer | None = None,
    colours: tuple[float, float] = (0.6, 0.8),
) -> PhotoDescriber:
    """One to which every photo lies where `photo` points, and has the same `colours` vector."""
    extractors = [photo or Pointer(0.6, 0.8), Pointer(*colours)]
    return PhotoDescriber(text_spec(), readers or {}, tower(directions), FirstTwo(), extractors)  # type: ignore[arg-type]
