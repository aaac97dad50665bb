"""Sneakers that are found: a grid in pages, with what can be done with each."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from sneakers_ml.serving.answer import Match, Neighbour, Offer
from sneakers_ml.serving.formatting import brand_name, display_title, price_line, relation_line
from sneakers_ml.serving.recognizer import Recognizer
from sneakers_ml.serving.steering import UNSTEERED, Steering
from sneakers_ml.web import address
from sneakers_ml.web.address import Address
from sneakers_ml.web.pictures import data_uri

__all__ = ["PER_PAGE", "show_results", "show_steering"]

PER_PAGE = 12
_OFFERS = 3
"""Offers of a card that are seen at once; the rest unfold."""


def show_results(recognizer: Recognizer, found: Sequence[Match], asked: Address, *, steered: bool) -> None:
    """A page of results.

    Args:
        recognizer: has their photos.
        found: those of the page, and one more where there is another page.
        asked: the address, with the number of the page.
        steered: whether results can steer the search.
    """
    if steered and found:
        st.caption("Steer the search with + (nearer) and − (further).")
    with st.container(key="grid"):
        for match in found[:PER_PAGE]:
            with st.container(key=f"card-{match.photo_id}"):
                st.html(_card(match, data_uri(recognizer.stored_thumbnail(match.photo_id))))
                with st.container(horizontal=True, gap="small", key=f"actions-{match.photo_id}"):
                    _actions(match, asked.steering, steered=steered)
    if asked.page > 1 or len(found) > PER_PAGE:
        with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center", key="pages"):
            st.button("Previous", on_click=address.turn_to, args=(asked.page - 1,), disabled=asked.page == 1)
            st.markdown(f"Page {asked.page}", width="content")
            st.button("Next", on_click=address.turn_to, args=(asked.page + 1,), disabled=len(found) <= PER_PAGE)


def _actions(match: Match, steering: Steering, *, steered: bool) -> None:
    photo = match.photo_id
    if steered:
        for name, icon, chosen in (
            (address.MORE, ":material/add:", photo in steering.more),
            (address.LESS, ":material/remove:", photo in steering.less),
        ):
            st.button(
                icon,
                key=f"{name}-{photo}",
                type="primary" if chosen else "secondary",
                on_click=address.steer,
                args=(photo, None if chosen else name),
            )
    st.button("More like this", key=f"like-{photo}", on_click=address.more_like, args=(photo,), type="tertiary")


def show_steering(recognizer: Recognizer, steering: Steering) -> None:
    """What steers the search, each to be taken back."""
    if steering == UNSTEERED:
        return
    with st.container(horizontal=True, key="steering"):
        for photos, icon in ((steering.more, ":material/add:"), (steering.less, ":material/remove:")):
            for photo in photos:
                st.button(
                    _plain(display_title(recognizer.product_of(photo).title)),
                    key=f"steer-{photo}",
                    icon=icon,
                    help="Take it back",
                    on_click=address.steer,
                    args=(photo, None),
                )


def _card(match: Match, picture: str) -> str:
    title = escape(display_title(match.title))
    named = match.brand.casefold() in match.title.casefold()
    brand = "" if named else f"<small>{escape(brand_name(match.brand))}</small>"
    relation = f'<p class="relation">{_relation(match)}</p>' if isinstance(match, Neighbour) else ""
    offers = [f"<li>{_offer(offer)}</li>" for offer in match.offers]
    rest = f"<details><summary>{len(offers) - _OFFERS} more</summary><ul>{''.join(offers[_OFFERS:])}</ul></details>"
    return (
        f'<article class="sneaker"><img src="{picture}" alt="{title}"><h3>{brand}{title}</h3>{relation}'
        f"<ul>{''.join(offers[:_OFFERS])}</ul>{rest if len(offers) > _OFFERS else ''}</article>"
    )


def _relation(match: Neighbour) -> str:
    kind = match.relation.replace(" ", "-")
    return f'<span class="{kind}">{escape(relation_line(match.relation))}</span> {match.score:.2f}'


def _offer(offer: Offer) -> str:
    """A link only where it leads to the web: a catalogue may hold anything."""
    line = escape(price_line(offer))
    if not (offer.url or "").startswith(("http://", "https://")):
        return line
    return f'<a href="{escape(offer.url or "")}" target="_blank" rel="noopener">{line}</a>'


def _plain(text: str) -> str:
    """A text as a label of Streamlit's, which reads Markdown."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]()<>#+-.!|~$:&" else letter for letter in text)
