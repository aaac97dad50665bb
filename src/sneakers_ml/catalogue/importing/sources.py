"""What an import finds: the sources of a folder, and each one's photos, by a CSV with a row a photo or by folders."""

from __future__ import annotations

import csv
import io
import os
import posixpath
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, get_args

from sneakers_ml.catalogue.importing.columns import column_fields, field_of
from sneakers_ml.catalogue.listing import View
from sneakers_ml.catalogue.money import currency_code, read_price
from sneakers_ml.errors import DataError, UsageError
from sneakers_ml.files import files_below

__all__ = ["Fault", "Manifest", "Rejection", "Row", "find_sources", "open_manifest", "read_manifest", "walk_folders"]

_REQUIRED = ("file", "brand")
_TEXTS = ("model", "product_id", "title", "url", "colour", "style_code", "gender", "shop")
_VIEWS: dict[str, View] = {view: view for view in get_args(View)}
_DELIMITERS = ",;\t|"
_HEAD = 2**16
"""Bytes of a file in which its header is."""

_NO_FILE = "The row names no file. Fill in its `file` column."
_OUTSIDE = "The path leads out of the photo folder. Name a file inside it."
_ADDRESS = "This is an address of the web. Download the photo and name its file."
_NO_BRAND = "The brand is empty. Fill in the brand, or name the folder after it."
_NO_FOLDER = "The photo lies outside a brand's folder. Move it to brand/photo.jpg or brand/model/photo.jpg."
_TOO_DEEP = "The folder lies deeper than brand/model. Move its photos one level up."
_CLOSED = "The folder cannot be looked into. Check that you may read and enter it."
_BAD_NAME = "The file's name is not UTF-8. Rename it."
_TOO_MANY_CELLS = "The row has more cells than the header. Put cells that hold commas in quotes."
_NO_PRICE = "It is no price above zero. Write it as 129.90."
_NO_CURRENCY = "It is no currency, or the sign of several. Write its code, such as EUR."
_NO_VIEW = f"It is no view. Write one of {', '.join(_VIEWS)}."


@dataclass(frozen=True, slots=True)
class Rejection:
    """A photo or row that is left out, and a sentence that says why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be used: it is left empty, its row (1 is the header's) is kept."""

    row: int
    column: str
    cell: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One photo and what is said of it; `file` is relative to the photo folder, with forward slashes.

    `shop` is where the photo is from, in a table of several shops'.

    `faults` counts cells (price, currency, view) that hold something unusable; `faulty` are those of a CSV.
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
    faulty: tuple[Fault, ...] = field(default=(), compare=False)

    @property
    def listing_id(self) -> str:
        """Rows that share it are one listing of a shop: a product, a page, a model or title in one colour, or a file.

        It depends neither on where the folder lies nor on how brand and model are spaced and capitalised, so that a
        repeated import finds its own.
        """
        if self.product_id:
            parts = ["product", self.brand, self.product_id]
        elif self.url:
            parts = ["page", self.url]
        elif name := self.model or self.title:
            told_apart = filter(None, [self.colour, self.style_code])
            parts = ["model" if self.model else "title", self.brand, name, *told_apart]
        else:
            return f"photo/{self.file}"
        if self.shop:
            parts.append(self.shop)
        return "/".join(part.casefold().replace("%", "%25").replace("/", "%2F") for part in parts)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A CSV of photos as it was understood; `notes` say in a line each what was taken as what, and what was not."""

    entries: tuple[Row | Rejection, ...]
    notes: tuple[str, ...] = ()


def find_sources(folder: Path) -> dict[str, Path]:
    """Name of each source -> what to import: every manifest CSV of the folder, or else the folder of brands itself.

    A CSV that cannot be opened counts as a manifest, so that its import says so.

    Raises:
        UsageError: when there is no such folder, or two manifests have names that give the same source.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no such folder; without --source, give a folder of manifests or brands")
    manifests: dict[str, Path] = {}
    for path in sorted(folder.glob("[!.]*.[cCtT][sS][vV]")):
        if path.is_dir():
            continue
        try:
            with path.open("rb") as file:
                head = file.read(_HEAD)
            known = set(column_fields(_table(head.decode(_utf(head), errors="replace")).header))
        except OSError:
            known = set(_REQUIRED)
        except csv.Error:  # no table at all
            continue
        if known.issuperset(_REQUIRED) and (other := manifests.setdefault(_source_name(path.stem), path)) != path:
            raise UsageError(f"{path}: would be the same source as {other.name}; rename one, or give --source")
    return manifests or {_source_name(folder.resolve().name): folder}


def _source_name(name: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", name.casefold()).strip("-") or "photos"


def read_manifest(path: Path, brand: str | None = None) -> Iterator[Row | Rejection]:
    """The entries of `open_manifest`.

    Raises:
        DataError: as there.
    """
    yield from open_manifest(path, brand).entries


def open_manifest(path: Path, brand: str | None = None) -> Manifest:
    """Read a CSV with the columns `file` and `brand`, other fields of `Row` where present, in any order.

    Columns may have other usual names (`columns.py`). Cells are parted by what a first line `sep=;` says, or else by
    the comma, semicolon, tab or bar that gives the most known columns. The text is UTF-8, UTF-16 with its mark, or
    Windows-1252. Prices are read as a shop's are. With a `brand` for all photos nothing but `file` is needed or read.

    Raises:
        DataError: the CSV cannot be read, is empty, is of another encoding, lacks the column `file` or `brand`, or has
            two for it.
    """
    try:
        text, notes = _decoded(path.read_bytes())
        table = _table(text)
    except csv.Error:
        raise DataError(f"{path}:1: not a row of a CSV. Close its quotes and keep cells short.") from None
    except UnicodeDecodeError:
        raise DataError(f"{path}: not a CSV in UTF-8. Save the table as 'CSV UTF-8', or name a folder.") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}). Check the path.") from None
    columns = column_fields(table.header)
    needed = _REQUIRED[:1] if brand else _REQUIRED
    if not table.header:
        raise DataError(f"{path}: the CSV is empty. Give it the columns file and brand, and a row for each photo.")
    if missing := " and ".join(name for name in needed if name not in columns):
        found = ", ".join(filter(None, table.header))
        raise DataError(f"{path}: no column {missing} among: {found}. Add it, commas between columns.")
    for name in needed:
        names = [column for column in table.header if field_of(column) == name]
        if len(names) > 1 and name not in map(str.casefold, names):
            raise DataError(f"{path}: the columns {' and '.join(names)} all say {name}. Keep one of them.")
    entries: list[Row | Rejection] = []
    number = table.first - 1
    try:
        for number, cells in enumerate(table.lines, start=table.first):
            if any(cells):
                entries.append(_row(table.header, cells, brand, number))
    except csv.Error:
        raise DataError(
            f"{path}: row {number + 1}: not a row of a CSV. Close its quotes and keep cells short."
        ) from None
    return Manifest(tuple(entries), (*notes, *([] if brand else _notes(table.header))))


def _notes(header: Sequence[str]) -> list[str]:
    """What is said of columns that have another name than their field, or none that is known."""
    fields = list(zip(header, column_fields(header), strict=True))
    taken = [f"{name} as {known}" for name, known in fields if known and name.casefold() != known]
    spare = [f"{name} beside {known}" for name, field in fields if not field and (known := field_of(name))]
    unknown = [name for name in header if name and not field_of(name)]
    return [
        *([f"columns taken: {', '.join(taken)}"] if taken else []),
        *([f"columns not read: {', '.join(spare)}"] if spare else []),
        *([f"columns not known, so not read: {', '.join(unknown)}"] if unknown else []),
    ]


def _utf(data: bytes) -> str:
    return "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"


def _decoded(data: bytes) -> tuple[str, list[str]]:
    """The text of a CSV, and a note where its encoding was guessed.

    Raises:
        UnicodeDecodeError: it is in none of the three encodings.
    """
    notes = []
    try:
        text = data.decode(_utf(data))
    except UnicodeDecodeError as error:
        text = data.decode("cp1252")
        if re.search(r"[^\W\d_a-zA-Z]{3}", text):  # the letters of another alphabet, read as Western ones
            raise error from None
        notes = ["read as Windows-1252; where letters look wrong, save the table as 'CSV UTF-8'"]
    if "\0" in text:
        raise UnicodeDecodeError("utf-8", data, 0, 1, "zero bytes")
    return text, notes


class _Table(NamedTuple):
    """A CSV's header, the rows behind it, and the number of the first of them."""

    header: list[str]
    lines: Iterator[list[str]]
    first: int

    @property
    def known(self) -> int:
        return len(set(column_fields(self.header)) - {None})


def _table(text: str) -> _Table:
    """Part a CSV's cells.

    Raises:
        csv.Error: the header is no row of a CSV.
    """
    if stated := re.match(r'"?sep=([^\r\n])"?\r?\n', text, re.IGNORECASE):
        text, delimiters = text[stated.end() :], stated[1]
    else:
        delimiters = _DELIMITERS
    tables, errors = [], []
    for delimiter in delimiters:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            rows = ((row, cells) for row, cells in enumerate(lines, start=1) if any(map(str.strip, cells)))
            row, header = next(rows, (1, []))
        except csv.Error as error:
            errors.append(error)
        else:
            tables.append(_Table([" ".join(cell.split()) for cell in header], lines, row + 1))
    if not tables:
        raise errors[0]
    return max(tables, key=lambda table: table.known)  # of equals the first


def _row(header: Sequence[str], cells: Sequence[str], brand: str | None, number: int) -> Row | Rejection:
    given, fields = brand is not None, column_fields(header)
    values = {name: _tidy(cell) for name, cell in zip(fields, cells, strict=False) if name}
    name = cells[fields.index("file")].strip() if fields.index("file") < len(cells) else ""
    file = posixpath.normpath(name.replace("\\", "/") or ".")
    brand = brand or values.get("brand")
    wrong = (_TOO_MANY_CELLS if name and any(cells[len(fields) :]) else "") or _wrong_path(name, file)
    if wrong or not brand:
        return Rejection(name or "no name", f"Row {number}: {wrong or _NO_BRAND}")
    if given:
        return Row(file, brand)
    view = values.get("view")
    side = _VIEWS.get(re.sub(r"[ -]", "_", view.casefold())) if view else None
    price, currency, faulty = _price(values.get("price") or "", values.get("currency") or "")
    if view and not side:
        faulty += (("view", view, _NO_VIEW),)
    return Row(
        file=file,
        brand=brand,
        price=price,
        currency=currency,
        view=side,
        faults=len(faulty),
        faulty=tuple(Fault(number, header[fields.index(name)], *fault) for name, *fault in faulty),
        **{name: values.get(name) for name in _TEXTS},
    )


def _wrong_path(name: str, file: str) -> str:
    """Why a cell names no file inside the folder, `file` being what it says; empty where it does."""
    if file == ".":
        return _NO_FILE
    if re.match(r"(?:https?|ftp)://", name, re.IGNORECASE):
        return _ADDRESS
    drive = re.match(r"[a-z]:[/\\]", name, re.IGNORECASE)
    return _OUTSIDE if drive or posixpath.isabs(file) or f"{file}/".startswith("../") else ""


@lru_cache(maxsize=4096)  # the prices of a table are few
def _price(text: str, apart: str) -> tuple[float | None, str | None, tuple[tuple[str, str, str], ...]]:
    """Amount and currency of a row's two cells, and their faults: field, cell, reason."""
    code = currency_code(apart)
    faults = (("currency", apart, _NO_CURRENCY),) if apart and not code else ()
    if not text:
        return None, code, faults
    money = read_price(text, apart or None)
    whole = re.sub(r"(?<!\w)([.,]\d)", r"0\1", text)
    if whole != text:
        wrong = f"The number begins with its decimal mark. Write it as {whole}."
    elif not money:
        wrong = _NO_PRICE
    elif code and currency_code(apart, money.currency) != money.currency:
        wrong = f"It is in {money.currency or 'another currency'}, its currency's cell says {code}. Make them one."
    else:
        return money.amount, money.currency, faults
    return None, code, (*faults, ("price", text, wrong))


def walk_folders(root: Path, brand: str | None = None) -> Iterator[Row | Rejection]:
    """Read a folder laid out brand/photo.jpg or brand/model/photo.jpg, by name; hidden files are skipped.

    Linked folders are followed once. With a `brand` for all photos it does not matter how they are laid out.

    Raises:
        DataError: the folder cannot be read.
    """
    try:
        os.scandir(root).close()
    except OSError as error:
        raise DataError(f"{root}: cannot be read ({error.strerror}). Check the folder's rights.") from None
    too_deep = set()
    for path in files_below(root):
        parts = path.relative_to(root).parts
        if not brand and len(parts) > len(("brand", "model", "photo")):
            folder = "/".join(parts[:3])
            if folder not in too_deep:
                too_deep.add(folder)
                yield Rejection(_shown(folder), _TOO_DEEP)
        else:
            yield _photo(path, parts, brand)


def _photo(path: Path, parts: tuple[str, ...], brand: str | None) -> Row | Rejection:
    file = "/".join(parts)
    try:
        closed = path.is_dir()  # of folders only those are told that cannot be looked into
    except OSError:
        closed = False
    if closed:
        return Rejection(_shown(file), _CLOSED)
    if _shown(file) != file:
        return Rejection(_shown(file), _BAD_NAME)
    if brand:
        return Row(file, brand)
    if len(parts) == 1:
        return Rejection(file, _NO_FOLDER)
    named = _tidy(parts[0])
    return (
        Row(file, named, model=_tidy(parts[1]) if len(parts) > len(("brand", "photo")) else None)
        if named
        else Rejection(file, _NO_BRAND)
    )


def _shown(name: str) -> str:
    """The name as text that can be written; undecodable bytes of a file name become question marks."""
    return name.encode("utf-8", "replace").decode()


def _tidy(text: str) -> str | None:
    return unicodedata.normalize("NFC", " ".join(text.split())) or None
