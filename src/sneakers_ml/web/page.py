"""The page: how to ask, the answer, what is similar; the report; the map."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape
from importlib import resources
from typing import Literal, get_args

import streamlit as st

from sneakers_ml.errors import BundleError
from sneakers_ml.serving.answer import Match
from sneakers_ml.serving.formatting import display_title
from sneakers_ml.serving.live import Serving
from sneakers_ml.serving.recognizer import Recognizer
from sneakers_ml.web import address
from sneakers_ml.web.address import Address
from sneakers_ml.web.answer import show_answer
from sneakers_ml.web.ask import ask_source, photo_query, show_samples, words_asked
from sneakers_ml.web.facets import narrow
from sneakers_ml.web.loaded import serving_now
from sneakers_ml.web.pictures import data_uri
from sneakers_ml.web.report import show_map, show_report
from sneakers_ml.web.results import PER_PAGE, show_results, show_steering
from sneakers_ml.workspace.paths import Workspace

__all__ = ["show_page"]

Room = Literal["Find", "Report", "Map"]
_STYLE = (resources.files(__package__) / "page.css").read_text(encoding="utf-8")
_LEAD = (
    '<p class="lead">Show a sneaker, and see its brand and the most similar ones to buy.'
    " No photo at hand? Take one of these.</p>"
)
_NOTHING = "Nothing in the catalogue is similar enough. Lower the cut-off, or take a filter away."
_NO_WORDS = "No such sneaker in the catalogue. Try fewer words, or take a filter away."
_NO_MORE = "There are no more."


def show_page(workspace: Workspace, trusted: Collection[str] = ()) -> None:
    """One run of the script: everything as the address and the widgets have it now.

    Args:
        workspace: with a bundle, and a report where there is one.
        trusted: `host:port` of sites inside that links may point to.
    """
    st.set_page_config(page_title="Sneakers ML", page_icon="👟", layout="wide")
    with st.container(key="head", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.html(f"<style>{_STYLE}</style><h1>Sneakers <em>by photo</em></h1>", width="content")
        room: Room = st.segmented_control(
            "Room",
            get_args(Room),
            default="Find",
            required=True,
            key="room",
            label_visibility="collapsed",
            bind="query-params",
        )
    if room == "Report":
        show_report(workspace)
    elif room == "Map":
        show_map(workspace)
    else:
        try:
            serving = serving_now(workspace.bundle.resolve())
        except BundleError as error:
            st.error(str(error))
        else:
            _find(serving, trusted)


def _find(serving: Serving, trusted: Collection[str]) -> None:
    """Ask, and show what is found: for a product of the results where one is looked at, else for the question."""
    recognizer = serving.recognizer
    asked = Address.of_this_visit(recognizer)
    source = ask_source()
    words = words_asked() if source == "Words" else ""
    query = None if source == "Words" else photo_query(source, recognizer, asked, trusted)
    if source == "Photo" and not (asked.like or query):
        st.html(_LEAD)
        show_samples(recognizer)
    if not (asked.like or words or query):
        return
    by_similarity = bool(asked.like or query)
    above = st.container()  # for the answer, which needs the filters that stand below it
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="bar"):
        st.subheader("Similar sneakers" if by_similarity else "Sneakers found", anchor=False, width="content")
        narrowing = narrow(recognizer, by_similarity=by_similarity)
    top, skip, products = PER_PAGE + 1, (asked.page - 1) * PER_PAGE, narrowing.products
    steering, floor = asked.steering, narrowing.floor
    found: Sequence[Match]
    if asked.like:
        found = recognizer.more_like(asked.like, top=top, skip=skip, products=products, steering=steering, floor=floor)
        with above:
            _show_liked(recognizer, asked.like, asked_before=bool(words or query))
    elif query:
        answer = recognizer.answer(query, top=top, skip=skip, products=products, steering=steering, floor=floor)
        found = answer.neighbours
        with above:
            if asked.sample:
                st.button("Other samples", icon=":material/arrow_back:", on_click=address.forget, type="tertiary")
            show_answer(query, answer, asked.part, shareable=source == "Link" or asked.sample is not None)
        if not answer.sneaker:
            return
    else:
        found = serving.finder.find(words, top=top, skip=skip, products=products)
    if by_similarity:
        show_steering(recognizer, steering)
    if not found:
        nothing = _NO_MORE if asked.page > 1 else _NOTHING if by_similarity else _NO_WORDS
        st.info(nothing, icon=":material/search_off:")
    show_results(recognizer, found, asked, steered=by_similarity)


def _show_liked(recognizer: Recognizer, photo_id: str, *, asked_before: bool) -> None:
    """The product whose like is looked for."""
    title = escape(display_title(recognizer.product_of(photo_id).title))
    picture = data_uri(recognizer.stored_thumbnail(photo_id))
    with st.container(key="liked", horizontal=True, vertical_alignment="center"):
        st.html(f'<div><img src="{picture}" alt=""><p>More like<br><b>{title}</b></p></div>', width="content")
        st.button(
            "Back to your question" if asked_before else "Ask something else",
            icon=":material/arrow_back:",
            on_click=address.go_back,
        )
