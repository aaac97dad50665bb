"""Write the catalogue's figures into a page, with its plots beside it."""

from __future__ import annotations

from pathlib import Path

from sneakers_ml.catalogue.overview.counts import Catalogue, totals
from sneakers_ml.catalogue.overview.page import render, renew
from sneakers_ml.catalogue.overview.plots import PLOTS
from sneakers_ml.charts import save_png
from sneakers_ml.errors import DataError
from sneakers_ml.files import write_atomically
from sneakers_ml.tables import read_table
from sneakers_ml.workspace.paths import Workspace

__all__ = ["write_overview"]

_TITLE = "# The catalogue in figures\n"


def write_overview(workspace: Workspace, page: Path) -> dict[str, int]:
    """Write counts, tables and plots of the merged catalogue; answer the totals.

    An existing page keeps what people wrote outside the two marks (see `overview.page`). The plots lie in the folder
    `images` beside it, their names beginning with the page's.

    Raises:
        DataError: there is no merged catalogue, or it is empty.
    """
    catalogue = Catalogue(
        read_table(workspace.listings, "merge"),
        read_table(workspace.products, "merge"),
        read_table(workspace.set_aside, "merge"),
    )
    if catalogue.listings.empty:
        raise DataError(f"{workspace.listings}: holds no listings; crawl or import some, then run `sneakers merge`")
    pictures = {}
    for name, plot in PLOTS.items():
        file = page.parent / "images" / f"{page.stem}-{name}.png"
        save_png(plot(catalogue), file)
        pictures[name] = f"images/{file.name}"
    old = page.read_text(encoding="utf-8") if page.exists() else _TITLE
    write_atomically(page, renew(old, render(catalogue, pictures)).encode())
    return totals(catalogue)
