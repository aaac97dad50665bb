"""text.json: which text tower and photo head were made of what, and what their answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from sneakers_ml.features.extractor import ExtractorSpec
from sneakers_ml.files import read_json, replacing
from sneakers_ml.text.lexicon import Term, WordFile
from sneakers_ml.text.search import WORD_INDEX
from sneakers_ml.vectors import open_arrays, softmax

__all__ = [
    "COLOURS",
    "CUTOFFS",
    "NGRAMS",
    "OPEN_CLIP",
    "PHOTO_HEAD",
    "PHOTO_VECTORS",
    "READERS",
    "TEXT_FILES",
    "TEXT_SPEC",
    "TOKENIZER",
    "TOWER",
    "TOWERS",
    "TermReader",
    "TextSpec",
    "load_readers",
    "part_graph",
    "read_text_spec",
    "save_readers",
]

TOWER, PHOTO_HEAD, PHOTO_VECTORS = "tower.onnx", "photo_head.onnx", "text_vectors.npy"
READERS, TEXT_SPEC = "readers.npz", "text.json"
TEXT_FILES = (TOWER, PHOTO_HEAD, PHOTO_VECTORS, WORD_INDEX, READERS)
"""What every tower has beside the spec."""
NGRAMS, OPEN_CLIP = "ngrams", "open_clip"
TOWERS = {NGRAMS: (), OPEN_CLIP: (OPEN_CLIP,)}
"""Name of a text tower -> extractors that it needs beside the serving one and `colours`."""
TOKENIZER = "tokenizer.json"
"""Of the tower `open_clip`; its format is that of Hugging Face's `tokenizers`, with context, start, end and padding."""
COLOURS = "colours"
"""The extractor whose vectors tell colours."""
CUTOFFS = {"colours": 0.4, "kinds": 0.4}
"""Probability from which a term is said of a photo."""


@dataclass(frozen=True)
class TermReader:
    """How likely a photo shows each of some terms, by a logistic regression.

    terms      that the photos it was fitted on tell of
    weights    (terms, numbers) of what is read: a photo's `colours` vector, or its cosines to the terms' texts
    bias       (terms,)
    exclusive  whether a photo shows one of them (softmax), or each by itself (sigmoid)
    """

    terms: tuple[Term, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    exclusive: bool

    def probabilities(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n, terms) of (n, numbers)."""
        logits = np.asarray(rows @ self.weights.T + self.bias, np.float64)
        return softmax(logits) if self.exclusive else np.asarray((1 + np.tanh(logits / 2)) / 2)  # no overflow


def save_readers(readers: Mapping[str, TermReader], folder: Path) -> None:
    """Write `READERS` into a folder."""
    parts: dict[str, Any] = {"sections": np.array(list(readers), np.str_)}
    for section, reader in readers.items():
        parts |= {f"{section}.terms": np.array([term.name for term in reader.terms], np.str_)}
        parts |= {f"{section}.weights": reader.weights, f"{section}.bias": reader.bias}
        parts |= {f"{section}.exclusive": np.array(reader.exclusive)}
    with replacing(folder / READERS) as file:
        np.savez(file, **parts)


def load_readers(folder: Path) -> dict[str, TermReader]:
    """Read what `save_readers` wrote, by section of words.yaml.

    Raises:
        BundleError: when it is missing or damaged.
    """
    with open_arrays(folder / READERS, "sneakers text") as parts:
        readers = {
            section: TermReader(
                tuple(Term(section, str(name)) for name in parts[f"{section}.terms"].tolist()),
                parts[f"{section}.weights"].astype(np.float32, casting="same_kind"),
                parts[f"{section}.bias"].astype(np.float32, casting="same_kind"),
                bool(parts[f"{section}.exclusive"]),
            )
            for section in parts["sections"].tolist()
        }
        for reader in readers.values():
            count = (len(reader.terms),)
            if reader.weights.ndim != 2 or reader.weights.shape[:1] != count or reader.bias.shape != count:
                raise ValueError("terms and weights don't fit")
        return readers


class TextSpec(BaseModel):
    """text.json: the text tower, the extractors whose vectors describe a photo (the serving one, `colours` and those
    of the tower), and the words.

    `gallery_sha256` is of the gallery.parquet whose photos and products the vectors and words are of. `weight` is that
    of the vectors beside the words in a search; what has none of the words, and a cosine below `floor`, is not what was
    asked for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    tower: str = NGRAMS
    parts: tuple[ExtractorSpec, ...]
    dim: int
    gallery_sha256: str
    weight: float
    floor: float
    words: WordFile
    tower_sha256: str
    head_sha256: str

    @property
    def files(self) -> tuple[str, ...]:
        """All but the spec."""
        return (*TEXT_FILES, TOKENIZER) if self.tower == OPEN_CLIP else TEXT_FILES


def read_text_spec(folder: Path) -> TextSpec:
    """Read text.json.

    Raises:
        BundleError: when it is missing or damaged.
    """
    return read_json(folder / TEXT_SPEC, TextSpec, "sneakers text")


def part_graph(part: ExtractorSpec) -> str:
    """The name that the graph of a part beside the first has in a bundle; not every extractor has one."""
    return f"photo_{part.name}.onnx"
