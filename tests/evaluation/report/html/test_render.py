from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from sneakers_ml.evaluation.metrics.bootstrap import Interval
from sneakers_ml.evaluation.metrics.label_errors import LabelErrors
from sneakers_ml.evaluation.metrics.results import LabelErrorResult, ViewResult
from sneakers_ml.evaluation.metrics.views import PhotoMap, ViewAnalysis
from sneakers_ml.evaluation.report.html.render import LIMIT, render_page
from tests.evaluation.builders import answers, findings, page_data, selection

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"


def views(photos=8):
    angles = np.linspace(0, 6, photos)
    places = PhotoMap(
        np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32),
        np.arange(photos),
        np.array(["left"] * photos),
    )
    return [
        ViewResult(
            name="net",
            analysis=ViewAnalysis(photos, 10, Interval(0.5, 0.4, 0.6), Interval(-0.1, -0.2, 0.1), None, "view", places),
        )
    ]


def label_errors():
    found = LabelErrors(8, 0.75, np.array([5]), np.array(["n"]), np.array([0.9]), np.array([0.1]))
    return LabelErrorResult(name="hog", found=found)


def page(data=None, **changes):
    return render_page(findings(**({"views": views(), "label_errors": label_errors()} | changes)), data or page_data())


class Reader(HTMLParser):
    """Headings, ids, pictures and addresses of a page, and the elements that were left open."""

    VOID = frozenset({"meta", "img", "br", "input", "link"})

    def __init__(self, text):
        super().__init__()
        self.headings, self.ids, self.images, self.addresses, self.scripts, self.open = [], [], [], [], 0, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.ids += [found["id"]] if "id" in found else []
        self.addresses += [found[name] for name in ("src", "href", "action", "data") if name in found]
        self.scripts += tag == "script"
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "img":
            self.images.append(found)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def whole():
    return page()


def test_every_section_is_there_and_the_contents_lead_to_it(whole):
    read = Reader(whole)
    assert read.open == []
    inner = [address.removeprefix("#") for address in read.addresses if address.startswith("#")]
    assert set(inner) <= set(read.ids)
    assert len(read.ids) == len(set(read.ids))
    assert {
        "sources",
        "reliability",
        "confusion",
        "failures",
        "retrieval",
        "labels",
        "duplicates",
        "map",
        "curve",
    } <= set(inner)
    assert {"model-card", "data-card"} <= set(inner)


def test_nothing_is_loaded(whole):
    assert [address for address in Reader(whole).addresses if not address.startswith("#")] == []
    assert "@import" not in whole
    assert "url(" not in whole


def test_headings_go_down_one_level_at_a_time_and_pictures_have_words(whole):
    read = Reader(whole)
    assert read.headings[0] == 1
    assert read.headings.count(1) == 1
    assert all(second <= first + 1 for first, second in zip(read.headings, read.headings[1:], strict=False))
    shown = [image for image in read.images if "data-photo" in image]
    assert len(shown) > 20
    assert all(image["alt"] for image in shown)


def test_a_photo_is_embedded_once(whole):
    uris = embedded(whole, "pictures")
    assert len(uris) == len(set(uris)) == 8
    assert whole.count("data:image") == 8
    used = {int(image["data-photo"]) for image in Reader(whole).images if "data-photo" in image}
    assert used <= set(range(8))


def embedded(text, name):
    return json.loads(re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', text, re.DOTALL)[1])


def test_figures_are_those_of_the_findings(whole):
    text = (
        re.sub(r"\s+", " ", re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", whole, flags=re.DOTALL))
        .replace("\u00a0", " ")
        .replace("&nbsp;", " ")
    )
    assert "net-svm serves" in text
    assert "The best. Kept out of training: street." in text
    assert "n taken for a (1 of 3)" in text
    assert "said p 80 % is a 10 %" in text
    assert "1 of 8 photos are suspected" in text
    assert "labelled p 10 % rather n 90 %" in text
    assert "1 group with 2 photos were found, 1 across products and 0 across sources" in text
    assert "−0.100 −0.200 to 0.100" in text  # of views
    assert "no shoe (2) no photo (1)" in text


def test_titles_and_names_cannot_become_markup():
    data = page_data()
    products = data.catalogue.products.assign(title=HOSTILE)
    photos = data.photos.assign(
        brand=data.photos["brand"].replace({"p": "<script>"}), source="<b>shop</b>", shop="&amp;"
    )
    set_aside = data.catalogue.set_aside.assign(reason=HOSTILE)
    labels = ("a", "n", "<script>")
    chosen = selection()
    truth = np.where(chosen.brands.truth == "p", "<script>", chosen.brands.truth)
    chosen = replace(chosen, brands=replace(chosen.brands, labels=labels, truth=truth))
    models = findings()
    hostile = replace(models.brands[0].result, labels=labels, truth=np.array(list("nnaa") + ["<script>"] * 2))
    entry = replace(models.brands[0], result=hostile)
    catalogue = replace(data.catalogue, products=products, set_aside=set_aside)
    text = page(replace(data, photos=photos, catalogue=catalogue), selection=chosen, brands=[entry, models.brands[1]])
    read = Reader(text)
    assert read.scripts == 3  # pictures, the map's data, the page's own
    assert "onerror" not in {name for image in read.images for name in image}
    assert "<b>shop" not in text
    assert "&lt;script&gt;" in text
    assert embedded(text, "map-data")["points"][0][3].startswith("</script><script>")


def test_sections_without_content_say_so():
    data = page_data()
    photos = data.photos.assign(duplicate_group=range(8))
    right = answers("net-svm", "nnanppap", truth="nnanppap", groups="aabbccde", sources=selection().brands.sources)
    text = page(
        replace(data, photos=photos),
        selection=replace(selection(), brands=right),
        curve=None,
        label_errors=None,
        views=[],
    )
    assert "There are none: every photo got its brand." in text
    assert "None were found." in text
    assert "labels could not be checked" in text
    assert "a fine-tuned network has seen all training photos" in text
    assert embedded(text, "map-data") is None
    assert Reader(text).open == []


def test_the_same_findings_give_the_same_page(whole):
    assert page() == whole


@pytest.mark.slow
def test_many_photos_of_noise_stay_below_fifteen_megabytes():
    """More photos than any page shows, of the kind that compresses worst, with the longest titles."""
    generator = np.random.default_rng(0)
    data = page_data()
    size = 15_000
    photos = data.photos.iloc[np.arange(size) % 8].reset_index(drop=True)
    photos = photos.assign(photo_id=[f"{number}-0-0" for number in range(size)], duplicate_group=np.arange(size) // 2)
    catalogue = replace(data.catalogue, products=data.catalogue.products.assign(title="ü" * 1000))
    noise = generator.integers(0, 256, (256, 256, 3), np.uint8)
    many = replace(
        data, photos=photos, catalogue=catalogue, load=lambda picture: np.roll(noise, int(picture.photo_id[:-4]))
    )
    assert len(page(many, views=views(800)).encode()) <= LIMIT
