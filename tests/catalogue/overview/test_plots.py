from __future__ import annotations

import pytest
from PIL import Image

from sneakers_ml.catalogue.overview.counts import Catalogue
from sneakers_ml.catalogue.overview.plots import PLOTS, joins_plot, prices_plot
from sneakers_ml.reporting.charts import save_png
from tests.catalogue.overview.builders import five_listings


def test_bars_are_stacked_in_the_order_of_the_columns():
    axes = joins_plot(five_listings()).axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["baas", "kick"]
    assert [(bar.get_x(), bar.get_width()) for bar in axes.patches] == [
        (0, 1),
        (0, 2),
        (1, 1),
        (2, 0),
        (2, 1),
        (2, 0),
        (3, 0),
        (2, 0),
    ]


def test_every_currency_has_its_own_axes():
    titles = [axes.get_title(loc="left") for axes in prices_plot(five_listings()).axes]
    assert titles == ["EUR (2)", "USD (2)"]


@pytest.mark.parametrize("name", PLOTS)
def test_plots_are_drawn_for_a_catalogue_and_for_one_without_prices(name, tmp_path):
    full = five_listings()
    bare = Catalogue(full.listings.assign(price=float("nan"), currency=None), full.products, full.set_aside)
    for number, catalogue in enumerate((full, bare)):
        save_png(PLOTS[name](catalogue), tmp_path / f"{number}.png")
        with Image.open(tmp_path / f"{number}.png") as picture:
            assert picture.width > 300
