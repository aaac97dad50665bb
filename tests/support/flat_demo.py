"""The demo's whole catalogue with cards of plain colour for photos: as many listings, none of the drawing."""

from __future__ import annotations

import zlib
from pathlib import Path

from PIL import Image

from demo.render.brands import BRANDS
from demo.render.catalogue import MANIFEST_COLUMNS, model_slug, photo_row, write_csv
from demo.render.palette import Colourway, pick_colourways
from demo.render.spec import Spec, sample_spec

__all__ = ["make_flat_demo"]

VIEWS = ("right", "left", "three_quarter")


def make_flat_demo(folder: Path, *, brands: int = 10, models: int = 10, colourways: int = 3, seed: int = 7) -> Path:
    """Write manifest.csv and photos/ of the demo of these sizes; answer the folder."""
    rows = []
    for brand in BRANDS[:brands]:
        for index in range(models):
            spec = sample_spec(brand, index, seed)
            for number, colourway in enumerate(pick_colourways(spec, colourways, seed)):
                for view in VIEWS:
                    file = _card(folder, spec, colourway, view)
                    rows.append(photo_row(spec, index, colourway, number, view=view, file=file, seed=seed))
    write_csv(folder / "manifest.csv", MANIFEST_COLUMNS, rows)
    return folder


def _card(folder: Path, spec: Spec, colourway: Colourway, view: str) -> str:
    """A photo that no other is equal to: 400 x 400 pixels of a colour of its own."""
    file = f"photos/{spec.brand.slug}/{model_slug(spec)}/{colourway.slug}-{view}.jpg"
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    number = zlib.crc32(file.encode())
    Image.new("RGB", (400, 400), tuple(number >> shift & 255 for shift in (0, 8, 16))).save(path, quality=95)
    return file
