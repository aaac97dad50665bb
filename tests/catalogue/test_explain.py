from __future__ import annotations

import pandas as pd
import pytest

from sneakers_ml.catalogue.explain import ExplainedListing, explain
from sneakers_ml.catalogue.listing import Listing, write_listings
from sneakers_ml.catalogue.merge import merge
from sneakers_ml.errors import DataError, UsageError
from sneakers_ml.workspace.paths import Workspace
from tests.support.command import run_here


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """One product of two shops, and thirty others."""
    home = Workspace(tmp_path_factory.mktemp("explain"))
    ours = Listing(
        shop="a", listing_id="1", brand_raw="Puma", title_raw="Puma Speed Cat 'Red/White'", style_code="398846-01",
        price=1234.5, currency="INR", url="https://a/1",
    )  # fmt: skip
    theirs = Listing(shop="b", listing_id="[/2]", brand_raw="Puma", title_raw="Words", style_code="398846-01")
    others = [Listing(shop="b", listing_id=f"x{n}", brand_raw="Puma", title_raw=f"Other {n}") for n in range(30)]
    write_listings(home.source("a") / "listings.jsonl", [ours])
    write_listings(home.source("b") / "listings.jsonl", [theirs, *others])
    merge(home)
    return home


@pytest.fixture(scope="module")
def product_id(workspace):
    table = pd.read_parquet(workspace.products)
    return table.loc[table["style_code"] == "39884601", "product_id"].item()


def test_a_product_has_its_offers_and_its_listings_the_founder_first(workspace, product_id):
    found = explain(workspace, product_id)
    assert (found.product_id, found.title) == (product_id, "Puma Speed Cat 'Red/White'")
    assert found.facts["brand"] == "puma"
    assert found.facts["style code"] == "39884601"
    assert found.facts["matched by"] == "style_code"
    assert "label" not in found.facts  # there is none
    assert found.offers == (("a", "1,234.50 INR", "https://a/1"), ("b", "", ""))
    founder, other = found.listings
    assert (founder.place, founder.title) == ("a:1", "Puma Speed Cat 'Red/White'")
    assert ("Puma", "brand") in founder.removed
    assert other == ExplainedListing("b:[/2]", "Words", "The style code 39884601 is that of a:1.", ())


@pytest.mark.parametrize("change", [lambda name: name[:12], lambda name: f" {name.upper()} "])
def test_the_beginning_of_an_id_will_do(workspace, product_id, change):
    assert explain(workspace, change(product_id)).product_id == product_id


@pytest.mark.parametrize(
    ("wanted", "words"), [("abc", "first four characters"), ("", "first four"), ("zzzz", "no product has this id")]
)
def test_an_id_that_leads_nowhere_is_refused(workspace, wanted, words):
    with pytest.raises(UsageError, match=words):
        explain(workspace, wanted)


def test_a_beginning_that_several_ids_share_is_refused(workspace, tmp_path):
    home = Workspace(tmp_path)
    for name in ("products", "listings"):
        table = pd.read_parquet(getattr(workspace, name))
        table["product_id"] = "abcd" + table["product_id"].str[4:]
        getattr(home, name).parent.mkdir(parents=True, exist_ok=True)
        table.to_parquet(getattr(home, name))
    with pytest.raises(UsageError, match=r"31 products begin so \((abcd\w{12}, ){4}abcd\w{12} …\); give more"):
        explain(home, "abcd")


def test_a_catalogue_that_is_not_there_names_the_stage_that_makes_it(tmp_path):
    with pytest.raises(DataError, match="run `sneakers merge`"):
        explain(Workspace(tmp_path), "abcd")


@pytest.mark.parametrize(("name", "gone"), [("products", "offers"), ("listings", "match_reason")])
def test_a_table_of_an_older_merge_is_refused(workspace, product_id, tmp_path, name, gone):
    home = Workspace(tmp_path)
    home.products.parent.mkdir(parents=True)
    for kept in ("products", "listings"):
        table = pd.read_parquet(getattr(workspace, kept))
        table.drop(columns=[gone] if kept == name else []).to_parquet(getattr(home, kept))
    with pytest.raises(DataError, match=f"{name}.parquet: damaged .*{gone}.* run `sneakers merge`"):
        explain(home, product_id)


class TestCommand:
    """`sneakers merge --explain`."""

    def test_prints_the_product_its_offers_and_why(self, workspace, product_id, capsys):
        outcome = run_here(capsys, "--workspace", workspace.root, "merge", "--explain", product_id[:10])
        assert outcome.code == 0
        for words in (
            product_id,
            "1,234.50 INR",
            "The style code 39884601 is that of a:1.",
            "Puma (brand)",
            "nothing",
            "b:[/2]",
        ):
            assert words in outcome.out

    def test_changes_nothing(self, workspace, product_id, capsys):
        before = workspace.products.stat().st_mtime_ns
        run_here(capsys, "--workspace", workspace.root, "merge", "--explain", product_id)
        assert workspace.products.stat().st_mtime_ns == before

    def test_an_unknown_id_is_one_line(self, workspace, capsys):
        outcome = run_here(capsys, "--workspace", workspace.root, "merge", "--explain", "ffffffff")
        assert outcome.failed_in_one_line(2, "--explain 'ffffffff'", "no product has this id")
