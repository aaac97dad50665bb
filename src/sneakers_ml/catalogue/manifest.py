"""What an import is told of its photos: by a CSV with a row a photo, or by folders named after brands and models."""

from __future__ import annotations

import csv
import posixpath
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from sneakers_ml.catalogue.listing import View
from sneakers_ml.errors import DataError

__all__ = ["Rejection", "Row", "read_manifest", "walk_folders"]

REQUIRED = ("file", "brand")
_VIEWS: dict[str, View] = {view: view for view in get_args(View)}
_PLAIN_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")

NO_FILE = "The row names no file. Fill in its `file` column."
OUTSIDE = "The path leads out of the photo folder. Name a file inside it."
NO_BRAND = "The brand is empty. Fill in the brand, or name the folder after it."
NO_FOLDER = "The photo lies outside a brand's folder. Move it to brand/photo.jpg or brand/model/photo.jpg."
TOO_DEEP = "The folder lies deeper than brand/model. Move its photos one level up."
BAD_NAME = "The file's name is not UTF-8. Rename it."
TOO_MANY_CELLS = "The row has more cells than the header. Put cells that hold commas in quotes."


@dataclass(frozen=True, slots=True)
class Rejection:
    """A photo or row that is left out, and a sentence that says why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One photo and what is said of it; `file` is relative to the photo folder, with forward slashes.

    `faults` counts cells (price, view) that hold something unusable: they are left empty, the row is kept.
    """

    file: str
    brand: str
    model: str | None = None
    product_id: str | None = None
    title: str | None = None
    price: float | None = None
    currency: str | None = None
    url: str | None = None
    colour: str | None = None
    style_code: str | None = None
    gender: str | None = None
    view: View | None = None
    faults: int = 0

    @property
    def listing_id(self) -> str:
        """Rows that share it are one listing: the same product, the same model in one colour, or the same file.

        It depends neither on where the folder lies nor on how brand and model are spaced and capitalised, so that a
        repeated import finds its own.
        """
        if self.product_id:
            return _join("product", self.brand, self.product_id)
        if self.model:
            return _join("model", self.brand, self.model, *([self.colour] if self.colour else []))
        return f"photo/{self.file}"


def read_manifest(path: Path) -> Iterator[Row | Rejection]:
    """Read a CSV in UTF-8 with the columns `file` and `brand`, other fields of `Row` where present, in any order.

    Raises:
        DataError: the CSV cannot be read, is empty, is not UTF-8 or lacks a column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            try:
                yield from _rows(path, lines)
            except csv.Error:
                hint = "Close its quotes and keep cells short"
                raise DataError(f"{path}:{lines.line_num}: not a row of a CSV. {hint}.") from None
    except UnicodeDecodeError:
        raise DataError(f"{path}: not a CSV in UTF-8. Save the table as 'CSV UTF-8', or name a folder.") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}). Check the path.") from None


def walk_folders(root: Path) -> Iterator[Row | Rejection]:
    """Read a folder laid out brand/photo.jpg or brand/model/photo.jpg, by name; hidden files are skipped.

    Raises:
        DataError: one of the folders cannot be read.
    """
    try:
        for entry in _visible(root):
            if entry.is_dir():
                yield from _brand(root, entry)
            else:
                yield Rejection(_shown(entry.name), NO_FOLDER)
    except OSError as error:
        raise DataError(f"{error.filename}: cannot be read ({error.strerror}). Check the folder's rights.") from None


def _brand(root: Path, folder: Path) -> Iterator[Row | Rejection]:
    for entry in _visible(folder):
        if entry.is_dir():
            yield from (_photo(root, photo, folder.name, entry.name) for photo in _visible(entry))
        else:
            yield _photo(root, entry, folder.name, None)


def _rows(path: Path, lines: Iterator[list[str]]) -> Iterator[Row | Rejection]:
    header = [name.strip().casefold() for name in next(lines, [])]
    missing = [name for name in REQUIRED if name not in header]
    if not any(header):
        raise DataError(f"{path}: the CSV is empty. Give it the columns file and brand, and a row for each photo.")
    if missing:
        found = ", ".join(header)
        raise DataError(f"{path}: no column {' and '.join(missing)} among: {found}. Add it, commas between columns.")
    for cells in lines:
        if any(cells):
            yield _row(header, cells)


def _row(header: list[str], cells: list[str]) -> Row | Rejection:
    # reversed: of two columns of one name the first counts
    told = {name: _tidy(cell) for name, cell in reversed(list(zip(header, cells, strict=False)))}
    name = cells[header.index("file")].strip() if header.index("file") < len(cells) else ""
    file = posixpath.normpath(name) if name else ""
    if not file or file == ".":
        return Rejection(name, NO_FILE)
    if len(cells) > len(header):
        return Rejection(name, TOO_MANY_CELLS)
    if posixpath.isabs(file) or file.split("/")[0] == "..":
        return Rejection(name, OUTSIDE)
    if not (brand := told.get("brand")):
        return Rejection(name, NO_BRAND)
    price, view = _price(told.get("price")), _view(told.get("view"))
    names = ("model", "product_id", "title", "currency", "url", "colour", "style_code", "gender")
    faults = (told.get("price") is not None and price is None) + (told.get("view") is not None and view is None)
    texts = {name: told.get(name) for name in names}
    return Row(file=file, brand=brand, price=price, view=view, faults=faults, **texts)


def _photo(root: Path, path: Path, brand: str, model: str | None) -> Row | Rejection:
    file = path.relative_to(root).as_posix()
    if path.is_dir():
        return Rejection(_shown(file), TOO_DEEP)
    if _shown(file) != file:
        return Rejection(_shown(file), BAD_NAME)
    told = _tidy(brand)
    return Row(file, told, model=_tidy(model or "")) if told else Rejection(file, NO_BRAND)


def _visible(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))


def _shown(name: str) -> str:
    """The name as text that can be written; undecodable bytes of a file name become question marks."""
    return name.encode("utf-8", "replace").decode()


def _tidy(text: str) -> str | None:
    return unicodedata.normalize("NFC", " ".join(text.split())) or None


def _price(text: str | None) -> float | None:
    return float(text) if text and _PLAIN_NUMBER.fullmatch(text) else None


def _view(text: str | None) -> View | None:
    return _VIEWS.get(re.sub(r"[ -]", "_", text.casefold())) if text else None


def _join(*parts: str) -> str:
    return "/".join(part.casefold().replace("%", "%25").replace("/", "%2F") for part in parts)
