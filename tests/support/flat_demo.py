"""The demo's whole catalogue with cards of plain colour for photos: as many listings, none of the drawing."""

from __future__ import annotations

import zlib
from pathlib import Path

from PIL import Image

from demo.render.manifest_rows import MANIFEST_COLUMNS, model_rows, write_csv
from demo.render.shoe.invented_brands import BRANDS
from demo.render.shoe.palette import pick_colourways
from demo.render.shoe.shoe_spec import sample_spec

__all__ = ["make_flat_demo", "manifest_rows"]


def manifest_rows(brands: int, models: int, colourways: int, seed: int = 7) -> list[dict[str, str]]:
    """The manifest of the demo of these sizes, without drawing anything."""
    specs = [sample_spec(brand, index, seed) for brand in BRANDS[:brands] for index in range(models)]
    return [row for spec in specs for row in model_rows(spec, pick_colourways(spec, colourways, seed), seed)]


def make_flat_demo(folder: Path, *, brands: int = 10, models: int = 10, colourways: int = 3, seed: int = 7) -> Path:
    """Write manifest.csv and photos/ of the demo of these sizes, 400 x 400 pixels of a colour of its own each."""
    rows = manifest_rows(brands, models, colourways, seed)
    for row in rows:
        path = folder / row["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        number = zlib.crc32(row["file"].encode())
        Image.new("RGB", (400, 400), tuple(number >> shift & 255 for shift in (0, 8, 16))).save(path, quality=95)
    write_csv(folder / "manifest.csv", MANIFEST_COLUMNS, rows)
    return folder
