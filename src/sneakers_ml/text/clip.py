"""The text tower `open_clip` as it is served: sentences through a tokenizer and a graph, without torch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import BundleError
from sneakers_ml.inference.session import OnnxSession
from sneakers_ml.text.lexicon import Meaning, spoken

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["ClipTower"]

_REMEMBERED = 4096  # sentences: the models that photos look like are named again and again


class ClipTower:
    """Sentences to unit vectors, by the text encoder of a CLIP; `vectors` may be called from several threads at once.

    Args:
        session: from token ids (n, context) to (n, d).
        tokenizer: that cuts to the context's length and fills up to it.
    """

    def __init__(self, session: OnnxSession, tokenizer: Tokenizer) -> None:
        self._session, self._tokenizer = session, tokenizer
        self._remembered = lru_cache(_REMEMBERED)(self._vector)

    @classmethod
    def open(cls, graph: Path, tokenizer: Path, *, threads: int = 0) -> Self:
        """Of a graph and a tokenizer.json.

        Raises:
            BundleError: when one of them is missing or damaged.
            ModuleNotFoundError: when the extra `clip` is not installed.
        """
        from tokenizers import Tokenizer

        try:
            reader = Tokenizer.from_file(str(tokenizer))
        except Exception:  # noqa: BLE001 - what tokenizers raises has no class of its own
            raise BundleError(f"{tokenizer}: missing or damaged; rebuild it") from None
        return cls(OnnxSession(graph, threads=threads), reader)

    def vectors(self, texts: Sequence[Sequence[Meaning]]) -> NDArray[np.float32]:
        """(n, d) of texts as `Lexicon.read` gives them: a sentence of what each says in English, without codes."""
        sentences = [" ".join(one.said for one in meanings if spoken(one.words)) for meanings in texts]
        rows = [self._remembered(sentence) for sentence in sentences or [""]]
        return np.stack(rows)[: len(texts)]

    def _vector(self, sentence: str) -> NDArray[np.float32]:
        """One at a time: on a CPU a batch is no faster."""
        row: NDArray[np.float32] = self._session.run(np.array([self._tokenizer.encode(sentence).ids], np.int64))[0]
        return row
