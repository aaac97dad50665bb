"""Photos described in words: colours, kind, and the models that they look like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import BundleError
from sneakers_ml.features.extractor import Extractor, open_extractor
from sneakers_ml.inference.session import OnnxSession
from sneakers_ml.serving.answer import Description, WordScore
from sneakers_ml.serving.brand_classifier import Query
from sneakers_ml.text.lexicon import Lexicon
from sneakers_ml.text.spec import COLOURS, CUTOFFS, PHOTO_HEAD, READERS, TermReader, TextSpec, load_readers, part_graph
from sneakers_ml.text.tower import TextTower, open_tower, photo_input, photo_width

__all__ = ["PhotoDescriber"]

_COLOURS, _MODELS = 3, 3  # said at most


class PhotoDescriber:
    """What a bundle has to describe photos with; `describe` may be called from several threads at once."""

    def __init__(
        self,
        spec: TextSpec,
        readers: Mapping[str, TermReader],
        tower: TextTower,
        head: OnnxSession,
        extractors: Sequence[Extractor],
    ) -> None:
        """Of a spec and what it describes; `extractors` are those of its parts."""
        self._spec, self._readers, self._tower, self._head = spec, readers, tower, head
        self._extractors = extractors
        self._lexicon = Lexicon(spec.words)
        kinds = readers["kinds"].terms if "kinds" in readers else ()
        self._kinds = tower.vectors([[self._lexicon.of_term(kind)] for kind in kinds])

    @classmethod
    def load(cls, folder: Path, spec: TextSpec, embedder: Extractor, *, threads: int = 0) -> Self:
        """That of a verified bundle, whose own extractor is the first of the spec's parts.

        Raises:
            BundleError: when a file is damaged.
        """
        others = [open_extractor(part, folder / part_graph(part), threads=threads) for part in spec.parts[1:]]
        tower, head = open_tower(spec, folder, threads=threads), OnnxSession(folder / PHOTO_HEAD, threads=1)
        readers = load_readers(folder)
        widths = {part.name: part.dim for part in spec.parts}
        read = {"colours": widths.get(COLOURS), "kinds": len(readers["kinds"].terms) if "kinds" in readers else None}
        if COLOURS not in widths or any(
            readers[section].weights.shape[1] != width for section, width in read.items() if section in readers
        ):
            raise BundleError(f"{folder / READERS}: made for other vectors; run `sneakers text` and `sneakers bundle`")
        shown = head.run(np.zeros((1, sum(map(photo_width, spec.parts))), np.float32))
        if not shown.shape == tower.vectors([[]]).shape == (1, spec.dim):
            raise BundleError(f"{folder}: tower and photo head give other vectors; run `sneakers text`")
        return cls(spec, readers, tower, head, [embedder, *others])

    def describe(self, query: Query, models: Sequence[tuple[str, str]]) -> Description:
        """The words for a photo.

        Args:
            query: the photo.
            models: brands and names of models that may be named.
        """
        parts = {
            part.name: (part, query.vector(extractor))
            for part, extractor in zip(self._spec.parts, self._extractors, strict=True)
        }
        photo = self._head.run(photo_input(list(parts.values())))
        colours = self._read("colours", parts[COLOURS][1])
        kinds = self._read("kinds", photo @ self._kinds.T)
        return Description(tuple(colours[:_COLOURS]), next(iter(kinds), None), self._like(models, photo))

    def _read(self, section: str, rows: NDArray[np.float32]) -> list[WordScore]:
        """Terms of a section that the photo shows, the likeliest first."""
        if section not in self._readers:
            return []
        reader, cutoff = self._readers[section], CUTOFFS[section]
        shares = reader.probabilities(rows)[0]
        order = np.argsort(-shares, kind="stable")
        return [WordScore(reader.terms[place].name, float(shares[place])) for place in order if shares[place] >= cutoff]

    def _like(self, models: Sequence[tuple[str, str]], photo: NDArray[np.float32]) -> tuple[WordScore, ...]:
        """The models whose names the photo is near enough to, the nearest first."""
        named = [(brand, name) for brand, name in models if self._says_more(name, brand)]
        if not named:
            return ()
        cosines = self._tower.vectors([self._lexicon.read(f"{brand} {name}") for brand, name in named]) @ photo[0]
        order = np.argsort(-cosines, kind="stable")[:_MODELS]
        return tuple(
            WordScore(named[place][1], float(cosines[place])) for place in order if cosines[place] >= self._spec.floor
        )

    def _says_more(self, name: str, brand: str) -> bool:
        """Whether a name is more than brand, colour, kind and wearer, as in "Nike Men Red Shoes"."""
        known = set(self._lexicon.tokens(brand))
        return any(not one.term and not known.issuperset(one.words) for one in self._lexicon.read(name))
