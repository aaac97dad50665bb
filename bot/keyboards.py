"""The buttons under an answer: which there are, and what each one's data means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.captions import format_price, term
from bot.searches import Search
from bot.texts import Texts
from sneakers_ml.serving.formatting import brand_name
from sneakers_ml.serving.products import Product

__all__ = ["Press", "answer_keyboard", "narrowed", "numbers", "price_ranges", "prices", "wrong_brand"]

_IN_A_ROW = 5
_BRANDS = 6
_LABEL = 40


class Press:
    """What is pressed: `<action>:<search id>[:<choice>]`, at most 64 bytes."""

    MORE, LESS, NEXT, PICTURES, BACK = "more", "less", "next", "pictures", "back"
    BRAND, PRICE, COLOUR, WRONG = "brand", "price", "colour", "wrong"

    @staticmethod
    def data(action: str, search_id: int, choice: int | None = None) -> str:
        """The data of a button."""
        return f"{action}:{search_id}" + ("" if choice is None else f":{choice}")

    @staticmethod
    def parse(data: str | None) -> tuple[str, int, int | None] | None:
        """Action, search and choice; None where it is no button of ours."""
        action, _, rest = (data or "").partition(":")
        parts = rest.split(":")
        if len(parts) > 2 or not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in parts):
            return None
        return action, int(parts[0]), int(parts[1]) if len(parts) == 2 else None


def answer_keyboard(
    search: Search, search_id: int, texts: Texts, language: str, *, pictures: bool = False
) -> InlineKeyboardMarkup | None:
    """The buttons of an answer; None where there is nothing to press.

    Args:
        search: what was answered.
        search_id: under which it is kept.
        texts: the language.
        language: its code.
        pictures: whether the pictures may not have arrived.
    """

    def button(label: str, action: str) -> InlineKeyboardButton:
        return InlineKeyboardButton(label[:_LABEL], callback_data=Press.data(action, search_id))

    brand = next(iter(search.brands), None)
    colour = next(iter(search.colours), None)
    rows = [
        [button(texts.button_pictures, Press.PICTURES)] if pictures else [],
        [
            *([button(texts.button_more, Press.MORE)] if search.shown else []),
            *([button(texts.button_less, Press.LESS)] if search.shown and search.words is None else []),
            *([button(texts.button_next, Press.NEXT)] if search.more else []),
        ],
        [
            *([button(texts.button_any_brand, Press.BRAND)] if search.brand else []),
            *(
                [button(texts.button_brand.format(brand=brand_name(brand)), Press.BRAND)]
                if brand and not search.brand
                else []
            ),
            *([button(texts.button_any_colour, Press.COLOUR)] if search.colour else []),
            *(
                [button(texts.button_colour.format(colour=term("colours", colour, language)), Press.COLOUR)]
                if colour and not search.colour
                else []
            ),
        ],
        [
            *([button(texts.button_price, Press.PRICE)] if search.brands or search.shown else []),
            *([button(texts.button_wrong, Press.WRONG)] if search.photos or search.link else []),
        ],
    ]
    kept = [row for row in rows if row]
    return InlineKeyboardMarkup(kept) if kept else None


def numbers(search: Search, search_id: int, action: str, texts: Texts) -> InlineKeyboardMarkup:
    """A button for each result shown."""
    return _choices([str(place) for place, _ in enumerate(search.shown, 1)], search_id, action, texts)


def wrong_brand(search: Search, search_id: int, texts: Texts) -> InlineKeyboardMarkup:
    """A button for each of the likeliest brands but the first, and for none of them."""
    brands = [brand_name(brand) for brand in search.brands[1 : _BRANDS + 1]]
    labels = [*brands, texts.button_other_brand, texts.button_no_sneaker]
    return _choices(labels, search_id, Press.WRONG, texts, in_a_row=2)


def prices(
    search_id: int, ranges: Iterable[tuple[float | None, float | None]], currency: str, texts: Texts
) -> InlineKeyboardMarkup:
    """A button for each range of prices, and for any price."""
    labels = []
    for least, most in ranges:
        low, high = (None if price is None else format_price(price, currency, texts) for price in (least, most))
        if low is None:
            labels.append(texts.price_up_to.format(price=high))
        elif high is None:
            labels.append(texts.price_from.format(price=low))
        else:
            labels.append(texts.price_between.format(least=low, most=high))
    return _choices([*labels, texts.button_any_price], search_id, Press.PRICE, texts, in_a_row=2)


def _choices(
    labels: Iterable[str], search_id: int, action: str, texts: Texts, *, in_a_row: int = _IN_A_ROW
) -> InlineKeyboardMarkup:
    """Numbered choices of one action, and the way back."""
    buttons = [
        InlineKeyboardButton(label[:_LABEL], callback_data=Press.data(action, search_id, place))
        for place, label in enumerate(labels)
    ]
    rows = [buttons[start : start + in_a_row] for start in range(0, len(buttons), in_a_row)]
    back = InlineKeyboardButton(texts.button_back, callback_data=Press.data(Press.BACK, search_id))
    return InlineKeyboardMarkup([*rows, [back]])


def price_ranges(products: Mapping[str, Product]) -> tuple[str, list[tuple[float | None, float | None]]]:
    """The currency of most offers, and ranges that split its prices in quarters; none where there are no prices."""
    offers = [
        (offer.currency, offer.price)
        for product in products.values()
        for offer in product.offers
        if offer.currency and offer.price is not None
    ]
    if not offers:
        return "", []
    currency = Counter(each for each, _ in offers).most_common(1)[0][0]
    quarters = np.quantile([price for each, price in offers if each == currency], (0.25, 0.5, 0.75))
    steps = [float(f"{price:.2g}") for price in quarters]
    bounds = list(dict.fromkeys(step for step in steps if step > 0))
    return currency, list(zip([None, *bounds], [*bounds, None], strict=True)) if bounds else []


def narrowed(search: Search, action: str, choice: int | None, products: Mapping[str, Product]) -> Search | None:
    """The search that a press asks for; None where the choice does not exist."""
    first = replace(search, page=0, shown=())
    chosen = search.shown[choice] if choice is not None and choice < len(search.shown) else None
    wanted: dict[str, Search] = {
        Press.NEXT: replace(search, page=search.page + 1, shown=()),
        Press.PICTURES: replace(search, shown=()),
        Press.BRAND: replace(first, brand=None if search.brand else next(iter(search.brands), None)),
        Press.COLOUR: replace(first, colour=None if search.colour else next(iter(search.colours), None)),
    }
    if chosen is not None:
        wanted |= {Press.MORE: Search(like=chosen), Press.LESS: replace(first, less=(*search.less, chosen))}
    if action == Press.PRICE and choice is not None:
        currency, ranges = price_ranges(products)
        asked = [(currency, *bounds) for bounds in ranges] + [(None, None, None)]
        if choice < len(asked):
            unit, least, most = asked[choice]
            wanted[Press.PRICE] = replace(first, currency=unit, min_price=least, max_price=most)
    return wanted.get(action)
