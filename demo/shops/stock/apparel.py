"""What sneaker shops sell beside sneakers: names for the listings, and drawings to stand in for photos."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.render.shoe.palette import COLOURS

__all__ = ["APPAREL", "Apparel", "draw_apparel"]

SIDE = 400
Points = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Apparel:
    """Something that is not a sneaker; `outline` and `details` are polygons on a field of 400 x 400 pixels."""

    kind: str
    """As the shop files it."""
    name: str
    outline: Points
    details: tuple[Points, ...] = ()


_TORSO: Points = ((150, 80), (250, 80), (345, 130), (372, 290), (325, 300), (300, 200), (300, 335), (100, 335),
                  (100, 200), (75, 300), (28, 290), (55, 130))  # fmt: skip
_SLIDE: Points = ((30, 255), (120, 240), (280, 235), (365, 262), (368, 292), (40, 292))
_STRAP: Points = ((150, 245), (185, 180), (265, 178), (312, 245))
_BAG: Points = ((60, 160), (340, 160), (365, 310), (35, 310))
_HANDLE: Points = ((140, 160), (150, 95), (250, 95), (260, 160), (244, 160), (236, 112), (164, 112), (156, 160))
_SHORTS: Points = ((95, 100), (305, 100), (345, 310), (225, 315), (200, 190), (175, 315), (55, 310))
_SOCK: Points = ((130, 60), (215, 60), (220, 210), (330, 285), (320, 335), (250, 340), (135, 250))
_SEAMS = tuple(((100, y), (300, y), (300, y + 5), (100, y + 5)) for y in (150, 200, 250))
_CAP: Points = ((80, 240), (95, 160), (180, 110), (265, 130), (300, 215), (385, 262), (270, 258))

APPAREL: tuple[Apparel, ...] = (
    Apparel("Slides", "Pool Slides", _SLIDE, (_STRAP,)),
    Apparel("Jackets", "Track Jacket", _TORSO, (((196, 80), (204, 80), (204, 335), (196, 335)),)),
    Apparel("Bags", "Duffle Bag", _BAG, (_HANDLE,)),
    Apparel("Hoodies", "Club Hoodie", _TORSO, (((150, 80), (200, 140), (250, 80), (225, 50), (175, 50)),)),
    Apparel("Slides", "Comfort Slide", _SLIDE, (_STRAP,)),
    Apparel("Shorts", "Logo Shorts", _SHORTS, (((95, 100), (305, 100), (308, 118), (92, 118)),)),
    Apparel("Socks", "Crew Socks 3-Pack", _SOCK, (((130, 60), (215, 60), (215, 82), (130, 82)),)),
    Apparel("T-Shirts", "Logo Tee", _TORSO),
    Apparel("Caps", "Dad Cap", _CAP),
    Apparel("Jackets", "Hooded Down Jacket", _TORSO, _SEAMS),
)  # fmt: skip


def draw_apparel(number: int, colour: str) -> NDArray[np.uint8]:
    """(400, 400, 3) RGB: a flat drawing on a white table."""
    piece = APPAREL[number]
    parts = [COLOURS.get(part, (120, 120, 120)) for part in colour.split("/")]
    picture = np.full((SIDE, SIDE, 3), 250, np.uint8)
    for polygon, fill in ((piece.outline, parts[0]), *((detail, parts[-1]) for detail in piece.details)):
        points = [np.array(polygon, np.int32)]
        cv2.fillPoly(picture, points, fill, cv2.LINE_AA)
        cv2.polylines(picture, points, True, tuple(channel // 2 for channel in fill), 2, cv2.LINE_AA)
    return picture
