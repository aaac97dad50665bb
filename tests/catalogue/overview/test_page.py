from __future__ import annotations

import pandas as pd

from sneakers_ml.catalogue.cleaning.naming import NO_SNEAKER
from sneakers_ml.catalogue.overview.counts import Catalogue, totals
from sneakers_ml.catalogue.overview.page import BEGIN, END, render, renew, write_overview
from sneakers_ml.tables import write_table
from sneakers_ml.workspace.paths import Workspace
from tests.catalogue.overview.builders import five_listings


def test_tables_hold_the_counts_and_pictures_are_linked():
    page = render(five_listings(), {"prices": "images/x-prices.png"})
    assert "| products in several sources | 1 |" in page
    assert "| nike | 1 | 2 | 2 |" in page
    assert "| EUR | 2 | 90 | 91.25 | 92.50 | 93.75 | 95 |" in page
    assert "| baas | 1 | 1 | 1 | 0 |" in page
    assert "![prices](images/x-prices.png)" in page
    assert "![joins]" not in page


def test_what_was_set_aside_is_shown_with_its_reason_and_cannot_break_the_table():
    assert r"| kick | a bag | Nike \| Backpack | 1 |" in render(five_listings(), {})


def test_nothing_set_aside_says_so():
    full = five_listings()
    page = render(Catalogue(full.listings, full.products, pd.DataFrame(columns=full.set_aside.columns)), {})
    assert page.endswith("## Set aside\n\nNothing.\n")


def test_other_things_are_no_part_of_the_catalogue(tmp_path):
    full, workspace = five_listings(), Workspace(tmp_path)
    things = [table.tail(1).assign(brand=NO_SNEAKER) for table in (full.listings, full.products)]
    write_table(pd.concat([full.listings, things[0]]), workspace.listings)
    write_table(pd.concat([full.products, things[1]]), workspace.products)
    write_table(full.set_aside, workspace.set_aside)
    assert write_overview(workspace, tmp_path / "page.md") == totals(full)
    assert NO_SNEAKER not in (tmp_path / "page.md").read_text(encoding="utf-8")


def test_renewing_replaces_what_stands_between_the_marks_alone():
    page = renew("# Merging\n\nWhat people wrote.\n", "old figures\n")
    assert page == f"# Merging\n\nWhat people wrote.\n\n{BEGIN}\n\nold figures\n\n{END}\n"
    assert renew(page + "\nMore words.\n", "new\n") == page.replace("old figures", "new") + "\nMore words.\n"


def test_a_mark_that_never_ends_is_not_taken_for_a_block():
    assert renew(f"# Merging\n{BEGIN}\n", "new\n").startswith(f"# Merging\n{BEGIN}\n\n{BEGIN}")
