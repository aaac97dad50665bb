"""A contact sheet of a demo: one row a brand, its name at the left."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from demo.render.manifest_rows import read_manifest
from sneakers_ml.files import replacing

__all__ = ["contact_sheet"]

MARGIN = 118
INK = (44, 44, 50)
BRIGHTER = 1.04
"""Makes the table white, so that the photos have no borders."""
STEPS = (0, 3, 8, 1, 5, 6, 4, 2, 7)
"""Which of a model's photos follow one another: another colourway and view each time."""


def contact_sheet(folder: Path, out_file: Path, *, columns: int = 6, cell: int = 200, quality: int = 84) -> Path:
    """Write a JPEG with `columns` photos of each brand, `cell` pixels wide: different models, colourways and views.

    Raises:
        DataError: `folder` has no manifest.csv.
    """
    brands: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for line in read_manifest(folder):
        brands[line["brand"]][line["model"]].append(line["file"])
    height = round(cell * 0.78)
    sheet = Image.new("RGB", (MARGIN + columns * cell + 12, len(brands) * height + 12), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(21)
    for row, (brand, models) in enumerate(brands.items()):
        top = 6 + row * height
        draw.text((16, top + height / 2), brand, fill=INK, font=font, anchor="lm")
        for column in range(columns):
            files = list(models.values())[column % len(models)]
            with Image.open(folder / files[STEPS[column % len(STEPS)] % len(files)]) as photo:
                cut = round(photo.height * 0.11)
                middle = photo.crop((0, cut, photo.width, photo.height - cut))
            band = middle.resize((cell, height), Image.Resampling.LANCZOS)
            band = band.point(lambda level: min(round(level * BRIGHTER), 255))
            sheet.paste(band, (MARGIN + column * cell, top))
    with replacing(out_file) as stream:
        sheet.save(stream, "JPEG", quality=quality, optimize=True)
    return out_file
