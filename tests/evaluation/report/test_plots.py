from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from PIL import Image

from sneakers_ml.evaluation.metrics.bootstrap import Interval
from sneakers_ml.evaluation.metrics.classification import ReliabilityBin, brand_scores, reliability_table
from sneakers_ml.evaluation.metrics.learning_curve import CurvePoint
from sneakers_ml.evaluation.metrics.views import UNNAMED, PhotoMap, ViewAnalysis
from sneakers_ml.evaluation.report.plots import confusion_plot, curve_plot, f1_plot, map_plot, reliability_plot
from sneakers_ml.reporting.charts import save_png

MANY = [f"sneaker brand {number:02d}" for number in range(31)]


def drawn(figure):
    """The figure, drawn; titles, names and notes lie within the picture."""
    FigureCanvasAgg(figure).draw()
    box, page = figure.get_tightbbox(), figure.get_size_inches()
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= page[0]
    assert box.y1 <= page[1]
    return figure


def bars(axes):
    return [(bar.get_x(), bar.get_height()) for bar in axes.patches]


def test_confusion_shades_are_shares_of_the_row_and_figures_are_photos():
    figure = confusion_plot(np.array([[3, 1, 0], [0, 2, 0], [0, 0, 0]]), ["adidas", "nike", "puma"], "hog-svm")
    axes = figure.axes[0]
    assert axes.images[0].get_array().tolist() == [[0.75, 0.25, 0], [0, 1, 0], [0, 0, 0]]
    written = {text.get_position(): text.get_text() for text in axes.texts}
    assert written == {(0, 0): "3", (1, 0): "1", (1, 1): "2"}
    assert [label.get_text() for label in axes.get_yticklabels()] == ["adidas", "nike", "puma"]


def test_reliability_bars_stand_where_their_bins_lie():
    table = [ReliabilityBin(0.2, 0.4, 5, 0.3, 0.1), ReliabilityBin(0.8, 1.0, 10, 0.9, 0.8)]
    upper, lower = reliability_plot(table, 0.1333, "hog-svm").axes
    assert bars(upper) == [(0.2, 0.1), (0.8, 0.8)]
    assert bars(lower) == [(0.2, 5), (0.8, 10)]
    assert upper.get_title(loc="left") == "hog-svm, ECE 0.133"


def test_f1_bars_are_sorted():
    scores = brand_scores(["nike", "nike", "vans"], ["nike", "vans", "vans"])
    axes = f1_plot(scores, "hog-svm").axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["nike", "vans"]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([2 / 3, 2 / 3])
    assert [text.get_text() for text in axes.texts] == ["0.67  (2)", "0.67  (1)"]


def assert_legible(axes):
    """The 31 brand names do not overlap and are 8 dots high or more."""
    boxes = [label.get_window_extent() for label in axes.get_yticklabels()]
    assert len(boxes) == 31
    heights = sorted((box.y0, box.y1) for box in boxes)
    assert all(lower[1] <= upper[0] for lower, upper in pairwise(heights))
    assert min(top - bottom for bottom, top in heights) >= 8


def test_confusion_of_31_brands_is_legible():
    confusion = np.eye(31, dtype=int) * 1234
    confusion[:, 0] += 567
    axes = drawn(confusion_plot(confusion, MANY, "many")).axes[0]
    assert_legible(axes)
    cell = axes.get_window_extent().width / 31
    assert max(text.get_window_extent().width for text in axes.texts) <= cell


def test_f1_of_31_brands_is_legible():
    truth = MANY * 3
    scores = brand_scores(truth, truth[:50] + ["sneaker brand 00"] * 43)
    assert_legible(drawn(f1_plot(scores, "many")).axes[0])


def test_small_plots_keep_long_names_inside():
    brands = ["united colors of benetton", "numero uno"]
    table = reliability_table(np.array([0.4, 0.9]), np.array([True, True]))
    title = "efficientnet_lite0-catboost: confusion"
    plots = [
        confusion_plot(np.eye(2, dtype=int), brands, title),
        f1_plot(brand_scores(brands, brands), title),
        reliability_plot(table, 0.3, title),
    ]
    for plot in plots:
        drawn(plot)


@pytest.mark.parametrize(
    ("figure", "size"),
    [
        # Three cells take 3.6 inches together, a one-letter name .07, bar and margins 1.6 and .9, at 110 dots an inch.
        (lambda: confusion_plot(np.eye(3, dtype=int), ["a", "b", "c"], "t"), (580, 503)),
        (
            lambda: reliability_plot(reliability_table(np.array([0.4, 0.9]), np.array([True, True])), 0.35, "t"),
            (572, 660),
        ),
        (lambda: f1_plot(brand_scores(["a"], ["a"]), "t"), (704, 160)),
    ],
    ids=["confusion", "reliability", "f1"],
)
def test_png_has_the_size_of_its_figure_and_is_not_blank(tmp_path, figure, size):
    path = tmp_path / "plots" / "plot.png"
    save_png(figure(), path)
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert picture.size == pytest.approx(size, abs=2)
        pixels = np.asarray(picture.convert("RGB"))
    assert (pixels[0, 0] == 255).all()
    assert 0.01 < (pixels < 128).any(axis=2).mean() < 0.9
    assert [file.name for file in path.parent.iterdir()] == ["plot.png"]


def test_brand_names_are_never_formulas(tmp_path):
    names = ["$x^$", "a_b"]
    save_png(confusion_plot(np.eye(2, dtype=int), names, "$broken^$"), tmp_path / "plot.png")
    save_png(f1_plot(brand_scores(names, names), "$broken^$"), tmp_path / "f1.png")
    assert (tmp_path / "f1.png").stat().st_size > 1000


CURVE = [
    CurvePoint(0.1, 10, 12.5, 20, 0.2, 0.1, 0.25, 3),
    CurvePoint(0.4, 40, 50, 80, 0.5, 0.4, 0.6, 3),
    CurvePoint(1.0, 100, 1200, 200, 0.8, 0.8, 0.8, 1),
]


def analysis(brands, views=None, sources=None, view="view", points=None):
    size = len(brands)
    points = np.column_stack([np.arange(size), np.arange(size) ** 2]) if points is None else points
    views = [UNNAMED] * size if views is None else views
    sources = ["shop"] * size if sources is None else sources
    return ViewAnalysis(
        size,
        10,
        Interval(0.123),
        Interval(0.456) if view else None,
        Interval(0.789),
        view or "position",
        PhotoMap(points.astype(np.float32), np.array(brands), np.array(views), np.array(sources)),
    )


def entries(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


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
    nothing = replace(analysis(["nike", "vans"]), brand=Interval(-0.001))
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


def test_a_curve_of_one_point_is_drawn():
    drawn(curve_plot(CURVE[:1], "t"))
