"""What the bot asks of a recogniser, and the one piece of work it does on a thread."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import SneakersError
from sneakers_ml.images import QUERY_SIDE, decode
from sneakers_ml.serving.answer import Answer, Neighbour

__all__ = ["PhotoAnswerer", "Picture", "Reply", "recognise"]

log = logging.getLogger(__name__)


class PhotoAnswerer(Protocol):
    """The part of `sneakers_ml.serving.recognizer.Recognizer` that the bot uses; called from several threads."""

    def answer(self, photo: NDArray[np.uint8], *, top: int = 5) -> Answer:
        """Answer an upright RGB photo of shape (H, W, 3) with up to `top` neighbours."""
        ...

    def thumbnail(self, photo_id: str) -> bytes:
        """The JPEG of a photo of the gallery."""
        ...


@dataclass(frozen=True, slots=True)
class Picture:
    """A neighbour together with its own JPEG, so that images and captions cannot come apart."""

    neighbour: Neighbour
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """Everything one photo's reply is made of."""

    answer: Answer
    pictures: tuple[Picture, ...]


def recognise(recognizer: PhotoAnswerer, data: bytes, top: int) -> Reply:
    """Decode a file, answer it, fetch the thumbnails; blocking, for a thread.

    Raises:
        BadImage: the file is no photo that can be used.
    """
    answer = recognizer.answer(decode(data, longest_side=QUERY_SIDE), top=top)
    found = (_picture(recognizer, neighbour) for neighbour in answer.neighbours[:top])
    return Reply(answer, tuple(picture for picture in found if picture is not None))


def _picture(recognizer: PhotoAnswerer, neighbour: Neighbour) -> Picture | None:
    """A thumbnail that is gone costs its neighbour, not the whole answer."""
    try:
        return Picture(neighbour, recognizer.thumbnail(neighbour.photo_id))
    except (SneakersError, OSError, KeyError) as error:
        log.warning("no thumbnail for photo %s of the gallery: %s", neighbour.photo_id, error)
        return None
