"""Where a question comes from: a file or a sample photo, the camera, a link, or words."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Literal, get_args

import streamlit as st

from sneakers_ml.errors import BadImage
from sneakers_ml.images import QUERY_SIDE, decode
from sneakers_ml.serving.brand_classifier import Query
from sneakers_ml.serving.formatting import brand_name, display_title
from sneakers_ml.serving.links import LinkError, fetch_picture
from sneakers_ml.serving.recognizer import Recognizer
from sneakers_ml.web import address
from sneakers_ml.web.address import Address
from sneakers_ml.web.pictures import data_uri

__all__ = ["Source", "ask_source", "photo_query", "show_samples", "words_asked"]

Source = Literal["Photo", "Camera", "Link", "Words"]
_SAMPLES = 8
_LONGEST = 300
"""Letters of words that are searched for."""
_LONGEST_LINK = 2000


def ask_source() -> Source:
    """Let the visitor choose how to ask."""
    source: Source = st.segmented_control(
        "Ask by",
        get_args(Source),
        default="Photo",
        required=True,
        key="ask",
        label_visibility="collapsed",
        on_change=address.forget,
        bind="query-params",
    )
    return source


def words_asked() -> str:
    """The words that the visitor looks for; empty where there are none yet."""
    words = st.text_input(
        "Words",
        key="words",
        max_chars=_LONGEST,
        placeholder="blue suede low top",
        help="Brand, model, colour, kind; in English or Russian.",
        type="search",
        on_change=address.forget,
        bind="query-params",
    )
    return (words or "").strip()


def photo_query(source: Source, recognizer: Recognizer, asked: Address, trusted: Collection[str]) -> Query | None:
    """The photo that the visitor asks about, None where there is none yet or it cannot be used, which is said.

    It is decoded, and its shoe looked for, once in a visit: a click on a filter asks about the same query again.
    """
    data = _bytes_of(source, recognizer, asked, trusted)
    if data is None:
        return None
    key = hashlib.sha1(data, usedforsecurity=False).hexdigest(), asked.part
    if st.session_state.get("asked_about") != key:
        try:
            photo = decode(data, longest_side=QUERY_SIDE)
        except BadImage as error:
            st.error(str(error), icon=":material/broken_image:")
            return None
        height, width = photo.shape[:2]
        st.session_state["query"] = Query(photo, asked.part.region(width, height) if asked.part else None)
        st.session_state["asked_about"] = key
    query: Query = st.session_state["query"]
    return query


def _bytes_of(source: Source, recognizer: Recognizer, asked: Address, trusted: Collection[str]) -> bytes | None:
    if source == "Photo":
        # No list of types: the widget would go by the file's name, the decoder goes by what is in it.
        file = st.file_uploader(
            "A photo of a sneaker",
            key="file",
            help="JPEG, PNG, WebP, HEIC, AVIF, GIF or BMP. It is not stored.",
            on_change=address.forget,
            label_visibility="collapsed",
        )
        if file:
            return file.getvalue()
        return recognizer.thumbnail(asked.sample) if asked.sample else None
    if source == "Camera":
        shot = st.camera_input("Take a photo", key="camera", on_change=address.forget, label_visibility="collapsed")
        return shot.getvalue() if shot else None
    if source == "Link":
        link = st.text_input(
            "Link to a picture",
            key="link",
            max_chars=_LONGEST_LINK,
            placeholder="https://…",
            type="url",
            on_change=address.forget,
            bind="query-params",
        )
        return _behind((link or "").strip(), trusted)
    return None


def _behind(link: str, trusted: Collection[str]) -> bytes | None:
    """What a link gives; it is followed once in a visit, also where it leads nowhere."""
    if not link:
        return None
    known: tuple[str, bytes | LinkError] | None = st.session_state.get("followed")
    if known is None or known[0] != link:
        try:
            with st.spinner("Fetching the picture …"):
                known = link, fetch_picture(link, trusted)
        except LinkError as error:
            known = link, error
        st.session_state["followed"] = known
    if isinstance(known[1], LinkError):
        st.error(str(known[1]), icon=":material/link_off:")
        return None
    return known[1]


def show_samples(recognizer: Recognizer) -> None:
    """Photos of the gallery to try the page with."""
    with st.container(key="samples"):
        for photo_id in recognizer.samples(_SAMPLES):
            product = recognizer.product_of(photo_id)
            with st.container(key=f"sample-{photo_id}"):
                st.html(f'<img src="{data_uri(recognizer.stored_thumbnail(photo_id))}" alt="">')
                label = f"{brand_name(product.brand)}: {display_title(product.title)}"
                st.button(label, key=f"try-{photo_id}", on_click=address.take_sample, args=(photo_id,))
