"""What a crawl has brought home so far: one line a finished listing and one a stored photo, only ever appended.

A process may be killed at any moment, so each line is written whole and at once, and a torn last line is cut off when
the journal is opened again. A listing's line comes after the lines of its photos: what the journal holds is complete.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from sneakers_ml.catalogue.listing import Listing

__all__ = ["Journal", "PhotoProblem"]


@dataclass(frozen=True, slots=True)
class PhotoProblem:
    """A photo that was not kept, and why; a thumbnail is left out on purpose."""

    url: str
    why: str
    thumbnail: bool = False


@dataclass
class Journal:
    """The journal of one run over one shop, open for appending."""

    listings: dict[str, Listing] = field(default_factory=dict)
    photos: dict[str, str] = field(default_factory=dict)
    """URL to file, relative to the folder that holds photos/."""
    photo_problems: dict[str, PhotoProblem] = field(default_factory=dict)
    """Of finished listings, by URL."""
    _file: BinaryIO | None = None

    @property
    def failed_photos(self) -> list[PhotoProblem]:
        """Those that were not left out on purpose."""
        return [problem for problem in self.photo_problems.values() if not problem.thumbnail]

    @classmethod
    def open(cls, path: Path) -> Journal:
        """Read a journal, made when missing, and go on writing where its last whole line ends."""
        path.parent.mkdir(parents=True, exist_ok=True)
        journal, end = cls(), 0
        file = path.open("a+b")
        file.seek(0)
        with suppress(ValueError, KeyError, TypeError):  # a line that makes no sense ends it as a torn one does
            for line in file:
                if not line.endswith(b"\n"):
                    break
                row = json.loads(line)
                if "photo" in row:
                    journal.photos[str(row["photo"])] = str(row["file"])
                else:
                    problems = [PhotoProblem(*problem) for problem in row["faults"]]
                    journal._take(Listing.model_validate(row["listing"]), problems)
                end += len(line)
        file.truncate(end)
        journal._file = file
        return journal

    def close(self) -> None:
        """Close the file; nothing can be added after that."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def add_photo(self, url: str, file: str) -> None:
        """Note that a photo is stored; its file must be there already."""
        self._write({"photo": url, "file": file})
        self.photos[url] = file

    def add_listing(self, listing: Listing, problems: list[PhotoProblem]) -> None:
        """Note that a listing is finished: its photos are stored, or given up with a reason."""
        rows = [[problem.url, problem.why, problem.thumbnail] for problem in problems]
        self._write({"listing": listing.model_dump(mode="json"), "faults": rows})
        self._take(listing, problems)

    def _take(self, listing: Listing, problems: list[PhotoProblem]) -> None:
        self.listings[listing.listing_id] = listing
        self.photo_problems.update((problem.url, problem) for problem in problems)

    def _write(self, row: dict[str, Any]) -> None:
        if self._file is None:
            raise ValueError("the journal is closed")
        self._file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        self._file.flush()  # what the operating system has outlives the process
