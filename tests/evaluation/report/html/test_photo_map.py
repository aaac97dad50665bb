from __future__ import annotations

import numpy as np

from sneakers_ml.evaluation.metrics.bootstrap import Interval
from sneakers_ml.evaluation.metrics.views import UNNAMED, PhotoMap, ViewAnalysis
from sneakers_ml.evaluation.report.html.photo_facts import PhotoFacts
from sneakers_ml.evaluation.report.html.photo_map import map_data
from sneakers_ml.evaluation.report.html.pictures import Pictures
from tests.evaluation.builders import page_data

POINTS = np.array([[-1, 0], [3, 2], [1, 1]], np.float32)


def mapped(photos, views=("left", "left", UNNAMED), label="view"):
    places = PhotoMap(POINTS, np.array([7, 0, 1]), np.array(views))
    analysis = ViewAnalysis(8, 10, Interval(0.5), None, None, label, places)
    return map_data(analysis, photos, PhotoFacts(photos, page_data().catalogue.products), Pictures())


def test_the_longer_side_fills_the_square_around_its_middle_and_each_point_is_its_photo():
    found = mapped(page_data().photos)
    assert found["points"] == [[0, 250, 0, ""], [1000, 750, 1, "Air"], [500, 500, 2, "Air"]]


def test_colours_count_from_the_most_frequent_value():
    by_name = {each["name"]: each for each in mapped(page_data().photos)["colours"]}
    assert list(by_name) == ["brand", "source", "view"]
    assert by_name["brand"] == {"name": "brand", "values": ["n", "p"], "codes": [1, 0, 0]}
    assert by_name["source"]["values"] == ["kicks", "street"]
    assert by_name["view"]["values"] == ["left", "not known"]


def test_a_place_in_the_gallery_is_called_so():
    found = mapped(page_data().photos, ("1", "2", UNNAMED), "position")["colours"][-1]
    assert found["name"] == "place in the gallery"
    assert set(found["values"]) == {"photo 1", "photo 2", "not compared"}


def test_without_views_there_is_no_such_colour_and_shops_have_one_where_they_differ_from_sources():
    photos = page_data().photos.assign(shop=[f"shop {number}" for number in range(8)])
    assert [each["name"] for each in mapped(photos, [UNNAMED] * 3)["colours"]] == ["brand", "source", "shop"]


def test_the_rarest_values_are_others():
    photos = page_data().photos.iloc[np.arange(60) % 8].reset_index(drop=True)
    photos = photos.assign(
        photo_id=[f"{number}" for number in range(60)], brand=[f"b{min(number, 29)}" for number in range(60)]
    )
    places = PhotoMap(np.zeros((60, 2), np.float32), np.arange(60), np.array([UNNAMED] * 60))
    analysis = ViewAnalysis(60, 10, None, None, None, "view", places)
    found = map_data(analysis, photos, PhotoFacts(photos, page_data().catalogue.products), Pictures())["colours"][0]
    assert found["values"][0] == "b29"  # 31 photos
    assert (len(found["values"]), found["values"][-1], max(found["codes"])) == (25, "others", 24)
    assert found["codes"].count(24) == 6
