"""What results are narrowed by: the filters that a catalogue offers, and the cut-off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import streamlit as st

from sneakers_ml.serving.filters import ProductFilter
from sneakers_ml.serving.formatting import brand_name
from sneakers_ml.serving.products import Product
from sneakers_ml.serving.recognizer import Recognizer
from sneakers_ml.web import address

__all__ = ["Facets", "Narrowing", "facets_of", "narrow"]

_FILTERS = ("brand", "colour", "shop", "currency", "least", "most")
"""Keys of the widgets, and so parameters of the address."""


@dataclass(frozen=True, slots=True)
class Facets:
    """The values that products have, sorted."""

    brands: tuple[str, ...]
    colours: tuple[str, ...]
    shops: tuple[str, ...]
    currencies: tuple[str, ...]

    @classmethod
    def of(cls, products: Iterable[Product]) -> Self:
        """Those of a catalogue."""
        brands, colours, shops, currencies = set[str](), set[str](), set[str](), set[str]()
        for product in products:
            brands.add(product.brand)
            colours |= product.colours
            shops |= {offer.shop for offer in product.offers}
            currencies |= {offer.currency for offer in product.offers if offer.currency}
        return cls(*(tuple(sorted(values)) for values in (brands, colours, shops, currencies)))


@lru_cache(maxsize=2)
def facets_of(recognizer: Recognizer) -> Facets:
    """The facets of a bundle, gathered once."""
    return Facets.of(recognizer.products.values())


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which products are shown; `floor` is None where the bundle's own holds."""

    products: ProductFilter
    floor: float | None


def narrow(recognizer: Recognizer, *, by_similarity: bool) -> Narrowing:
    """Show the filters, and the cut-off where results are found by similarity; say what is chosen."""
    facets = facets_of(recognizer)
    chosen = sum(name in st.query_params for name in _FILTERS)

    def choice(label: str, key: str, options: tuple[str, ...]) -> str | None:
        return st.selectbox(
            label,
            options,
            index=None,
            format_func=str if key in ("shop", "currency") else brand_name,
            key=key,
            placeholder="Any",
            on_change=address.forget,
            args=(address.PAGE,),
            bind="query-params",
        )

    def price(label: str, key: str) -> float | None:
        return st.number_input(
            label,
            min_value=0.0,
            value=None,
            step=10.0,
            format="%.2f",
            key=key,
            placeholder="Any",
            on_change=address.forget,
            args=(address.PAGE,),
            bind="query-params",
        )

    with st.popover(f"Filters ({chosen})" if chosen else "Filters", icon=":material/tune:", key="filters"):
        with st.container(key="facets"):
            brand, colour = choice("Brand", "brand", facets.brands), choice("Colour", "colour", facets.colours)
            shop, currency = choice("Shop", "shop", facets.shops), choice("Currency", "currency", facets.currencies)
            least, most = price("Price from", "least"), price("Price to", "most")
        st.caption("Prices are compared in the shop's own currency; they are not converted.")
        own = recognizer.manifest.index.rules.floor
        floor = round(own, 2)
        if by_similarity:
            floor = st.slider(
                "Cut-off: least similarity",
                -1.0 if own < 0 else 0.0,
                1.0,
                floor,
                0.01,
                key="cutoff",
                help="Sneakers less similar than this are not shown.",
                on_change=address.forget,
                args=(address.PAGE,),
                bind="query-params",
            )
        st.button("Clear filters", key="clear", on_click=_clear, disabled=not chosen, width="stretch")
    products = ProductFilter(brand, least, most, currency, shop, colour)
    return Narrowing(products, None if floor == round(own, 2) else floor)


def _clear() -> None:
    for name in _FILTERS:
        st.session_state[name] = None
    address.forget(address.PAGE)
