from __future__ import annotations

from demo.render.shoe.invented_brands import BRANDS
from demo.render.shoe.shoe_spec import sample_spec


def test_models_stay_within_their_brands_ranges_and_differ():
    for brand in BRANDS:
        specs = [sample_spec(brand, index, seed=7) for index in range(10)]
        for spec in specs:
            assert brand.heel_height[0] <= spec.heel_height <= brand.heel_height[1]
            assert brand.toe_height[0] <= spec.toe_height <= brand.toe_height[1]
            assert brand.laces[0] <= spec.laces <= brand.laces[1]
        assert len({(spec.sole, spec.toe, spec.heel, spec.quarter, spec.fabric) for spec in specs}) >= 3
        assert len({spec.heel_height for spec in specs}) == 10
