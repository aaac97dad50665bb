"""One model's shape: numbers and choices drawn from its brand's ranges."""

from __future__ import annotations

from dataclasses import dataclass

from demo.render.seeded import rng_for
from demo.render.shoe.invented_brands import Brand, Range

__all__ = ["ShoeSpec", "sample_spec"]


@dataclass(frozen=True)
class ShoeSpec:
    """Everything the geometry needs to know of one model; lengths are shares of the shoe's length."""

    brand: Brand
    index: int
    """Its place among the brand's models."""
    name: str
    sole: str
    toe: str
    heel: str
    quarter: str
    fabric: str
    laces: int
    mark_size: float
    mark_x: float
    mark_t: float
    mark_slant: float
    heel_sole: float
    fore_sole: float
    spring: float
    heel_height: float
    dip: float
    front_height: float
    collar_x: float
    vamp_x: float
    toe_height: float
    toe_square: float
    tongue: float
    heel_lean: float
    width: float
    scheme: int
    """Which panels take the second colour."""
    detail: int
    """Seeds small details: lobes, grooves, perforations."""

    @property
    def slug(self) -> str:
        return self.name.lower().replace(" ", "-")


def sample_spec(brand: Brand, index: int, seed: int) -> ShoeSpec:
    """The `index`-th model of a brand. Choices cycle through the brand's options, so neighbours in the list differ."""
    rng = rng_for(seed, brand.name, index)

    def pick(bounds: Range) -> float:
        return float(rng.uniform(*bounds))

    def turn(options: tuple[str, ...], every: int) -> str:
        return options[(index // every) % len(options)]

    heel_height = pick(brand.heel_height)
    return ShoeSpec(
        brand=brand,
        index=index,
        name=brand.families[index],
        sole=turn(brand.soles, 1),
        toe=turn(brand.toes, 2),
        heel=turn(brand.heels, 1 + index % 3),
        quarter=turn(brand.quarters, 3),
        fabric=turn(brand.fabrics, 2),
        laces=int(rng.integers(brand.laces[0], brand.laces[1] + 1)),
        mark_size=pick(brand.mark_size),
        mark_x=pick(brand.mark_at[0]),
        mark_t=pick(brand.mark_at[1]),
        mark_slant=pick((-0.12, 0.12)),
        heel_sole=pick(brand.heel_sole),
        fore_sole=pick(brand.fore_sole),
        spring=pick(brand.spring),
        heel_height=heel_height,
        dip=heel_height - pick((0.035, 0.065)),
        front_height=pick(brand.front_height),
        collar_x=pick(brand.collar_x),
        vamp_x=pick(brand.vamp_x),
        toe_height=pick(brand.toe_height),
        toe_square=pick(brand.toe_square),
        tongue=pick((0.045, 0.07)),
        heel_lean=pick((-0.006, 0.014)),
        width=pick((0.95, 1.06)),
        scheme=int(rng.integers(0, 4)),
        detail=int(rng.integers(0, 1 << 16)),
    )
