"""The invented brands: what makes each recognisable, as data. Neither they nor their marks exist in the world."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BRANDS", "Brand", "Range"]

Range = tuple[float, float]
"""A parameter's lowest and highest value within the brand, in shoe lengths unless said."""


@dataclass(frozen=True)
class Brand:
    """One brand: its mark, the shape of its lasts and soles, and the choices its models vary over."""

    name: str
    mark: str
    """A key of `branding.MARKS`."""
    mark_size: Range
    mark_at: tuple[Range, Range]
    """Where the mark sits: x, and the share of the way from the sole to the top line."""
    soles: tuple[str, ...]
    """Keys of `soles.SOLES`."""
    heel_sole: Range
    fore_sole: Range
    heel_height: Range
    front_height: Range
    collar_x: Range
    vamp_x: Range
    toe_height: Range
    toe_square: Range
    """0 = pointed and low, 1 = full and round."""
    toes: tuple[str, ...]
    heels: tuple[str, ...]
    quarters: tuple[str, ...]
    fabrics: tuple[str, ...]
    laces: tuple[int, int]
    spring: Range
    families: tuple[str, ...]
    """Model names; a demo of m models uses the first m."""
    price: tuple[int, int]
    """In whole roubles, rounded to end in 90."""

    @property
    def slug(self) -> str:
        return self.name.lower()


LOW = {"heel_height": (0.305, 0.345), "front_height": (0.35, 0.385), "collar_x": (0.29, 0.33)}
MID = {"heel_height": (0.41, 0.45), "front_height": (0.44, 0.49), "collar_x": (0.30, 0.33)}
HIGH = {"heel_height": (0.49, 0.55), "front_height": (0.51, 0.58), "collar_x": (0.31, 0.34)}

BRANDS: tuple[Brand, ...] = (
    Brand(
        "Arvo", "waves", (0.085, 0.108), ((0.385, 0.445), (0.34, 0.44)), ("runner", "wedge"),
        (0.115, 0.14), (0.075, 0.09), **LOW, vamp_x=(0.60, 0.65), toe_height=(0.189, 0.204), toe_square=(0.35, 0.6),
        toes=("mudguard", "tip"), heels=("counter", "clip"), quarters=("plain", "saddle"),
        fabrics=("mesh", "knit"), laces=(6, 7), spring=(0.03, 0.045), price=(7990, 15990),
        families=(
            "Glide 2", "Glide Pro", "Tidal", "Meridian", "Current 90", "Drift",
            "Glide Lite", "Estuary", "Lowtide", "Swell 4", "Pontoon", "Spindrift",
        ),
    ),
    Brand(
        "Brisko", "ring", (0.070, 0.092), ((0.405, 0.455), (0.38, 0.48)), ("cup", "cup-gum"),
        (0.085, 0.10), (0.07, 0.085), **LOW, vamp_x=(0.63, 0.67), toe_height=(0.189, 0.209), toe_square=(0.7, 0.9),
        toes=("cap", "perforated"), heels=("counter", "tab"), quarters=("saddle", "court"),
        fabrics=("leather",), laces=(6, 8), spring=(0.012, 0.022), price=(6490, 11990),
        families=(
            "Court", "Court Mono", "Volley", "Deuce", "Set Point", "Rally 82",
            "Advantage", "Baseline", "Linesman", "Court Club", "Umpire", "Tiebreak",
        ),
    ),
    Brand(
        "Corvane", "bolt", (0.085, 0.11), ((0.395, 0.455), (0.40, 0.50)), ("chunky", "stacked"),
        (0.15, 0.18), (0.11, 0.13), heel_height=(0.346, 0.376), front_height=(0.400, 0.430), collar_x=(0.28, 0.32),
        vamp_x=(0.60, 0.65), toe_height=(0.229, 0.249), toe_square=(0.6, 0.9),
        toes=("mudguard", "cap"), heels=("counter", "clip"), quarters=("cage", "saddle"),
        fabrics=("mesh", "suede"), laces=(5, 7), spring=(0.025, 0.04), price=(9990, 18990),
        families=(
            "Monolith", "Ampere", "Ampere 2", "Voltair", "Static", "Tremor",
            "Overload", "Dynamo", "Fuse", "Turbine", "Reactor", "Kilowatt",
        ),
    ),
    Brand(
        "Duskell", "slashes", (0.080, 0.105), ((0.395, 0.455), (0.40, 0.50)), ("vulc", "cup-gum"),
        (0.072, 0.085), (0.066, 0.078), heel_height=(0.266, 0.301), front_height=(0.310, 0.345), collar_x=(0.29, 0.33),
        vamp_x=(0.60, 0.65), toe_height=(0.164, 0.184), toe_square=(0.4, 0.65),
        toes=("cap", "plain"), heels=("tab", "counter"), quarters=("plain", "saddle"),
        fabrics=("suede", "canvas"), laces=(5, 7), spring=(0.012, 0.02), price=(4990, 8990),
        families=(
            "Curb", "Curb Low", "Ledge", "Halfpipe", "Manny", "Kerbside",
            "Stairset", "Grindline", "Backyard", "Plaza", "Ollie Pro", "Bowl",
        ),
    ),
    Brand(
        "Elmari", "spark", (0.075, 0.10), ((0.28, 0.34), (0.44, 0.56)), ("vulc", "cup"),
        (0.075, 0.09), (0.068, 0.08), **HIGH, vamp_x=(0.63, 0.67), toe_height=(0.169, 0.189), toe_square=(0.55, 0.8),
        toes=("bumper", "cap"), heels=("strip", "counter"), quarters=("plain", "court"),
        fabrics=("canvas", "leather"), laces=(8, 10), spring=(0.012, 0.02), price=(5490, 9990),
        families=(
            "Polaris Hi", "Polaris", "Vega", "Gemini Hi", "Lumen", "Nova 70",
            "Orbit Hi", "Sirius", "Comet", "Halo Hi", "Zenith", "Umbra",
        ),
    ),
    Brand(
        "Fjarn", "peaks", (0.080, 0.105), ((0.405, 0.465), (0.36, 0.46)), ("lug", "lug-rand"),
        (0.12, 0.145), (0.09, 0.11), heel_height=(0.326, 0.376), front_height=(0.370, 0.420), collar_x=(0.29, 0.32),
        vamp_x=(0.59, 0.63), toe_height=(0.204, 0.224), toe_square=(0.55, 0.8),
        toes=("rand", "mudguard"), heels=("counter", "clip"), quarters=("cage", "plain"),
        fabrics=("mesh", "ripstop"), laces=(5, 7), spring=(0.035, 0.055), price=(9490, 16990),
        families=(
            "Ridge", "Ridge GT", "Scree", "Cairn 3", "Moraine", "Tarnpath",
            "Couloir", "Fellrun", "Saddleback", "Krag", "Summit 8", "Traverse",
        ),
    ),
    Brand(
        "Gantry", "bars", (0.080, 0.105), ((0.395, 0.455), (0.36, 0.46)), ("waffle", "wedge"),
        (0.10, 0.12), (0.06, 0.072), heel_height=(0.291, 0.321), front_height=(0.330, 0.365), collar_x=(0.30, 0.34),
        vamp_x=(0.60, 0.64), toe_height=(0.164, 0.182), toe_square=(0.1, 0.35),
        toes=("tip", "mudguard"), heels=("counter", "tab"), quarters=("saddle", "plain"),
        fabrics=("nylon", "suede"), laces=(6, 8), spring=(0.035, 0.05), price=(6990, 12990),
        families=(
            "Trolley 76", "Girder", "Lattice", "Crossbeam", "Pylon", "Shuttle 81",
            "Viaduct", "Derrick", "Truss", "Portal", "Jib", "Keystone",
        ),
    ),
    Brand(
        "Hollin", "leaves", (0.070, 0.090), ((0.415, 0.475), (0.42, 0.54)), ("cup", "slab"),
        (0.082, 0.10), (0.072, 0.088), **LOW, vamp_x=(0.62, 0.66), toe_height=(0.174, 0.192), toe_square=(0.3, 0.55),
        toes=("plain", "perforated"), heels=("tab", "counter"), quarters=("plain", "court"),
        fabrics=("leather", "suede"), laces=(5, 7), spring=(0.015, 0.025), price=(8490, 14990),
        families=(
            "Laurel", "Sorrel", "Bracken", "Juniper", "Willow Low", "Alder",
            "Heather", "Fern 2", "Linden", "Rowan", "Osier", "Sedge",
        ),
    ),
    Brand(
        "Ikaro", "dots", (0.090, 0.115), ((0.385, 0.455), (0.36, 0.48)), ("pods", "runner"),
        (0.13, 0.155), (0.085, 0.105), heel_height=(0.346, 0.386), front_height=(0.395, 0.440), collar_x=(0.27, 0.30),
        vamp_x=(0.57, 0.61), toe_height=(0.194, 0.212), toe_square=(0.3, 0.55),
        toes=("plain", "tip"), heels=("clip", "strip"), quarters=("plain", "cage"),
        fabrics=("knit",), laces=(4, 6), spring=(0.045, 0.065), price=(8990, 17990),
        families=(
            "Feather", "Feather 3", "Zephyr", "Aloft", "Updraft", "Plume",
            "Skyline", "Thermal", "Kite", "Aileron", "Loft", "Slipwind",
        ),
    ),
    Brand(
        "Jundo", "arcs", (0.090, 0.115), ((0.365, 0.425), (0.38, 0.50)), ("slab", "stacked"),
        (0.105, 0.125), (0.09, 0.105), **MID, vamp_x=(0.61, 0.65), toe_height=(0.209, 0.229), toe_square=(0.7, 0.95),
        toes=("cap", "perforated"), heels=("counter", "strip"), quarters=("court", "saddle"),
        fabrics=("leather", "nylon"), laces=(7, 9), spring=(0.015, 0.028), price=(8990, 16990),
        families=(
            "Rebound", "Rebound 2", "Hangtime", "Fastbreak", "Pivot Mid", "Key",
            "Buzzer", "Tipoff", "Crossover", "Arcade", "Halfcourt", "Bankshot",
        ),
    ),
)  # fmt: skip
"""All brands, in the order in which a smaller demo takes them."""
