"""Contact sheets of the worst failures: what a person looks at to learn why a model errs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from sneakers_ml.evaluation.metrics.results import BrandResult, RetrievalRun
from sneakers_ml.files import write_atomically

__all__ = [
    "GREEN",
    "GREY",
    "RED",
    "LoadPhoto",
    "brand_failure_sheet",
    "retrieval_failure_sheet",
    "save_jpeg",
    "unknown_failure_sheet",
    "worst_brand_failures",
    "worst_retrieval_failures",
    "worst_unknown_failures",
]

LoadPhoto = Callable[[str], NDArray[np.uint8]]
"""photo_id -> photo (H, W, 3), RGB, upright."""

GREEN, RED, GREY = (0, 150, 70), (205, 40, 40), (154, 163, 173)

_Colour = tuple[int, int, int]
_PHOTO, _BORDER, _LINE, _GAP = 160, 5, 17, 8
_WIDTH = _PHOTO + 2 * _BORDER
_HEIGHT = _WIDTH + 2 * _LINE + 2
_INK, _PAPER = (34, 39, 46), (255, 255, 255)


@cache
def _font() -> ImageFont.FreeTypeFont:
    # matplotlib ships DejaVu Sans, which unlike Pillow's own font has Cyrillic and accents.
    return ImageFont.truetype(str(Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")), 12)


def _shortened(text: str) -> str:
    """The text, cut so that it fits under a tile."""
    if _font().getlength(text) <= _WIDTH:
        return text
    while text and _font().getlength(text + "…") > _WIDTH:
        text = text[:-1]
    return text + "…"


def _tile(photo: NDArray[np.uint8], colour: _Colour, lines: Sequence[str]) -> Image.Image:
    """A photo within a coloured border, and up to two lines of text below it."""
    tile = Image.new("RGB", (_WIDTH, _HEIGHT), _PAPER)
    draw = ImageDraw.Draw(tile)
    draw.rectangle((0, 0, _WIDTH - 1, _WIDTH - 1), outline=colour, width=_BORDER)
    picture = Image.fromarray(photo)
    scale = _PHOTO / max(picture.size)
    picture = picture.resize((max(1, round(picture.width * scale)), max(1, round(picture.height * scale))))
    tile.paste(picture, ((_WIDTH - picture.width) // 2, (_WIDTH - picture.height) // 2))
    for number, line in enumerate(lines):
        draw.text((0, _WIDTH + 1 + number * _LINE), _shortened(line), fill=_INK, font=_font())
    return tile


def _sheet(tiles: Iterable[Image.Image | None], columns: int) -> Image.Image:
    """Tiles row by row on white; None leaves a place empty."""
    placed = list(tiles)
    columns = min(columns, len(placed))
    rows = -(-len(placed) // columns)
    size = (columns * (_WIDTH + _GAP) + _GAP, rows * (_HEIGHT + _GAP) + _GAP)
    sheet = Image.new("RGB", size, _PAPER)
    for number, tile in enumerate(placed):
        if tile is not None:
            row, column = divmod(number, columns)
            sheet.paste(tile, (_GAP + column * (_WIDTH + _GAP), _GAP + row * (_HEIGHT + _GAP)))
    return sheet


def worst_brand_failures(result: BrandResult, count: int) -> NDArray[np.int64]:
    """Positions of photos of known brands that got a wrong brand, most confident first; ties by position."""
    wrong = np.flatnonzero(result.known & ~result.correct)
    return wrong[np.argsort(-result.confidence[wrong], kind="stable")][:count]


def worst_unknown_failures(result: BrandResult, count: int) -> NDArray[np.int64]:
    """Positions of photos of unknown brands that look most like a known one, by `known_score`; ties by position."""
    unknown = np.flatnonzero(~result.known)
    return unknown[np.argsort(-result.known_score[unknown], kind="stable")][:count]


def worst_retrieval_failures(run: RetrievalRun, count: int) -> NDArray[np.int64]:
    """Rows of `run.result` with the lowest average precision whose nearest photo is not relevant; ties by position."""
    missed = np.flatnonzero(~run.result.nearest_relevant[:, 0])
    return missed[np.argsort(run.result.average_precision[missed], kind="stable")][:count]


def _brand_tiles(result: BrandResult, load: LoadPhoto, positions: NDArray[np.int64]) -> Iterable[Image.Image]:
    confidence = result.confidence
    for position in positions:
        lines = (f"is {result.truth[position]}", f"{confidence[position]:.0%} {result.predicted[position]}")
        yield _tile(load(str(result.photo_ids[position])), RED, lines)


def brand_failure_sheet(result: BrandResult, load: LoadPhoto, count: int = 24, columns: int = 6) -> Image.Image | None:
    """The `count` photos with the highest confidence in a wrong brand, with truth, prediction and confidence.

    None when every photo got its brand. What `load` raises passes through.
    """
    positions = worst_brand_failures(result, count)
    return _sheet(_brand_tiles(result, load, positions), columns) if positions.size else None


def unknown_failure_sheet(
    result: BrandResult, load: LoadPhoto, count: int = 24, columns: int = 6
) -> Image.Image | None:
    """The `count` photos of brands the model does not know that it takes most surely for its own; None without any."""
    positions = worst_unknown_failures(result, count)
    return _sheet(_brand_tiles(result, load, positions), columns) if positions.size else None


def _retrieval_tiles(
    run: RetrievalRun, load: LoadPhoto, row: int, query: int, neighbours: int
) -> Iterable[Image.Image | None]:
    result = run.result
    lines = ("query", f"AP {result.average_precision[row]:.2f}, {result.relevant[row]} relevant")
    yield _tile(load(str(run.query_ids[query])), GREY, lines)
    for rank in range(neighbours):
        position = result.nearest[row, rank] if rank < result.nearest.shape[1] else -1
        if position < 0:
            yield None
            continue
        same = bool(result.nearest_relevant[row, rank])
        # Words as well as colour: not everyone tells red from green.
        lines = (f"{rank + 1}. {'same' if same else 'other'} model", f"cosine {result.nearest_scores[row, rank]:.3f}")
        yield _tile(load(str(run.gallery_ids[position])), GREEN if same else RED, lines)


def retrieval_failure_sheet(
    run: RetrievalRun, load: LoadPhoto, count: int = 12, neighbours: int = 5
) -> Image.Image | None:
    """The `count` worst queries, one a row: the query (grey), then its nearest photos (green relevant, red not).

    None when every query's nearest photo is relevant. What `load` raises passes through.
    """
    rows = worst_retrieval_failures(run, count)
    if not rows.size:
        return None
    queries = np.flatnonzero(run.result.evaluated)
    tiles = [tile for row in rows for tile in _retrieval_tiles(run, load, int(row), int(queries[row]), neighbours)]
    return _sheet(tiles, neighbours + 1)


def save_jpeg(sheet: Image.Image, path: Path) -> None:
    """Write the sheet as a JPEG with full-resolution colour, so that thin borders keep theirs; atomically."""
    buffer = BytesIO()
    sheet.save(buffer, format="JPEG", quality=88, subsampling=0)
    write_atomically(path, buffer.getvalue())
