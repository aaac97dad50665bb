from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sneakers_ml.catalogue.cleaning.naming import NO_SNEAKER
from sneakers_ml.catalogue.split import SplitResult, choose_unseen, split, split_photos
from sneakers_ml.errors import DataError
from sneakers_ml.tables import write_table
from sneakers_ml.workspace.params import SplitParams
from sneakers_ml.workspace.paths import Workspace

DEFAULTS = SplitParams()
WANTED = {"train": 0.6, "val": 0.2, "test": 0.2}


def digest(text, length=40):
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:length]


def photos(models, *, duplicates=()):
    """Photo table of (brand, source, photos) a model, each of one product; `duplicates` are pairs of photos alike."""
    rows = []
    for number, (brand, source, count) in enumerate(models):
        key = digest(f"model {number}", 16)
        rows += [{"product_id": key, "model_id": key, "brand": brand, "source": source} for _ in range(count)]
    table = pd.DataFrame(rows)
    table["shop"] = table["source"]
    table["photo_id"] = [digest(f"photo {row}") for row in range(len(table))]
    table["file"] = "images/" + table["photo_id"] + ".jpg"
    table["duplicate_group"] = np.arange(len(table))
    for one, other in duplicates:
        alike = table["duplicate_group"].isin(table.loc[[one % len(table), other % len(table)], "duplicate_group"])
        table.loc[alike, "duplicate_group"] = table.loc[alike, "duplicate_group"].min()
    return table


def even(brands=("nike", "puma"), models=20, count=4, source="shop"):
    return [(brand, source, count) for brand in brands for _ in range(models)]


def joined(table, params=DEFAULTS):
    return table.merge(split_photos(table, params), on="photo_id", validate="one_to_one")


model = st.tuples(
    st.sampled_from(["nike", "puma", "vans", "rare"]), st.sampled_from(["shop", "import", "street"]), st.integers(1, 6)
)


@st.composite
def catalogues(draw):
    """Two brands that can be learnt, more models of any brand and source, and up to three pairs of photos alike.

    The pairs take at most six models from a brand, which leaves it six.
    """
    models = even(models=12, count=3) + draw(st.lists(model, max_size=40))
    pairs = st.tuples(st.integers(0, 10_000), st.integers(0, 10_000))
    return photos(draw(st.permutations(models)), duplicates=draw(st.lists(pairs, max_size=3)))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    table=catalogues(),
    seed=st.integers(0, 2**32 - 1),
    train_sources=st.sampled_from([None, ("shop",), ("shop", "import")]),
    unseen=st.sampled_from([None, ("import",)]),
)
def test_whatever_the_catalogue_nothing_leaks(table, seed, train_sources, unseen):
    there = set(table["source"])
    if train_sources and not set(train_sources) <= there:
        train_sources = ("shop",)
    if unseen and ("import" not in there or train_sources == ("shop",)):
        unseen = None
    params = SplitParams(seed=seed, min_photos=9, train_sources=train_sources, unseen=unseen)
    result = joined(table, params)
    for key in ("model_id", "product_id", "duplicate_group", "group"):
        assert result.groupby(key)["split"].nunique().eq(1).all(), key
    for brand, sides in result[result["known"]].groupby("brand")["split"]:
        assert set(sides) == set(WANTED), brand
    if train_sources:
        shown = result.loc[~result["source"].isin(train_sources), "model_id"]
        assert set(result.loc[result["model_id"].isin(shown), "split"]) <= {"test"}
        assert set(result.loc[~result["source"].isin(train_sources), "split"]) <= {"test"}
    if unseen:
        shown = result.loc[result["source"] == "import", "model_id"]
        assert "train" not in set(result.loc[result["model_id"].isin(shown), "split"])
    flagged = result[result["unseen"]]
    assert set(flagged["source"]) <= set(unseen or ())
    assert set(flagged["split"]) <= {"val"}


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    sizes=st.lists(st.lists(st.integers(1, 6), min_size=25, max_size=60), min_size=2, max_size=4),
    seed=st.integers(0, 2**32 - 1),
)
def test_each_brands_shares_are_near_the_wanted_ones(sizes, seed):
    """A side may be off by one model's photos above its share, and by two below."""
    models = [(f"brand {number}", "shop", count) for number, counts in enumerate(sizes) for count in counts]
    result = joined(photos(models), SplitParams(seed=seed, min_photos=1))
    for number, counts in enumerate(sizes):
        sides = result.loc[result["brand"] == f"brand {number}", "split"].value_counts(normalize=True)
        for side, share in WANTED.items():
            assert -2 * max(counts) / sum(counts) < sides[side] - share < max(counts) / sum(counts) + 1e-9


def test_models_of_one_size_are_shared_out_exactly():
    result = joined(photos(even(models=20)))
    assert result.groupby(["brand", "split"])["model_id"].nunique().to_dict() == {
        (brand, side): round(20 * share) for brand in ("nike", "puma") for side, share in WANTED.items()
    }


def test_the_shares_are_the_parameters():
    sides = joined(photos(even(models=20)), SplitParams(validation=0.1, test=0.4))["split"].value_counts(normalize=True)
    assert sides.to_dict() == pytest.approx({"train": 0.5, "val": 0.1, "test": 0.4})


def test_a_seed_gives_one_split_and_another_seed_another():
    table = photos(even())
    first = split_photos(table, SplitParams(seed=1))
    pd.testing.assert_frame_equal(first, split_photos(table, SplitParams(seed=1)))
    sides = {tuple(split_photos(table, SplitParams(seed=seed))["split"]) for seed in range(5)}
    assert len(sides) == 5


def test_the_photos_own_numbering_does_not_matter():
    table = photos(even())
    renumbered = table.set_index(np.arange(len(table)) * 7 + 3)
    pd.testing.assert_frame_equal(split_photos(table, SplitParams()), split_photos(renumbered, SplitParams()))


def test_brands_with_few_photos_are_unknown_and_each_is_on_one_side():
    """Of ten brands of one model each, five teach that there are others, the rest validate and test on new ones."""
    rare = [(f"rare {number}", "shop", 3) for number in range(10)]
    result = joined(photos(even() + rare))
    unknown = result[~result["known"]]
    assert set(unknown["brand"]) == {brand for brand, _, _ in rare}
    assert unknown["split"].value_counts().to_dict() == {"train": 15, "val": 9, "test": 6}
    assert unknown.groupby("brand")["split"].nunique().eq(1).all()


def test_two_unknown_brands_are_not_trained_on():
    result = joined(photos(even() + [(f"rare {number % 2}", "shop", 1) for number in range(10)]))
    assert result.loc[~result["known"], "split"].value_counts().to_dict() == {"val": 5, "test": 5}


@pytest.mark.parametrize("unlearnt", [0, 1, 2, 3])
def test_other_things_are_shared_out_like_a_brand(unlearnt):
    others = [(f"rare {number}", "shop", 1) for number in range(unlearnt) for _ in range(6)]
    result = joined(photos([*even(), *others, *[(NO_SNEAKER, "things", 1)] * 20]))
    sides = result.loc[result["brand"] == NO_SNEAKER, "split"].value_counts().to_dict()
    assert sides == {"train": 12, "val": 4, "test": 4}


def test_an_unknown_brand_of_many_models_is_on_one_side():
    rare = [(f"rare {number % 4}", "shop", 1) for number in range(40)]
    unknown = joined(photos(even() + rare)).query("not known")
    assert unknown.groupby("brand")["split"].nunique().eq(1).all()
    assert set(unknown["split"]) == {"train", "val", "test"}


def test_a_brand_of_many_photos_but_few_models_is_not_learnt():
    result = joined(photos([*even(), *even(["vans"], models=4, count=30)]))
    assert set(result.loc[result["known"], "brand"]) == {"nike", "puma"}


def test_a_brand_whose_models_all_look_like_those_of_another_is_not_learnt():
    """Every vans model shows one of nike's photos: they are nike's groups, and vans has none of its own."""
    table = photos([*even(), *even(["vans"], models=20, count=2)])
    vans = table.index[table["brand"] == "vans"][::2]
    table.loc[vans, "duplicate_group"] = table.loc[
        table.index[table["brand"] == "nike"][: len(vans)], "duplicate_group"
    ].to_numpy()
    with pytest.raises(DataError, match=r"split\.brands: fewer than 5 models of vans"):
        split_photos(table, SplitParams(brands=("nike", "vans")))


def test_the_brands_asked_for_are_learnt_however_they_are_spelt():
    table = photos(even(["numero uno", "puma", "vans"], models=6, count=1))
    result = joined(table, SplitParams(brands=("Numero-Uno", "PUMA"), min_photos=30))
    assert set(result.loc[result["known"], "brand"]) == {"numero uno", "puma"}


@pytest.mark.parametrize("brands", [("nike", "puma", "asics"), ("nike", "puma", "rare")])
def test_a_brand_asked_for_that_cannot_be_learnt_is_named(brands):
    with pytest.raises(DataError, match=rf"split\.brands: fewer than 5 models of {brands[-1]}; leave them out"):
        split_photos(photos([*even(), ("rare", "shop", 50)]), SplitParams(brands=brands))


@pytest.mark.parametrize(("models", "found"), [(even(["nike"]), 1), (even(models=5, count=2), 0)])
def test_fewer_than_two_brands_are_an_error(models, found):
    with pytest.raises(DataError, match=rf"split: {found} brand\(s\) with 30 photos.*two are needed"):
        split_photos(photos(models), SplitParams())


def test_other_sources_are_for_testing_only_with_every_model_they_show():
    models = [*even(models=20), *even(models=3, source="street"), ("rare", "street", 5), ("rare", "shop", 5)]
    table = photos(models)
    shared = table.index[table["source"] == "shop"][0]  # the first model is shown by the street too
    table.loc[shared, ["source", "shop"]] = "street"
    result = joined(table, SplitParams(train_sources=("shop",)))
    assert set(result.loc[result["source"] == "street", "split"]) == {"test"}
    assert set(result.loc[result["model_id"] == table.loc[shared, "model_id"], "split"]) == {"test"}
    drawn = result[
        (result["source"] == "shop") & result["known"] & (result["model_id"] != table.loc[shared, "model_id"])
    ]
    for _, sides in drawn.groupby("brand")["split"]:  # the rest is shared out as ever
        assert sides.value_counts(normalize=True).to_dict() == pytest.approx(WANTED, abs=0.06)


def test_a_brand_that_only_other_sources_show_cannot_be_learnt():
    table = photos([*even(), *even(["vans"], source="street")])
    result = joined(table, SplitParams(train_sources=("shop",)))
    assert set(result.loc[result["known"], "brand"]) == {"nike", "puma"}


def test_a_source_that_is_not_there_is_named():
    with pytest.raises(DataError, match=r"train_sources: no photos of shpo; there are those of shop"):
        split_photos(photos(even()), SplitParams(train_sources=("shpo",)))


def test_the_stage_writes_the_split_and_reports_it(tmp_path):
    workspace = Workspace(tmp_path)
    table = photos([*even(), ("rare", "street", 3)])
    write_table(table, workspace.photo_table)
    assert split(workspace, SplitParams()) == SplitResult({"train": 96, "val": 32, "test": 32}, ("nike", "puma"), 3, ())
    written = pd.read_parquet(workspace.split)
    assert list(written["photo_id"]) == list(table["photo_id"])
    assert list(written.columns) == ["photo_id", "split", "group", "known", "unseen"]


def test_no_photos_yet_names_the_stage(tmp_path):
    with pytest.raises(DataError, match=r"photos\.parquet: missing; run `sneakers photos`"):
        split(Workspace(tmp_path), SplitParams())


class TestUnseen:
    """Sources that are kept out of training to validate on."""

    def test_every_photo_of_theirs_validates_with_the_models_it_shows(self):
        table = photos([*even(models=20), *even(models=3, source="street"), ("rare", "street", 5)])
        shared = table.index[table["source"] == "shop"][:2]  # two photos of four of the first model are the street's
        table.loc[shared, "source"] = table.loc[shared, "shop"] = "street"
        result = joined(table, SplitParams(unseen=("street",)))
        street = result["source"] == "street"
        assert set(result.loc[street, "split"]) == {"val"}
        assert result["unseen"].tolist() == street.tolist()
        model = result.loc[street, "model_id"].iloc[0]
        kin = result[(result["model_id"] == model) & ~street]
        assert (len(kin), set(kin["split"]), set(kin["unseen"])) == (2, {"val"}, {False})
        assert set(result.loc[result["brand"] == "rare", "known"]) == {False}

    def test_a_model_that_a_test_source_shows_too_stays_a_test(self):
        table = photos([*even(models=20), *even(models=3, source="street"), *even(models=2, source="web")])
        model = table.loc[table["source"] == "street", "model_id"].iloc[0]
        table.loc[table["source"] == "web", "model_id"] = model
        result = joined(table, SplitParams(train_sources=("shop", "street"), unseen=("street",)))
        assert set(result.loc[result["model_id"] == model, "split"]) == {"test"}
        assert not result.loc[result["model_id"] == model, "unseen"].any()
        assert result.loc[(result["source"] == "street") & (result["model_id"] != model), "unseen"].all()

    def test_a_shop_of_an_import_of_many_is_named_as_a_source_is(self):
        table = photos([*even(models=20), *even(models=8, source="small")])
        table.loc[table.index[table["source"] == "small"][::8], "shop"] = "corner"
        result = joined(table, SplitParams(unseen=("corner",)))
        assert result.loc[result["shop"] == "corner", "unseen"].all()
        assert set(result.loc[result["source"] == "small", "split"]) == {"train", "val", "test"}

    def test_none_is_none(self):
        assert not joined(photos(even()), SplitParams(unseen=()))["unseen"].any()

    def test_one_that_is_not_there_or_not_trained_on_anyway_is_named(self):
        table = photos([*even(), *even(source="street")])
        with pytest.raises(DataError, match=r"unseen: no photos of shpo; there are those of shop, street"):
            split_photos(table, SplitParams(unseen=("shpo",)))
        with pytest.raises(DataError, match=r"split\.unseen: none of its sources is one of split\.train_sources"):
            split_photos(table, SplitParams(train_sources=("shop",), unseen=("street",)))


BRANDS = ("nike", "puma", "vans")


def shops(**sizes):
    """Models of three brands in each source; `sizes` are photos a model, of 12 models a brand."""
    return [(brand, source, count) for source, count in sizes.items() for brand in BRANDS for _ in range(12)]


def chosen(models, plain=("large", "shop", "other"), **changes):
    """What is kept out of training where the sources in `plain` show most sneakers before a plain ground."""
    table = photos(models)
    source = table.set_index("file")["source"]
    return choose_unseen(table, SplitParams(min_photos=10, **changes), lambda files: source[files.iloc[0]] in plain)


class TestChoosingTheUnseen:
    def test_the_smallest_shop_and_the_smallest_street_go(self):
        found = chosen(shops(large=9, shop=2, other=3, street=4, web=3))
        assert found == ("shop", "web")

    def test_of_three_sources_two_stay(self):
        assert chosen(shops(large=9, shop=3, street=2)) == ("street",)
        assert chosen(shops(large=9, shop=2, street=3)) == ("shop",)

    @pytest.mark.parametrize("sources", [{"large": 9}, {"large": 9, "street": 3}])
    def test_of_fewer_none_goes(self, sources):
        assert chosen(shops(**sources)) == ()

    def test_sources_for_testing_alone_do_not_count(self):
        assert chosen(shops(large=9, shop=3, street=2), train_sources=("large", "shop")) == ()

    def test_one_with_few_photos_or_brands_says_too_little(self):
        others = shops(large=9, web=3)
        assert chosen([*others, ("nike", "shop", 39), ("puma", "street", 400), ("nike", "street", 4)]) == ("web",)
        assert chosen([*others, ("nike", "shop", 20), ("puma", "shop", 21)]) == ("web",)  # a shop needs three brands
        assert chosen([*others, ("nike", "street", 20), ("puma", "street", 21)]) == ("street",)

    def test_one_where_similarity_can_be_measured_goes_first(self):
        single = [(brand, "street", 1) for brand in BRANDS for _ in range(14)]
        assert chosen([*shops(large=9, web=3), *single]) == ("web",)
        assert chosen([*shops(large=9, shop=3), *single]) == ("shop",)
        assert chosen([*shops(large=9, shop=3, other=3), *single]) == ("other", "street")

    def test_no_brand_loses_more_than_half_of_its_photos(self):
        others, street = shops(large=9, street=2, web=4), [("asics", "street", 6)] * 7
        large = [("asics", "large", 5)] * 7
        assert chosen([*others, *street, *large]) == ("web",)  # 35 photos would be left of 77
        assert chosen([*others, *street, *large, *large]) == ("street",)

    def test_a_brand_that_could_not_be_learnt_without_it_keeps_it(self):
        others, large = shops(large=9, street=2, web=4), [("asics", "large", 5)] * 4
        assert chosen([*others, *large, ("asics", "street", 2)]) == ("web",)
        assert chosen([*others, *large, ("asics", "large", 5), ("asics", "street", 2)]) == ("street",)

    def test_a_model_that_others_sell_too_is_lost_with_all_its_photos(self):
        table = photos(shops(large=9, street=2, web=3))
        assert choose_unseen(table, SplitParams(min_photos=10), lambda files: False) == ("street",)
        number = table["model_id"].map({model: place % 36 for place, model in enumerate(table["model_id"].unique())})
        table["model_id"] = [digest(f"shared {one}", 16) for one in number]
        assert choose_unseen(table, SplitParams(min_photos=10), lambda files: False) == ()


def test_the_stage_looks_at_the_photos_to_tell_shop_from_street(tmp_path):
    """Photos of one colour and photos of noise."""
    workspace = Workspace(tmp_path)
    table = photos(shops(large=9, shop=2, other=3, street=3))
    write_table(table, workspace.photo_table)
    (workspace.photos / "images").mkdir()
    noise = np.random.default_rng(0)
    for file, source in zip(table["file"], table["source"], strict=True):
        pixels = noise.integers(0, 256, (40, 40, 3)) if source == "street" else np.full((40, 40, 3), 250)
        Image.fromarray(pixels.astype(np.uint8)).save(workspace.photos / file)
    assert split(workspace, SplitParams(min_photos=10)).unseen == ("shop", "street")
    written = table.merge(pd.read_parquet(workspace.split), on="photo_id")
    assert set(written.loc[written["unseen"], "source"]) == {"shop", "street"}
    assert split(workspace, SplitParams(min_photos=10, unseen=("other",))).unseen == ("other",)
