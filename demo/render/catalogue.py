"""What the demo's shop says about its sneakers: the rows of manifest.csv and queries.csv."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from demo.render.palette import Colourway
from demo.render.spec import Spec, rng_for

__all__ = ["MANIFEST_COLUMNS", "QUERY_COLUMNS", "model_slug", "photo_row", "product_id", "write_csv"]

MANIFEST_COLUMNS = (
    "file",
    "brand",
    "model",
    "product_id",
    "title",
    "colour",
    "style_code",
    "gender",
    "price",
    "currency",
    "url",
    "view",
)
QUERY_COLUMNS = ("file", "brand", "model", "product_id")
_GENDERS = ("men", "women", "unisex")


def model_slug(spec: Spec) -> str:
    """The model's name as a folder."""
    return spec.name.lower().replace(" ", "-")


def product_id(spec: Spec, colourway: Colourway) -> str:
    """One id a colourway."""
    return f"{spec.brand.slug}-{model_slug(spec)}-{colourway.slug}"


def _style_code(spec: Spec, index: int, colour_index: int, seed: int) -> str:
    """Unique within a demo: the brand, a number the model owns, and the colourway's hundred."""
    number = 1000 + 40 * index + int(rng_for(seed, spec.brand.name, index, "code").integers(0, 40))
    return f"{spec.brand.name[:2].upper()}{number}-{100 * (colour_index + 1):03d}"


def photo_row(
    spec: Spec, index: int, colourway: Colourway, colour_index: int, *, view: str, file: str, seed: int
) -> dict[str, str]:
    """One row of manifest.csv; `index` is the model's place in its brand."""
    rng = rng_for(seed, spec.brand.name, index, "offer")
    low, high = spec.brand.price
    price = int(rng.integers(low // 100, high // 100)) * 100 + 90
    identity = product_id(spec, colourway)
    return {
        "file": file,
        "brand": spec.brand.name,
        "model": spec.name,
        "product_id": identity,
        "title": f"{spec.brand.name} {spec.name} '{colourway.name}'",
        "colour": colourway.name,
        "style_code": _style_code(spec, index, colour_index, seed),
        "gender": _GENDERS[int(rng.integers(0, len(_GENDERS)))],
        "price": str(price + 500 * (colour_index % 2)),
        "currency": "RUB",
        "url": f"https://demo.example/{spec.brand.slug}/{identity}",
        "view": view,
    }


def write_csv(file: Path, columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> None:
    """UTF-8, one header line, Unix line ends so that the bytes are the same everywhere."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
