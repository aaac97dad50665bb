"""Ids of products and models."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sneakers_ml.catalogue.matching.names import read_name
from sneakers_ml.catalogue.matching.units import Key, family
from sneakers_ml.catalogue.titles import NO_BRAND, model_core, model_key

__all__ = ["model_ids", "model_name", "product_brands", "product_id"]


def product_id(key: Key) -> str:
    """16 hexadecimal digits that hang on the founding unit's key alone."""
    return _digest(key)


def model_name(brand: str, model: str, title: str) -> str:
    """What colourways of a model have in common, "" where neither names one.

    Kids' and adults' shoes of a model share it, for they look alike. A model of nothing but colours and generic words
    ("Blue Casual") counts as its whole title.
    """
    return read_name(model_core(model, brand)).glued or read_name(model_key(title, brand)).glued


def model_ids(products: Sequence[str], brands: Sequence[str], names: Sequence[str]) -> list[str]:
    """A model id for each listing, given its product's id, its brand and its model's name.

    A product is of one model, though its shops word it differently: models that share a product are one, and bear the
    least of their ids. A listing that names no model is of its product's.
    """
    models = [_digest(("model", brand, name)) if name else None for brand, name in zip(brands, names, strict=True)]
    parents: dict[str, str] = {}
    of_product: dict[str, str] = {}
    for product, model in zip(products, models, strict=True):
        if model is not None:
            ours, theirs = _root(parents, of_product.setdefault(product, model)), _root(parents, model)
            parents[max(ours, theirs)] = min(ours, theirs)
    return [_root(parents, of_product.get(product, product)) for product in products]


def _root(parents: dict[str, str], model: str) -> str:
    """The least id that a model was joined to; the way there is shortened for the next."""
    path = []
    while (parent := parents.setdefault(model, model)) != model:
        path.append(model)
        model = parent
    parents.update(dict.fromkeys(path, model))
    return model


def product_brands(products: Sequence[str], brands: Sequence[str]) -> list[str]:
    """A brand for each listing, one for all of a product: a sub-brand before its maker, and any before none."""
    chosen: dict[str, str] = {}
    for product, brand in zip(products, brands, strict=True):
        chosen[product] = min(chosen.get(product, brand), brand, key=_vagueness)
    return [chosen[product] for product in products]


def _vagueness(brand: str) -> tuple[bool, bool, str]:
    return brand == NO_BRAND, family(brand) == brand, brand


def _digest(parts: tuple[str, ...]) -> str:
    return hashlib.sha1("\0".join(parts).encode(), usedforsecurity=False).hexdigest()[:16]
