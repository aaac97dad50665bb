"""What the demo's maker says of its photos: the rows of manifest.csv and queries.csv, written and read."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from demo.render.scene.studio import VIEWS
from demo.render.seeded import rng_for
from demo.render.shoe.palette import Colourway
from demo.render.shoe.shoe_spec import ShoeSpec
from sneakers_ml.errors import DataError

__all__ = ["MANIFEST_COLUMNS", "QUERY_COLUMNS", "model_rows", "product_id", "read_manifest", "write_csv"]

MANIFEST_COLUMNS = (
    "file", "brand", "model", "product_id", "title", "colour",
    "style_code", "gender", "price", "currency", "url", "view",
)  # fmt: skip
QUERY_COLUMNS = ("file", "brand", "model", "product_id")
GENDERS = ("men", "women", "unisex")


def product_id(spec: ShoeSpec, colourway: Colourway) -> str:
    """One id a colourway."""
    return f"{spec.brand.slug}-{spec.slug}-{colourway.slug}"


def model_rows(spec: ShoeSpec, colourways: Sequence[Colourway], seed: int) -> list[dict[str, str]]:
    """The manifest's rows of one model, a photo each: every view of every colourway."""
    brand = spec.brand
    rng = rng_for(seed, brand.name, spec.index, "offer")
    price = int(rng.integers(brand.price[0] // 100, brand.price[1] // 100)) * 100 + 90
    gender = GENDERS[int(rng.integers(0, len(GENDERS)))]
    # unique within a demo: the brand, a number the model owns, and the colourway's hundred
    code = 1000 + 40 * spec.index + int(rng_for(seed, brand.name, spec.index, "code").integers(0, 40))
    return [
        {
            "file": f"photos/{brand.slug}/{spec.slug}/{colourway.slug}-{view}.jpg",
            "brand": brand.name,
            "model": spec.name,
            "product_id": product_id(spec, colourway),
            "title": f"{brand.name} {spec.name} '{colourway.name}'",
            "colour": colourway.name,
            "style_code": f"{brand.name[:2].upper()}{code}-{100 * (number + 1):03d}",
            "gender": gender,
            "price": str(price + 500 * (number % 2)),
            "currency": "RUB",
            "url": f"https://demo.example/{brand.slug}/{product_id(spec, colourway)}",
            "view": view,
        }
        for number, colourway in enumerate(colourways)
        for view in VIEWS
    ]


def write_csv(file: Path, columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> None:
    """UTF-8, one header line, Unix line ends so that the bytes are the same everywhere."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_manifest(folder: Path) -> list[dict[str, str]]:
    """The rows of a demo's manifest.csv.

    Raises:
        DataError: there is none.
    """
    file = folder / "manifest.csv"
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    except OSError as error:
        raise DataError(f"{file}: cannot be read ({error.strerror}); draw the demo with `sneakers demo`.") from None
