from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.bootstrap import Interval
from sneakers_ml.evaluation.metrics.learning_curve import CurvePoint
from sneakers_ml.evaluation.metrics.views import UNNAMED, Agreement, PhotoMap, ViewAnalysis
from sneakers_ml.evaluation.report.map_plots import curve_plot, map_plot

CURVE = [
    CurvePoint(0.1, 10, 12.5, 20, 0.2, 0.1, 0.25, 3),
    CurvePoint(0.4, 40, 50, 80, 0.5, 0.4, 0.6, 3),
    CurvePoint(1.0, 100, 1200, 200, 0.8, 0.8, 0.8, 1),
]


def agreement(label, value):
    return Agreement(label, 2, 4, 0.5, 0.5, Interval(value))


def analysis(brands, views=None, sources=None, view="view", points=None):
    size = len(brands)
    points = np.column_stack([np.arange(size), np.arange(size) ** 2]) if points is None else points
    views = [UNNAMED] * size if views is None else views
    sources = ["shop"] * size if sources is None else sources
    return ViewAnalysis(
        size,
        10,
        agreement("brand", 0.123),
        agreement(view, 0.456) if view else None,
        agreement("source", 0.789),
        PhotoMap(points.astype(np.float32), np.array(brands), np.array(views), np.array(sources)),
    )


def entries(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def drawn(figure):
    FigureCanvasAgg(figure).draw()
    box, page = figure.get_tightbbox(), figure.get_size_inches()
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= page[0]
    assert box.y1 <= page[1]
    return figure


def test_both_panels_show_every_photo_once_under_its_own_name():
    figure = drawn(map_plot(analysis(["nike", "vans", "nike"], ["left", "left", "sole"]), "hog"))
    left, right = figure.axes
    assert entries(left) == ["nike", "vans"]
    assert entries(right) == ["left", "sole"]
    assert [group.get_offsets().tolist() for group in left.collections] == [[[0, 0], [2, 4]], [[1, 1]]]
    assert [group.get_offsets().tolist() for group in right.collections] == [[[0, 0], [1, 1]], [[2, 4]]]
    assert left.get_title(loc="left") == "by brand: neighbours agree 0.12 beyond chance"
    assert right.get_title(loc="left") == "by view: neighbours agree 0.46 beyond chance"
    assert figure.get_suptitle() == "hog"


def test_positions_are_named_in_their_order_and_photos_without_one_are_others():
    places = ["10", "2", UNNAMED, "1"]
    right = map_plot(analysis(["nike"] * 4, places, view="position"), "hog").axes[1]
    assert entries(right) == ["others", "photo 1", "photo 2", "photo 10"]
    assert [group.get_offsets().tolist() for group in right.collections] == [[[2, 4]], [[3, 9]], [[1, 1]], [[0, 0]]]
    assert right.get_title(loc="left").startswith("by place in the gallery: ")


def test_without_views_the_sources_are_shown():
    right = map_plot(analysis(["nike"] * 2, sources=["street", "shop"], view=None), "hog").axes[1]
    assert entries(right) == ["shop", "street"]
    assert right.get_title(loc="left") == "by source: neighbours agree 0.79 beyond chance"


def test_a_single_source_and_a_single_brand_still_make_a_map():
    lone = replace(analysis(["nike"], view=None), brand=None, source=None)
    assert [axes.get_title(loc="left") for axes in drawn(map_plot(lone, "t")).axes] == ["by brand", "by source"]


def test_an_agreement_that_rounds_to_nothing_has_no_sign():
    nothing = replace(analysis(["nike", "vans"]), brand=agreement("brand", -0.001))
    assert "agree 0.00 beyond" in map_plot(nothing, "t").axes[0].get_title(loc="left")


def test_thirteen_brands_have_thirteen_colours_and_legible_names_inside():
    brands = [f"sneaker brand {number:02d}" for number in range(13)]
    figure = drawn(map_plot(analysis(brands * 3), "efficientnet_lite0"))
    axes = figure.axes[0]
    assert len({to_hex(group.get_facecolor()[0]) for group in axes.collections}) == 13
    boxes = [text.get_window_extent() for text in axes.get_legend().get_texts()]
    assert len(boxes) == 13
    assert not any(one.overlaps(other) for number, one in enumerate(boxes) for other in boxes[:number])
    assert axes.get_legend().get_window_extent().x1 <= figure.axes[1].get_window_extent().x0


def test_the_rarest_of_many_brands_are_others_and_the_rest_differ_in_colour_or_shape():
    brands = [f"b{number:02d}" for number in range(30) for _ in range(31 - number)]
    axes = drawn(map_plot(analysis(brands), "many")).axes[0]
    assert entries(axes) == ["others"] + [f"b{number:02d}" for number in range(24)]
    looks = {(to_hex(each.get_facecolor()[0]), each.get_paths()[0].vertices.tobytes()) for each in axes.collections}
    assert len(looks) == 25


def test_names_are_never_formulas_nor_hidden():
    axes = drawn(map_plot(analysis(["$x^$", "_hidden"]), "$broken^$")).axes[0]
    assert [name.strip("\u200b") for name in entries(axes)] == ["$x^$", "_hidden"]


def test_the_curve_shows_means_and_ranges_over_products_on_a_logarithmic_axis():
    axes = drawn(curve_plot(CURVE, "hog-svm")).axes[0]
    assert axes.get_xscale() == "log"
    assert axes.lines[0].get_xydata().tolist() == [[12.5, 0.2], [50, 0.5], [1200, 0.8]]
    band = {tuple(corner) for corner in axes.collections[0].get_paths()[0].vertices.tolist()}
    assert {(12.5, 0.1), (12.5, 0.25), (50, 0.4), (50, 0.6), (1200, 0.8)} <= band
    assert [label.get_text() for label in axes.get_xticklabels()] == ["12", "50", "1,200"]
    assert [text.get_text() for text in axes.texts] == ["0.20", "0.50", "0.80"]
    assert axes.get_title(loc="left") == "hog-svm"


def test_a_curve_of_one_point_is_drawn_and_of_none_refused():
    drawn(curve_plot(CURVE[:1], "t"))
    with pytest.raises(DataError, match="without points"):
        curve_plot([], "t")
