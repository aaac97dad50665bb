"""What an import finds: the sources of a folder, and each one's photos, by a CSV with a row a photo or by folders."""

from __future__ import annotations

import csv
import posixpath
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from sneakers_ml.catalogue.listing import View
from sneakers_ml.errors import DataError, UsageError

__all__ = ["Rejection", "Row", "find_sources", "read_manifest", "walk_folders"]

_REQUIRED = ("file", "brand")
_TEXTS = ("model", "product_id", "title", "currency", "url", "colour", "style_code", "gender", "shop")
_VIEWS: dict[str, View] = {view: view for view in get_args(View)}
_PLAIN_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")

_NO_FILE = "The row names no file. Fill in its `file` column."
_OUTSIDE = "The path leads out of the photo folder. Name a file inside it."
_NO_BRAND = "The brand is empty. Fill in the brand, or name the folder after it."
_NO_FOLDER = "The photo lies outside a brand's folder. Move it to brand/photo.jpg or brand/model/photo.jpg."
_TOO_DEEP = "The folder lies deeper than brand/model. Move its photos one level up."
_BAD_NAME = "The file's name is not UTF-8. Rename it."
_TOO_MANY_CELLS = "The row has more cells than the header. Put cells that hold commas in quotes."


@dataclass(frozen=True, slots=True)
class Rejection:
    """A photo or row that is left out, and a sentence that says why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One photo and what is said of it; `file` is relative to the photo folder, with forward slashes.

    `shop` is where the photo is from, in a table of several shops'.

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
    shop: str | None = None
    view: View | None = None
    faults: int = 0

    @property
    def listing_id(self) -> str:
        """Rows that share it are one listing of a shop: a product, a model in one colour, or a file.

        It depends neither on where the folder lies nor on how brand and model are spaced and capitalised, so that a
        repeated import finds its own.
        """
        if self.product_id:
            parts = ["product", self.brand, self.product_id]
        elif self.model:
            parts = ["model", self.brand, self.model, *filter(None, [self.colour])]
        else:
            return f"photo/{self.file}"
        if self.shop:
            parts.append(self.shop)
        return "/".join(part.casefold().replace("%", "%25").replace("/", "%2F") for part in parts)


def find_sources(folder: Path) -> dict[str, Path]:
    """Name of each source -> what to import: every manifest CSV of the folder, or else the folder of brands itself.

    Raises:
        UsageError: when there is no such folder, or two manifests have names that give the same source.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no such folder; without --source, give a folder of manifests or brands")
    manifests: dict[str, Path] = {}
    for path in sorted(folder.glob("[!.]*.csv")):
        with suppress(OSError, csv.Error):  # a folder by that name, or no table at all
            with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
                header = {name.strip().casefold() for name in next(csv.reader(file), [])}
            if header.issuperset(_REQUIRED) and (other := manifests.setdefault(_source_name(path.stem), path)) != path:
                raise UsageError(f"{path}: would be the same source as {other.name}; rename one, or give --source")
    return manifests or {_source_name(folder.resolve().name): folder}


def _source_name(name: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", name.casefold()).strip("-") or "photos"


def read_manifest(path: Path, brand: str | None = None) -> Iterator[Row | Rejection]:
    """Read a CSV in UTF-8 with the columns `file` and `brand`, other fields of `Row` where present, in any order.

    With a `brand` for all photos nothing but `file` is needed or read.

    Raises:
        DataError: the CSV cannot be read, is empty, is not UTF-8 or lacks a column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            header = [name.strip().casefold() for name in next(lines, [])]
            if not any(header):
                hint = "Give it the columns file and brand, and a row for each photo."
                raise DataError(f"{path}: the CSV is empty. {hint}")
            if missing := " and ".join(name for name in _REQUIRED[: 1 if brand else None] if name not in header):
                found = ", ".join(" ".join(name.split()) for name in header)
                raise DataError(f"{path}: no column {missing} among: {found}. Add it, commas between columns.")
            yield from (_row(header, cells, brand) for cells in lines if any(cells))
    except csv.Error:
        raise DataError(
            f"{path}:{lines.line_num}: not a row of a CSV. Close its quotes and keep cells short."
        ) from None
    except UnicodeDecodeError:
        raise DataError(f"{path}: not a CSV in UTF-8. Save the table as 'CSV UTF-8', or name a folder.") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}). Check the path.") from None


def _row(header: list[str], cells: list[str], brand: str | None) -> Row | Rejection:
    # reversed: of two columns of one name the first counts
    fields = {name: _tidy(cell) for name, cell in reversed(list(zip(header, cells, strict=False)))}
    name = cells[header.index("file")].strip() if header.index("file") < len(cells) else ""
    file = posixpath.normpath(name or ".")
    if file == ".":
        return Rejection(name, _NO_FILE)
    if len(cells) > len(header):
        return Rejection(name, _TOO_MANY_CELLS)
    if posixpath.isabs(file) or file.split("/")[0] == "..":
        return Rejection(name, _OUTSIDE)
    if brand:
        return Row(file, brand)
    if not (brand := fields.get("brand")):
        return Rejection(name, _NO_BRAND)
    price, view = fields.get("price"), fields.get("view")
    amount = float(price) if price and _PLAIN_NUMBER.fullmatch(price) else None
    side = _VIEWS.get(re.sub(r"[ -]", "_", view.casefold())) if view else None
    faults = (price is not None and amount is None) + (view is not None and side is None)
    texts = {name: fields.get(name) for name in _TEXTS}
    return Row(file=file, brand=brand, price=amount, view=side, faults=faults, **texts)


def walk_folders(root: Path) -> Iterator[Row | Rejection]:
    """Read a folder laid out brand/photo.jpg or brand/model/photo.jpg, by name; hidden files are skipped.

    Raises:
        DataError: one of the folders cannot be read.
    """
    try:
        for brand in _visible(root):
            if not brand.is_dir():
                yield Rejection(_shown(brand.name), _NO_FOLDER)
                continue
            for entry in _visible(brand):
                if entry.is_dir():
                    yield from (_photo(root, photo, brand.name, entry.name) for photo in _visible(entry))
                else:
                    yield _photo(root, entry, brand.name, "")
    except OSError as error:
        raise DataError(f"{error.filename}: cannot be read ({error.strerror}). Check the folder's rights.") from None


def _photo(root: Path, path: Path, brand: str, model: str) -> Row | Rejection:
    file = path.relative_to(root).as_posix()
    if path.is_dir():
        return Rejection(_shown(file), _TOO_DEEP)
    if _shown(file) != file:
        return Rejection(_shown(file), _BAD_NAME)
    named = _tidy(brand)
    return Row(file, named, model=_tidy(model)) if named else Rejection(file, _NO_BRAND)


def _visible(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))


def _shown(name: str) -> str:
    """The name as text that can be written; undecodable bytes of a file name become question marks."""
    return name.encode("utf-8", "replace").decode()


def _tidy(text: str) -> str | None:
    return unicodedata.normalize("NFC", " ".join(text.split())) or None
