from __future__ import annotations

import numpy as np
import pytest

from sneakers_ml.images.ground import plain_ground


def framed(colour: tuple[int, int, int], side: int = 100) -> np.ndarray:
    """A dark square on a ground of one colour, three quarters as wide."""
    photo = np.full((side, side, 3), colour, np.uint8)
    photo[side // 8 : -side // 8, side // 8 : -side // 8] = 20
    return photo


@pytest.mark.parametrize("colour", [(255, 255, 255), (240, 240, 240), (30, 200, 90)])
def test_one_colour_all_around_is_a_ground(colour: tuple[int, int, int]) -> None:
    ground = plain_ground(framed(colour))
    assert ground is not None
    assert ground.tolist() == list(colour)


@pytest.mark.parametrize(("rows", "plain"), [(8, True), (12, False)])
def test_it_may_be_broken_but_not_for_more_than_three_tenths_of_the_frame(rows: int, plain: bool) -> None:
    """Of 800 pixels two deep, 200 are black above and 4 more a row at the sides."""
    photo = framed((250, 250, 250))
    photo[:rows] = 0  # 232 of 800, or 248
    assert (plain_ground(photo) is not None) == plain


def test_levels_that_differ_little_are_one_colour() -> None:
    photo = framed((200, 200, 200)).astype(int)
    noise = np.random.default_rng(0).integers(-11, 12, photo.shape[:2])[..., None]
    noise[::2] = 0
    assert plain_ground((photo + noise).clip(0, 255).astype(np.uint8)) is not None
    assert plain_ground((photo + 8 * noise).clip(0, 255).astype(np.uint8)) is None
