from __future__ import annotations

import numpy as np

from demo.render.shoe.layers import HEIGHT, WIDTH, Drawing

SQUARE = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])


def test_later_coats_cover_earlier_ones():
    """Half of the mark over the base is their mean; what both leave bare is the base too."""
    drawing = Drawing()
    drawing.coat("base", drawing.mask(SQUARE * 0.5))
    drawing.coat("mark", drawing.mask(SQUARE * 0.2 + 0.1), alpha=0.5)
    painted = drawing.paint({"base": (200, 100, 0), "mark": (0, 100, 200)})
    assert painted.shape == (HEIGHT, WIDTH, 3)
    np.testing.assert_allclose(painted.min(axis=(0, 1))[:2], (100, 100), atol=1)
    np.testing.assert_allclose(painted.max(axis=(0, 1)), (200, 100, 100), atol=1)
