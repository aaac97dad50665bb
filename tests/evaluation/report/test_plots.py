from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from sneakers_ml.charts import save_png
from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.classification import classification_metrics
from sneakers_ml.evaluation.metrics.confidence import ReliabilityBin, reliability_table
from sneakers_ml.evaluation.report.plots import confusion_plot, f1_plot, reliability_plot

MANY = [f"sneaker brand {number:02d}" for number in range(31)]


def drawn(figure):
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return figure, canvas.get_renderer()


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


def test_f1_bars_are_sorted_and_skip_absent_brands():
    per_brand = classification_metrics(["nike", "nike", "vans"], ["nike", "vans", "vans"], ["asics", "nike", "vans"])
    axes = f1_plot(per_brand["per_brand"], "hog-svm").axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["nike", "vans"]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([2 / 3, 2 / 3])
    assert [text.get_text() for text in axes.texts] == ["0.67  (2)", "0.67  (1)"]


def assert_legible(axes, renderer):
    """The 31 brand names do not overlap and are 8 dots high or more."""
    boxes = [label.get_window_extent(renderer) for label in axes.get_yticklabels()]
    assert len(boxes) == 31
    heights = sorted((box.y0, box.y1) for box in boxes)
    assert all(lower[1] <= upper[0] for lower, upper in pairwise(heights))
    assert min(top - bottom for bottom, top in heights) >= 8


def assert_inside(figure, renderer):
    """Titles, names and notes lie within the picture."""
    drawn_box, page = figure.get_tightbbox(renderer), figure.get_size_inches()
    assert drawn_box.x0 >= 0
    assert drawn_box.y0 >= 0
    assert drawn_box.x1 <= page[0]
    assert drawn_box.y1 <= page[1]


def test_confusion_of_31_brands_is_legible():
    confusion = np.eye(31, dtype=int) * 1234
    confusion[:, 0] += 567
    figure, renderer = drawn(confusion_plot(confusion, MANY, "many"))
    axes = figure.axes[0]
    assert_legible(axes, renderer)
    assert_inside(figure, renderer)
    cell = axes.get_window_extent(renderer).width / 31
    assert max(text.get_window_extent(renderer).width for text in axes.texts) <= cell


def test_f1_of_31_brands_is_legible():
    truth = MANY * 3
    answer = classification_metrics(truth, truth[:50] + ["sneaker brand 00"] * 43, MANY)
    figure, renderer = drawn(f1_plot(answer["per_brand"], "many"))
    assert_legible(figure.axes[0], renderer)
    assert_inside(figure, renderer)


def test_small_plots_keep_long_names_inside():
    brands = ["united colors of benetton", "numero uno"]
    answer = classification_metrics(brands, brands, brands)
    table = reliability_table(np.array([0.4, 0.9]), np.array([True, True]))
    title = "efficientnet_lite0-catboost: confusion"
    plots = [
        confusion_plot(answer["confusion"], brands, title),
        f1_plot(answer["per_brand"], title),
        reliability_plot(table, 0.3, title),
    ]
    for plot in plots:
        assert_inside(*drawn(plot))


@pytest.mark.parametrize(
    ("figure", "size"),
    [
        # Three cells take 3.6 inches together, a one-letter name .07, bar and margins 1.6 and .9, at 110 dots an inch.
        (lambda: confusion_plot(np.eye(3, dtype=int), ["a", "b", "c"], "t"), (580, 503)),
        (
            lambda: reliability_plot(reliability_table(np.array([0.4, 0.9]), np.array([True, True])), 0.35, "t"),
            (572, 660),
        ),
        (lambda: f1_plot(classification_metrics(["a"], ["a"], ["a"])["per_brand"], "t"), (704, 160)),
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
    answer = classification_metrics(names, names, names)
    save_png(f1_plot(answer["per_brand"], "$broken^$"), tmp_path / "f1.png")
    assert (tmp_path / "f1.png").stat().st_size > 1000


def test_refuses_what_cannot_be_drawn():
    with pytest.raises(DataError, match="does not fit 3 brand labels"):
        confusion_plot(np.eye(2, dtype=int), ["a", "b", "c"], "t")
    with pytest.raises(DataError, match="no F1 to plot"):
        f1_plot({}, "t")
