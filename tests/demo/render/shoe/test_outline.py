from __future__ import annotations

from demo.render.shoe.invented_brands import BRANDS
from demo.render.shoe.outline import build_frame
from demo.render.shoe.shoe_spec import sample_spec


def test_high_tops_stand_above_low_tops():
    heights = {brand.name: build_frame(sample_spec(brand, 0, seed=7)).upper[:, 1].max() for brand in BRANDS}
    assert heights["Elmari"] > heights["Jundo"] > heights["Duskell"]
