"""Contact sheets of the worst failures: what a person looks at to learn why a model errs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from io import BytesIO
from itertools import islice
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from sneakers_ml.evaluation.metrics.results import BrandResult, RetrievalResult
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


def _brand_sheet(
    result: BrandResult, load: LoadPhoto, shown: NDArray[np.bool_], count: int, columns: int
) -> Image.Image | None:
    """The `count` photos of highest confidence among those `shown` (n,), ties by position; None without any."""
    confidence, predicted = result.confidence, result.predicted
    positions = np.flatnonzero(shown)
    positions = positions[np.argsort(-confidence[positions], kind="stable")][:count]
    if not positions.size:
        return None
    tiles = []
    for position in positions:
        lines = (f"is {result.truth[position]}", f"{confidence[position]:.0%} {predicted[position]}")
        tiles.append(_tile(load(str(result.photo_ids[position])), RED, lines))
    return _sheet(tiles, columns)


def brand_failure_sheet(result: BrandResult, load: LoadPhoto, count: int = 24, columns: int = 6) -> Image.Image | None:
    """The `count` photos of known brands with the highest confidence in a wrong one, with truth and prediction.

    None when every photo got its brand. What `load` raises passes through.
    """
    return _brand_sheet(result, load, result.known & ~result.correct, count, columns)


def unknown_failure_sheet(
    result: BrandResult, load: LoadPhoto, count: int = 24, columns: int = 6
) -> Image.Image | None:
    """The `count` photos of brands the model does not know that it takes most surely for its own; None without any."""
    return _brand_sheet(result, load, ~result.known, count, columns)


def retrieval_failure_sheet(
    result: RetrievalResult, load: LoadPhoto, count: int = 12, neighbours: int = 5
) -> Image.Image | None:
    """The `count` queries of lowest average precision whose nearest photo is not relevant, one a row; ties by position.

    A row is the query (grey), then its nearest photos (green relevant, red not). None when every query's nearest photo
    is relevant. What `load` raises passes through.
    """
    metrics, neighbours = result.metrics, min(neighbours, result.metrics.nearest.shape[1])
    missed = np.flatnonzero(~metrics.nearest_relevant[:, 0])
    rows = missed[np.argsort(metrics.average_precision[missed], kind="stable")][:count]
    query_ids = result.query_ids[metrics.evaluated]
    tiles: list[Image.Image | None] = []
    for row in rows:
        lines = ("query", f"AP {metrics.average_precision[row]:.2f}, {metrics.relevant[row]} relevant")
        tiles.append(_tile(load(str(query_ids[row])), GREY, lines))
        nearest = zip(metrics.nearest[row], metrics.nearest_relevant[row], metrics.nearest_scores[row], strict=True)
        for rank, (position, same, score) in enumerate(islice(nearest, neighbours), start=1):
            if position < 0:
                tiles.append(None)
                continue
            # Words as well as colour: not everyone tells red from green.
            lines = (f"{rank}. {'same' if same else 'other'} model", f"cosine {score:.3f}")
            tiles.append(_tile(load(str(result.gallery_ids[position])), GREEN if same else RED, lines))
    return _sheet(tiles, neighbours + 1) if tiles else None


def save_jpeg(sheet: Image.Image, path: Path) -> None:
    """Write the sheet as a JPEG with full-resolution colour, so that thin borders keep theirs; atomically."""
    buffer = BytesIO()
    sheet.save(buffer, format="JPEG", quality=88, subsampling=0)
    write_atomically(path, buffer.getvalue())
