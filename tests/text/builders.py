"""A small words.yaml, indices counted by hand, damaged files of arrays, and captioned photos told by their vectors."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from sneakers_ml.features.extractor import ExtractorSpec
from sneakers_ml.text.lexicon import Lexicon, Meaning, Term, WordFile
from sneakers_ml.text.search import WordIndex
from sneakers_ml.text.spec import TermReader
from sneakers_ml.text.training.captions import Captions
from sneakers_ml.text.training.photos import CaptionedPhotos
from sneakers_ml.word_lists import parse_file
from sneakers_ml.workspace.params import TextParams

__all__ = [
    "BLUE",
    "BOOT",
    "DAMAGED",
    "LOW",
    "RED",
    "WORDS",
    "captioned",
    "index_of",
    "meant",
    "products_of",
    "small_lexicon",
    "toy_params",
]

WORDS = """\
colours:
  blue: {en: [navy, sky blue], ru: [синий]}
  red: {en: [crimson], ru: [красный]}
kinds:
  low top: {en: [low], models: [court king]}
  boot: {en: [boots, low boots], ru: [ботинки]}
materials: {leather: {ru: [кожа, из кожи]}}
uses: {sports: {}}
wearers: {men: {en: [mens], ru: [мужские]}}
names: {nike: [найк], air max: [аир макс], court king: [корт кинг]}
ignored: [shoes, кроссовки, the]
"""
BLUE, RED = Term("colours", "blue"), Term("colours", "red")
LOW, BOOT = Term("kinds", "low top"), Term("kinds", "boot")


def small_lexicon() -> Lexicon:
    return Lexicon(parse_file("words.yaml", WORDS, WordFile))


def meant(*tokens: str) -> list[Meaning]:
    """A text that was read as these tokens."""
    return [Meaning((token,), None, token) for token in tokens]


def index_of(*documents: str, scores: Mapping[str, float] | None = None) -> WordIndex:
    """An index of documents whose tokens are told, in one string each; a token's score is 1 where `scores` has none."""
    tokens = [document.split() for document in documents]
    vocabulary = list(dict.fromkeys(token for document in tokens for token in document))
    holders = [[place for place, document in enumerate(tokens) if token in document] for token in vocabulary]
    return WordIndex(
        {token: column for column, token in enumerate(vocabulary)},
        np.cumsum([0, *map(len, holders)], dtype=np.int64),
        np.array([place for column in holders for place in column], np.int64),
        np.array(
            [(scores or {}).get(token, 1.0) for token, column in zip(vocabulary, holders, strict=True) for _ in column],
            np.float32,
        ),
        len(documents),
    )


def products_of(*titles: str) -> pd.DataFrame:
    """Products `p0`, `p1`, … whose titles are told as "brand: title"."""
    pairs = [title.split(": ") for title in titles]
    ids = [f"p{number}" for number in range(len(titles))]
    table = pd.DataFrame({"product_id": ids, "brand": [one[0] for one in pairs], "title": [one[1] for one in pairs]})
    return table.assign(model=None, colour=None, gender=None, age=None, style_code=None)


def captioned(
    titles: Sequence[str],
    rows: Sequence[Mapping[str, object]],
    inputs: np.ndarray,
    *,
    captions: Captions | None = None,
    reader: TermReader | None = None,
    seen: Sequence[tuple[Term, ...]] | None = None,
) -> CaptionedPhotos:
    """Photos of products titled "brand: title"; a row has `product`, a place, and perhaps `split` and `source`."""
    products = products_of(*titles)
    texts = [f"{brand} {title}" for brand, title in zip(products["brand"], products["title"], strict=True)]
    table = pd.DataFrame([{"split": "train", "source": "shop", **row} for row in rows])
    table["title"] = products["title"].to_numpy(str)[table["product"]]
    table["model_id"] = [f"m{product}" for product in table["product"]]
    return CaptionedPhotos(
        rows=table,
        products=products,
        texts=texts,
        captions=captions or Captions(products, texts, small_lexicon()),
        specs=(ExtractorSpec(name="toy", kind="onnx", dim=inputs.shape[1], settings={}, weights="none"),),
        inputs=inputs,
        served=inputs,
        measured=inputs,
        colours=reader,
        seen=list(seen or [()] * len(table)),
    )


def toy_params(**update: float) -> TextParams:
    """Towers as small as they may be, trained in small batches."""
    settings = {"batch": 8, "width": 8, "hidden": 8, "dim": 8, "epochs": 1, "dropout": 0, "lr": 0.02}
    return TextParams.model_validate(settings | update)


def _saved() -> bytes:
    with io.BytesIO() as file:
        np.savez(file, vocabulary=np.array(["nike"]), starts=np.array([0, 1]), documents=np.array([0]), size=1)
        return file.getvalue()


def _pickled() -> bytes:
    with io.BytesIO() as file:
        parts = {name: np.array([{"a": 1}], object) for name in ("vocabulary", "starts", "documents", "scores", "size")}
        np.savez(file, **parts)
        return file.getvalue()


def _a_single_array() -> bytes:
    with io.BytesIO() as file:
        np.save(file, np.zeros(3))
        return file.getvalue()


def _an_archive_of_texts() -> bytes:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as archive:
            for name in ("vocabulary", "starts", "documents", "scores", "size"):
                archive.writestr(f"{name}.npy", "no array")
        return file.getvalue()


DAMAGED: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "text": lambda: b"no archive at all\n",
    "cut off": lambda: _saved()[:-40],
    "a part is missing": _saved,
    "pickled objects": _pickled,
    "a single array": _a_single_array,
    "an archive of texts": _an_archive_of_texts,
}
