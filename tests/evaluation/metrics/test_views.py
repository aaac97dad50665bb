from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.metrics.views import UNNAMED, neighbour_agreement, photo_map, view_analysis
from tests.evaluation.builders import on_circle

FEW = Resampling(50, seed=1)
ONE_POOL = np.zeros(6, dtype=int)


def gallery(**changes):
    """Two brands of 20 models each, one photo of each view; vectors of a view lie within 4 degrees of each other."""
    models = np.repeat(np.arange(40), 2)
    columns = {
        "brand": np.where(models < 20, "nike", "vans"),
        "view": np.tile(["left", "sole"], 40),
        "position": np.tile([1, 2], 40),
        "source": "shop",
        "model_id": [f"m{model:02d}" for model in models],
    }
    return pd.DataFrame(columns | changes)


def by_view(photos, label="view"):
    """Vectors that follow the view alone: each view has its direction, and within it the brands alternate."""
    code = photos[label].astype("category").cat.codes.to_numpy()
    order = photos["model_id"].str[1:].astype(int).to_numpy() % 20
    return on_circle(*(80.0 * code + 0.2 * order))


def six(vectors, labels, models, neighbours=2, pools=ONE_POOL):
    answer = neighbour_agreement(
        vectors @ vectors.T, np.array(labels), np.array(models), pools, FEW, neighbours=neighbours
    )
    assert answer is not None
    return answer


class TestNeighbourAgreement:
    # Six photos on a circle in two threes: the two nearest of each photo are the others of its three.
    VECTORS = on_circle(0, 11, 20, 90, 100, 111)

    def test_chance_is_counted_exactly_and_taken_off(self):
        """Each photo has 5 candidates. a has three photos, so 2 of 5 candidates share it; b two, 1 of 5; c one, none.

        Neighbours by hand: photos 0, 1, 2 (labels a a b) and 3, 4, 5 (labels b c a) see only each other, so that the
        shares observed are 1/2 1/2 0 and 0 0 0, and (observed - chance) / (1 - chance) is 1/6 1/6 -1/4 -1/4 0 -2/3.
        """
        answer = six(self.VECTORS, list("aabbca"), list("uvwxyz"))
        assert answer.value == pytest.approx((1 / 6 + 1 / 6 - 1 / 4 - 1 / 4 + 0 - 2 / 3) / 6)
        assert answer.low <= answer.value <= answer.high

    def test_neighbours_that_all_share_the_label_agree_fully(self):
        assert six(self.VECTORS, list("aaabbb"), list("uvwxyz")).value == 1

    def test_photos_of_the_same_model_are_neither_neighbours_nor_chance(self):
        """The nearest photo of another model has the other label each time; photos of the own model are nearer."""
        answer = six(on_circle(0, 1, 2, 90, 91, 92), list("aabbaa"), list("uuvvww"), neighbours=1)
        # nearest of another model: 0 -> 2, 1 -> 2, 2 -> 1, 3 -> 4, 4 -> 3, 5 -> 3: a-b each time, 0 is observed
        # candidates of 0 and 1: b b a a, chance 1/2; of 2 and 3: a a a a, 0; of 4 and 5: a a b b, 1/2
        assert answer.value == pytest.approx((-1 - 1 + 0 + 0 - 1 - 1) / 6)

    def test_other_pools_are_out_of_reach(self):
        """Pools 0-1-3 and 2-4-5: the nearest in the own pool, worked out from the angles."""
        pools = np.array([0, 0, 1, 0, 1, 1])
        answer = six(self.VECTORS, list("aabbbb"), list("uvwxyz"), neighbours=1, pools=pools)
        # 2, 4 and 5 have candidates of their own label only, chance 1, and say nothing; 0 -> 1, 1 -> 0, 3 -> 1: chance
        # 1/2, 1/2 and 0, observed 1, 1 and 0
        assert answer.value == pytest.approx((1 + 1 + 0) / 3)

    def test_unnamed_photos_take_no_part(self):
        # By hand: three candidates each, of which one shares the label: chance 1/3; 0 and 2, 3 and 5 find each other.
        labels = ["a", UNNAMED, "a", "b", UNNAMED, "b"]
        assert six(self.VECTORS, labels, list("uvwxyz"), neighbours=1).value == 1
        # With two neighbours one of them is of the other label: (1/2 - 1/3) / (2/3).
        assert six(self.VECTORS, labels, list("uvwxyz"), neighbours=2).value == pytest.approx(1 / 4)

    def test_fewer_candidates_than_neighbours_are_all_taken(self):
        answer = six(self.VECTORS, list("aabbca"), list("uvwxyz"), neighbours=10)
        assert answer.value == pytest.approx(0)

    @pytest.mark.parametrize(
        ("labels", "models"),
        [(list("aaaaaa"), list("uvwxyz")), (list("aabbca"), ["u"] * 6), ([UNNAMED] * 6, ["u"] * 6)],
    )
    def test_nothing_to_tell_apart_is_no_agreement(self, labels, models):
        assert neighbour_agreement(np.eye(6), np.array(labels), np.array(models), ONE_POOL, FEW) is None

    def test_random_labels_agree_as_by_chance(self):
        generator = np.random.default_rng(3)
        vectors = generator.normal(size=(600, 5))
        labels, models = generator.choice(["a", "b", "c"], 600, p=[0.6, 0.3, 0.1]), np.arange(600).astype(str)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        answer = neighbour_agreement(vectors @ vectors.T, labels, models, np.zeros(600), FEW)
        assert abs(answer.value) < 0.03


class TestViewAnalysis:
    def test_vectors_that_follow_the_view_agree_by_view_and_not_by_brand(self):
        photos = gallery()
        answer = view_analysis(by_view(photos), photos, FEW)
        assert answer.view_label == "view"
        assert answer.view.value == 1
        assert answer.brand.value < 0.2
        assert answer.source is None
        assert (answer.photos, answer.neighbours) == (80, 10)

    def test_vectors_that_follow_the_brand_agree_by_brand(self):
        photos = gallery()
        answer = view_analysis(by_view(photos, "brand"), photos, FEW)
        assert answer.brand.value == 1
        assert answer.view.value < 0.2

    def test_the_position_stands_in_for_views_without_names(self):
        photos = gallery(view=None)
        answer = view_analysis(by_view(photos, "position"), photos, FEW)
        assert answer.view_label == "position"
        assert answer.view.value == 1
        assert set(answer.map.views) == {"1", "2"}

    def test_views_named_for_fewer_than_half_of_the_photos_do_not_count(self):
        named = gallery(view=["left", "sole"] * 20 + [None] * 40)
        assert view_analysis(by_view(named, "position"), named, Resampling(5, 1)).view_label == "view"
        fewer = gallery(view=["left", "sole"] * 19 + [None] * 42)
        assert view_analysis(by_view(fewer, "position"), fewer, Resampling(5, 1)).view_label == "position"

    def test_one_view_of_all_is_no_view(self):
        photos = gallery(view="left")
        assert view_analysis(by_view(photos, "position"), photos, Resampling(5, 1)).view_label == "position"

    def test_galleries_of_one_photo_have_no_view(self):
        photos = gallery(view=None, position=1)
        answer = view_analysis(by_view(photos, "brand"), photos, FEW)
        assert answer.view is None
        assert set(answer.map.views) == {UNNAMED}

    def test_rare_positions_and_sources_of_one_position_are_left_out(self):
        """Shop: 20 photos at each of two places; the import 60 at one, but only 19 and 1 at others."""
        shop, imported = gallery(view=None).iloc[:40], gallery(view=None, source="import").iloc[40:]
        imported = pd.concat([imported, imported.assign(model_id=imported["model_id"] + "x")])
        imported["position"] = [1] * 60 + [2] * 19 + [3]
        photos = pd.concat([shop, imported], ignore_index=True)
        vectors = np.random.default_rng(0).normal(size=(len(photos), 4)).astype(np.float32)
        answer = view_analysis(vectors, photos, Resampling(5, 1))
        named = answer.map.views != UNNAMED
        assert named.sum() == 40
        assert set(photos["source"].iloc[answer.map.rows[named]]) == {"shop"}

    def test_positions_are_compared_within_their_source(self):
        """One shop's first photos look like the other's second: within each source the positions agree fully."""
        both = pd.concat([gallery(view=None), gallery(view=None, source="other")], ignore_index=True)
        both["seen"] = np.where(both["source"] == "shop", both["position"], 3 - both["position"])
        answer = view_analysis(by_view(both, "seen"), both, FEW)
        assert answer.view.value == 1
        assert answer.source.value < 0.2

    def test_vectors_of_any_length_are_compared_by_their_direction(self):
        photos = gallery()
        vectors = np.random.default_rng(0).normal(size=(80, 3)).astype(np.float32)
        scaled = vectors * 2.0 ** (np.arange(80, dtype=np.float32)[:, None] % 9 - 4)  # powers of two round nothing
        one, other = (view_analysis(each, photos, Resampling(5, 1)) for each in (vectors, scaled))
        assert (one.brand, one.view) == (other.brand, other.view)

    def test_large_sets_are_sampled(self):
        size = 2_050
        photos = gallery().iloc[np.arange(size) % 80].assign(model_id=[f"m{row}" for row in range(size)])
        vectors = np.random.default_rng(0).normal(size=(size, 3)).astype(np.float32)
        answer = view_analysis(vectors, photos, Resampling(5, 4))
        assert answer.photos == 2_000
        assert (len(answer.map.points), len(set(answer.map.rows.tolist()))) == (800, 800)

    def test_the_map_can_be_smaller_or_left_out_and_changes_no_figure(self):
        photos = gallery()
        full, part, none = (
            view_analysis(by_view(photos), photos, Resampling(5, 1), mapped=size) for size in (80, 9, 0)
        )
        assert [len(each.map.points) for each in (full, part, none)] == [80, 9, 0]
        assert photos["view"].iloc[full.map.rows].tolist() == full.map.views.tolist()
        assert (full.brand, full.view) == (part.brand, part.view) == (none.brand, none.view)

    def test_the_seed_decides(self):
        photos = gallery()
        vectors = np.random.default_rng(0).normal(size=(80, 3)).astype(np.float32)
        one, same, other = (view_analysis(vectors, photos, Resampling(5, seed)) for seed in (4, 4, 5))
        assert (one.brand, one.view) == (same.brand, same.view)
        np.testing.assert_array_equal(one.map.points, same.map.points)
        assert one.map.rows.tolist() != other.map.rows.tolist()

    def test_vectors_of_other_photos_are_refused(self):
        photos = gallery()
        with pytest.raises(DataError, match=r"vectors \(79, 2\) and the 80 photos"):
            view_analysis(by_view(photos)[1:], photos, FEW)
        with pytest.raises(DataError, match="one row each"):
            view_analysis(np.empty((0, 2), np.float32), photos[:0], FEW)


class TestPhotoMap:
    def test_two_clusters_lie_apart(self):
        generator = np.random.default_rng(2)
        vectors = np.concatenate([generator.normal(place, 0.1, size=(40, 60)) for place in (0, 3)]).astype(np.float32)
        points = photo_map(vectors, 0)
        assert points.shape == (80, 2)
        assert points.dtype == np.float32
        centres = points[:40].mean(axis=0), points[40:].mean(axis=0)
        apart = np.linalg.norm(centres[0] - centres[1])
        assert apart > 2 * np.linalg.norm(points[:40] - centres[0], axis=1).mean()

    @pytest.mark.parametrize("shape", [(1, 4), (2, 2), (3, 7), (5, 3), (6, 1)])
    def test_few_photos_have_a_map_too(self, shape):
        points = photo_map(np.random.default_rng(0).normal(size=shape).astype(np.float32), 0)
        assert points.shape == (shape[0], 2)
        assert np.isfinite(points).all()

    @pytest.mark.parametrize("vectors", [np.ones((9, 4)), np.linspace(0, 1, 9)[:, None] * np.ones(4)])
    def test_vectors_along_a_line_or_on_a_point_are_laid_out_as_they_are(self, vectors):
        points = photo_map(vectors.astype(np.float32), 0)
        assert_allclose(np.ptp(points, axis=0), np.ptp(vectors[:, 0]) * np.array([2, 0]), atol=1e-5)
