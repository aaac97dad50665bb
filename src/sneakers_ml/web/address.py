"""What the page's address holds beside the values of widgets, which Streamlit writes there itself (`bind`).

The address is the only place where these are kept: whoever opens it sees the same, and the browser's way back works.
Anybody can write anything into it, so what doesn't fit is taken as not there.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import streamlit as st

from sneakers_ml.images import Region
from sneakers_ml.serving.steering import UNSTEERED, Steering

__all__ = ["Address", "Box", "forget", "go_back", "more_like", "search_part", "steer", "take_sample", "turn_to"]

PAGE, LIKE, SAMPLE, MORE, LESS, PART = "page", "like", "sample", "more", "less", "part"
LAST_PAGE = 1000
STEERED_BY = 20
"""Photos that may steer a search at most, in each direction."""
_LEAST_SIDE = 5
_BOX = re.compile(r"(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a photo, its edges in whole per cent of the photo's sides."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """`10-20-90-80` as a box; None where it is none, or one too small to hold a shoe."""
        numbers = _BOX.fullmatch(text)
        if numbers is None:
            return None
        left, top, right, bottom = map(int, numbers.groups())
        fits = min(right - left, bottom - top) >= _LEAST_SIDE and max(right, bottom) <= 100
        return cls(left, top, right, bottom) if fits else None

    @classmethod
    def widened(cls, left: int, top: int, right: int, bottom: int) -> Self:
        """The box with these edges, or the least one around them that may hold a shoe."""
        left, top = min(left, 100 - _LEAST_SIDE), min(top, 100 - _LEAST_SIDE)
        return cls(left, top, max(right, left + _LEAST_SIDE), max(bottom, top + _LEAST_SIDE))

    @classmethod
    def around(cls, region: Region, width: int, height: int) -> Self:
        """The box of a region in a photo of that size."""
        return cls(
            100 * region.left // width,
            100 * region.top // height,
            -(-100 * region.right // width),
            -(-100 * region.bottom // height),
        )

    def region(self, width: int, height: int) -> Region:
        """The box in pixels of a photo of that size."""
        left, top = self.left * width // 100, self.top * height // 100
        return Region(left, top, max(self.right * width // 100, left + 1), max(self.bottom * height // 100, top + 1))

    def __str__(self) -> str:
        return f"{self.left}-{self.top}-{self.right}-{self.bottom}"


@dataclass(frozen=True, slots=True)
class Address:
    """Page of the results, from 1; photos of the gallery by their ids; a part of the photo that is asked about."""

    page: int = 1
    like: str | None = None
    sample: str | None = None
    steering: Steering = UNSTEERED
    part: Box | None = None

    @classmethod
    def parse(cls, params: Mapping[str, Sequence[str]], gallery: Container[str]) -> Self:
        """Of query parameters, each with its values; photos that the gallery lacks are left out."""

        def photos(name: str) -> tuple[str, ...]:
            return tuple(dict.fromkeys(photo for photo in params.get(name, ()) if photo in gallery))

        page, part = (next(iter(params.get(name, ())), "") for name in (PAGE, PART))
        page_is_one = page.isascii() and page.isdigit() and len(page) <= len(str(LAST_PAGE))
        return cls(
            page=min(max(int(page), 1), LAST_PAGE) if page_is_one else 1,
            like=next(iter(photos(LIKE)), None),
            sample=next(iter(photos(SAMPLE)), None),
            steering=Steering(photos(MORE)[:STEERED_BY], photos(LESS)[:STEERED_BY]),
            part=Box.parse(part),
        )

    @classmethod
    def of_this_visit(cls, gallery: Container[str]) -> Self:
        """Of the address that the visitor has open."""
        params = st.query_params
        return cls.parse({name: params.get_all(name) for name in params}, gallery)


def forget(*names: str) -> None:
    """Drop what belongs to a question that is asked no more; all of it where no names are given."""
    for name in names or (PAGE, LIKE, SAMPLE, MORE, LESS, PART):
        st.query_params.pop(name, None)


def turn_to(page: int) -> None:
    """Another page of the results."""
    st.query_params[PAGE] = str(page)


def take_sample(photo_id: str) -> None:
    """Ask about a photo of the gallery."""
    forget()
    st.query_params[SAMPLE] = photo_id


def more_like(photo_id: str) -> None:
    """Show what is similar to a product; the question before stays, to go back to."""
    forget(PAGE, MORE, LESS)
    st.query_params[LIKE] = photo_id


def go_back() -> None:
    """From `more_like` to the question before."""
    forget(LIKE, PAGE, MORE, LESS)


def search_part(box: Box | None) -> None:
    """Ask about a part of the same photo; None for the part that is found by itself."""
    forget(PAGE, MORE, LESS, PART)
    if box is not None:
        st.query_params[PART] = str(box)


def steer(photo_id: str, towards: str | None) -> None:
    """Search nearer to a photo (MORE), further from it (LESS), or regardless of it (None)."""
    for name in (MORE, LESS):
        others = [photo for photo in st.query_params.get_all(name) if photo != photo_id]
        st.query_params[name] = [*others, photo_id] if name == towards else others
    forget(PAGE)
