"""The bundle of a process that runs for months: a new one takes the old one's place, a broken one does not."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sneakers_ml.errors import BundleError
from sneakers_ml.serving.finder import Finder
from sneakers_ml.serving.manifest import files_now, read_whole
from sneakers_ml.serving.recognizer import Recognizer

__all__ = ["LiveBundle", "Serving"]


@dataclass(frozen=True)
class Serving:
    """A loaded bundle: what answers photos and what answers words.

    Nothing is read from its files any more, but for those that a store maps into memory or keeps elsewhere.
    """

    recognizer: Recognizer
    finder: Finder

    @classmethod
    def load(cls, folder: Path, *, threads: int = 0) -> Self:
        """Verify a bundle and load it.

        Raises:
            BundleError: when it is missing, incomplete, changed or inconsistent.
        """
        return read_whole(
            folder,
            lambda manifest: cls(
                Recognizer.load(folder, manifest, threads=threads),
                Finder.load(folder, manifest),
            ),
        )


class LiveBundle:
    """The bundle in a folder as it is now; `current` and `refresh` may be called from several threads.

    Whoever answers takes `current` once and keeps it until the answer is whole.

    Args:
        folder: models/serving of a workspace.
        threads: of one network run.

    Raises:
        BundleError: when there is no bundle to begin with.
    """

    def __init__(self, folder: Path, *, threads: int = 0) -> None:
        self._folder, self._threads = folder, threads
        self._lock = threading.Lock()
        self._state = files_now(folder)
        self.current = Serving.load(folder, threads=threads)

    def refresh(self) -> bool:
        """Load the folder's bundle if it is another one; whether it was.

        Raises:
            BundleError: the folder has changed and holds no whole bundle. The one before serves on, and this is said
                once: not again before the folder changes again.
        """
        with self._lock:
            state = files_now(self._folder)
            if state == self._state:
                return False
            self._state = state
            self.current = self._load()
            return True

    def _load(self) -> Serving:
        """The bundle, whose files were not replaced between their verification and the last that was read."""
        try:
            return Serving.load(self._folder, threads=self._threads)
        finally:
            if files_now(self._folder) != self._state:
                raise BundleError(f"{self._folder}: changed while it was read; it is read again")
