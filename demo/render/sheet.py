"""A contact sheet of a demo: one row a brand, its name at the left."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from sneakers_ml.errors import DataError
from sneakers_ml.files import replacing

__all__ = ["contact_sheet"]

_MARGIN = 118
_INK = (44, 44, 50)
_TABLE = 1.04
"""Brightens the table to white, so that the photos have no borders."""


def contact_sheet(folder: Path, out_file: Path, *, columns: int = 6, cell: int = 200, quality: int = 84) -> Path:
    """Write a JPEG with `columns` photos of each brand, `cell` pixels wide: different models, colourways and views.

    Raises:
        DataError: `folder` has no manifest.csv.
    """
    chosen = _choose(folder, columns)
    height = round(cell * 0.78)
    sheet = Image.new("RGB", (_MARGIN + columns * cell + 12, len(chosen) * height + 12), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(21)
    for row, (brand, files) in enumerate(chosen.items()):
        top = 6 + row * height
        draw.text((16, top + height / 2), brand, fill=_INK, font=font, anchor="lm")
        for column, file in enumerate(files):
            with Image.open(folder / file) as photo:
                cut = round(photo.height * 0.11)
                band = photo.crop((0, cut, photo.width, photo.height - cut)).resize(
                    (cell, height), Image.Resampling.LANCZOS
                )
            band = band.point(lambda level: min(round(level * _TABLE), 255))
            sheet.paste(band, (_MARGIN + column * cell, top))
    with replacing(out_file) as stream:
        sheet.save(stream, "JPEG", quality=quality, optimize=True)
    return out_file


def _choose(folder: Path, columns: int) -> dict[str, list[str]]:
    """Walk each brand's models, taking another colourway and view each time."""
    manifest = folder / "manifest.csv"
    if not manifest.is_file():
        raise DataError(f"{manifest} is missing; render the demo into {folder} first.")
    by_brand: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    with manifest.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            by_brand[row["brand"]][row["model"]].append(row["file"])
    steps = (0, 3, 8, 1, 5, 6, 4, 2, 7)
    chosen = {}
    for brand, models in by_brand.items():
        lists = list(models.values())
        picks = [lists[i % len(lists)] for i in range(columns)]
        chosen[brand] = [files[steps[i % len(steps)] % len(files)] for i, files in enumerate(picks)]
    return chosen
