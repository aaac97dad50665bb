"""What is said of a photo: its brand, how sure that is, words for it, and the part that was looked at."""

from __future__ import annotations

from html import escape

import streamlit as st

from sneakers_ml.serving.answer import Answer, BrandScore
from sneakers_ml.serving.brand_classifier import Query
from sneakers_ml.serving.formatting import brand_line, brand_name, description_line, percent
from sneakers_ml.serving.picture import framed
from sneakers_ml.web import address
from sneakers_ml.web.address import Box

__all__ = ["show_answer"]

_BARS = 5
_NO_SNEAKER = "Step closer, or choose the part of the photo that shows the shoe: `Search another part of the photo`."
_NOT_SHARED = "Your photo is not stored, so the address of this page doesn't show it to others."
_UNKNOWN = "It may be a brand that was never learnt. The sneakers below are found by their looks, whatever the brand."


def show_answer(query: Query, answer: Answer, part: Box | None, *, shareable: bool) -> None:
    """The photo with its region on one side, brand and confidence on the other.

    Args:
        query: the photo.
        answer: what is said of it.
        part: the part that the visitor chose, if any.
        shareable: whether the address leads others to the same photo.
    """
    with st.container(key="answer"):
        with st.container(key="photo"):
            st.image(
                framed(query.photo, query.region, thickness=1 / 90),
                output_format="JPEG",
                width="content",
                alt="Your photo",
            )
        with st.container(key="said"):
            line, words = brand_line(answer), description_line(answer)
            described = f'<p class="words">{escape(words[:1].upper() + words[1:])}</p>' if words else ""
            st.html(f'<h2 class="brand">{escape(line[:1].upper() + line[1:])}</h2>{described}')
        with st.container(key="sure"):
            if not answer.sneaker:
                st.info(_NO_SNEAKER, icon=":material/info:")
            else:
                best = BrandScore(answer.brand, answer.confidence), *answer.alternatives
                st.html(f'<div class="bars" role="list">{"".join(map(_bar, best[:_BARS]))}</div>')
                if not answer.known:
                    st.info(_UNKNOWN, icon=":material/info:")
            _choose_part(query, part)
            if not shareable:
                st.caption(_NOT_SHARED)


def _bar(score: BrandScore) -> str:
    share = percent(score.confidence)
    return (
        f'<div role="listitem"><span>{escape(brand_name(score.brand))}</span><span>{share}</span>'
        f'<div><div style="width: {100 * score.confidence:.1f}%"></div></div></div>'
    )


def _choose_part(query: Query, part: Box | None) -> None:
    """Sliders by which the frame is moved."""
    height, width = query.photo.shape[:2]
    box = part or Box.around(query.region, width, height)
    with st.expander("Search another part of the photo", icon=":material/crop:"):
        # Keys of their own for each frame: a frame that is found in the next photo moves the sliders.
        keys = f"across {box} {width} {height}", f"down {box} {width} {height}"

        def moved() -> None:
            (left, right), (top, bottom) = (st.session_state[key] for key in keys)
            address.search_part(Box.widened(left, top, right, bottom))

        st.slider("Left to right, %", 0, 100, (box.left, box.right), key=keys[0], on_change=moved)
        st.slider("Top to bottom, %", 0, 100, (box.top, box.bottom), key=keys[1], on_change=moved)
        st.button("Find the shoe by itself", on_click=address.search_part, args=(None,), disabled=part is None)
