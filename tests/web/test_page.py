"""The page's logic, without a browser: what it answers, what stands in its address, what it says of errors."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from sneakers_ml import images
from sneakers_ml.errors import BadImage
from sneakers_ml.serving.brand_classifier import Query
from sneakers_ml.serving.filters import ProductFilter
from sneakers_ml.serving.formatting import brand_line
from sneakers_ml.serving.links import LinkReason
from sneakers_ml.serving.steering import Steering
from sneakers_ml.web.results import PER_PAGE
from tests.support.corpus import encode
from tests.web.conftest import script


@pytest.fixture(scope="module")
def photo(tiny):
    return tiny.queries[0].path.read_bytes()


@pytest.fixture(scope="module")
def samples(serving):
    return serving.recognizer.samples(3)


def ids(found):
    return [each.photo_id for each in found]


def query(data, region=None):
    return Query(images.decode(data, longest_side=images.QUERY_SIDE), region)


class TestAsking:
    def test_an_empty_page_offers_samples_and_answers_nothing(self, visit, serving):
        page = visit()
        assert page.shown == []
        assert [key for each in page.app.button if (key := each.key)] == [
            f"try-{photo}" for photo in serving.recognizer.samples(8)
        ]

    def test_a_sample_is_answered_and_its_address_gives_the_same_page(self, visit, serving, samples):
        page = visit().press(f"try-{samples[1]}")
        answer = serving.recognizer.answer(query(serving.recognizer.thumbnail(samples[1])), top=PER_PAGE)
        assert page.address == {"sample": samples[1]}
        assert page.shown == ids(answer.neighbours)
        assert page.brand.casefold() == brand_line(answer).casefold()
        again = visit(sample=samples[1])
        assert (again.shown, again.brand) == (page.shown, page.brand)

    def test_an_upload_is_answered_as_the_recognizer_does_and_is_not_in_the_address(self, visit, serving, photo):
        page = visit().upload(photo)
        answer = serving.recognizer.answer(query(photo), top=PER_PAGE)
        assert (page.shown, page.brand.casefold()) == (ids(answer.neighbours), brand_line(answer).casefold())
        assert page.address == {}
        assert "not stored" in page.app.caption[0].value

    def test_five_bars_say_how_sure_it_is(self, visit, photo):
        assert visit().upload(photo).html.count('role="listitem"') == 3  # the tiny bundle has learnt so many

    def test_a_file_goes_by_its_content_whatever_its_name(self, visit, photo):
        heic = encode(Image.open(io.BytesIO(photo)).convert("RGB"), "HEIF")
        page = visit().upload(heic, "IMG_0001.HEIC.txt")
        assert page.shown
        assert page.app.file_uploader[0].allowed_type == []

    def test_the_camera_is_answered(self, visit, serving, photo):
        page = visit(ask="Camera")
        page.app.camera_input[0].set_value(("shot.jpg", photo, "image/jpeg"))
        assert page.run().shown == ids(serving.recognizer.answer(query(photo), top=PER_PAGE).neighbours)

    def test_words_are_answered_as_the_finder_does(self, visit, serving):
        page = visit(ask="Words")
        page.app.text_input[0].set_value("navy low")
        assert page.run().shown == ids(serving.finder.find("navy low", top=PER_PAGE))
        assert visit(ask="Words", words="navy low").shown == page.shown

    def test_words_that_nothing_fits_are_said_to_find_nothing(self, visit):
        page = visit(ask="Words", words="qqqqqqq")
        assert page.shown == []
        assert "No such sneaker" in page.said[0]

    def test_a_link_of_a_trusted_site_is_answered_and_followed_once(self, visit, serving, site, photo):
        link = f"http://{site.host}/shoe.jpg"
        page = visit((site.host,), ask="Link", link=link)
        assert page.shown == ids(serving.recognizer.answer(query(photo), top=PER_PAGE).neighbours)
        page.press("Next")
        assert site.asked == ["/shoe.jpg"]
        assert page.address["link"] == link

    @pytest.mark.parametrize(
        ("link", "reason"),
        [("http://127.0.0.1:1/shoe.jpg", LinkReason.INTERNAL), ("file:///etc/passwd", LinkReason.NOT_A_LINK)],
    )
    def test_a_link_that_is_not_followed_is_said_so(self, visit, link, reason):
        assert visit(ask="Link", link=link).said == [reason.value]


class TestBadPhotos:
    @pytest.mark.parametrize("data", [b"\x00" * 64, b"<html></html>", b"\xff\xd8\xff\xe0" + b"\x01" * 200])
    def test_the_reason_is_said_and_the_page_goes_on(self, visit, photo, data):
        with pytest.raises(BadImage) as problem:
            images.decode(data)
        page = visit().upload(data)
        assert page.said == [str(problem.value)]
        assert page.upload(photo).shown

    def test_no_bundle_is_said(self, tmp_path):
        app = AppTest.from_function(script, args=(str(tmp_path),)).run()
        assert "no bundle here" in app.error[0].value


class TestNarrowing:
    def test_a_filter_of_the_address_is_kept_by_the_widget_and_obeyed(self, visit, serving):
        page = visit(ask="Words", words="low", brand="Brisko", currency="EUR")
        wanted = ProductFilter(brand="brisko", currency="EUR")
        assert page.shown == ids(serving.finder.find("low", top=PER_PAGE, products=wanted))
        assert page.app.selectbox(key="brand").value == "brisko"

    def test_a_filter_goes_back_to_the_first_page(self, visit, serving, samples):
        page = visit(sample=samples[0], page="2")
        page.app.number_input(key="most").set_value(100.0)
        page.run()
        wanted = ProductFilter(max_price=100.0)
        answer = serving.recognizer.answer(
            query(serving.recognizer.thumbnail(samples[0])), top=PER_PAGE, products=wanted
        )
        assert page.shown == ids(answer.neighbours)
        assert "page" not in page.address

    def test_all_filters_are_cleared_at_once(self, visit, samples):
        page = visit(sample=samples[0], brand="Brisko", least="10")
        page.press("clear")
        assert page.address == {"sample": samples[0]}
        assert page.shown == visit(sample=samples[0]).shown

    def test_nothing_below_the_cut_off_is_shown(self, visit, samples, serving):
        page = visit(sample=samples[0])
        assert page.app.slider(key="cutoff").value == pytest.approx(
            serving.recognizer.manifest.index.rules.floor, abs=0.005
        )
        page.app.slider(key="cutoff").set_value(0.9)
        page.run()
        data = serving.recognizer.thumbnail(samples[0])
        assert page.shown == ids(serving.recognizer.answer(query(data), top=PER_PAGE, floor=0.9).neighbours)

    def test_a_cut_off_that_nothing_reaches_is_explained(self, visit, samples):
        page = visit(like=samples[0], cutoff="1.0", brand="Duskell")
        assert page.shown == []
        assert "Lower the cut-off" in page.said[0]


class TestPages:
    def test_pages_follow_each_other(self, visit, serving, samples):
        page = visit(sample=samples[0], cutoff="0.0").press("Next")
        data = serving.recognizer.thumbnail(samples[0])
        everything = ids(serving.recognizer.answer(query(data), top=3 * PER_PAGE, floor=0.0).neighbours)
        assert page.shown == everything[PER_PAGE : 2 * PER_PAGE]
        assert page.press("Previous").shown == everything[:PER_PAGE]

    def test_a_page_after_the_last_says_so(self, visit, samples):
        page = visit(sample=samples[0], page="999")
        assert (page.shown, page.said) == ([], ["There are no more."])
        assert page.press("Previous").address["page"] == "998"


class TestSteering:
    def test_more_and_less_steer_and_can_be_taken_back(self, visit, serving, samples):
        page = visit(sample=samples[0], cutoff="0.0")
        before = page.shown
        page.press(f"more-{before[3]}").press(f"less-{before[1]}")
        data = serving.recognizer.thumbnail(samples[0])
        steering = Steering((before[3],), (before[1],))
        steered = serving.recognizer.answer(query(data), top=PER_PAGE, floor=0.0, steering=steering)
        assert page.shown == ids(steered.neighbours)
        assert before[1] not in page.shown
        assert (page.address["more"], page.address["less"]) == (before[3], before[1])
        page.press(f"steer-{before[1]}").press(f"more-{before[3]}")
        assert page.shown == before

    def test_more_like_this_leads_to_the_product_and_back(self, visit, serving, photo):
        page = visit().upload(photo)
        before = page.shown
        page.press(f"like-{before[2]}")
        assert page.shown == ids(serving.recognizer.more_like(before[2], top=PER_PAGE))
        assert visit(like=before[2]).shown == page.shown
        assert page.press("Back to your question").shown == before

    def test_results_of_words_cannot_be_steered(self, visit):
        page = visit(ask="Words", words="navy low")
        assert not [each for each in page.app.button if (each.key or "").startswith(("more-", "less-"))]


class TestPart:
    def test_the_sliders_stand_where_the_shoe_was_found_and_move_the_frame(self, visit, serving, photo):
        page = visit().upload(photo)
        asked = query(photo)
        height, width = asked.photo.shape[:2]
        across, down = page.app.slider[:2]
        top, bottom = down.value
        assert (across.value[0], top) == (100 * asked.region.left // width, 100 * asked.region.top // height)
        across.set_range(20, 70)
        page.run()
        assert page.address == {"part": f"20-{top}-70-{bottom}"}
        region = images.Region(20 * width // 100, top * height // 100, 70 * width // 100, bottom * height // 100)
        assert page.shown == ids(serving.recognizer.answer(query(photo, region), top=PER_PAGE).neighbours)

    def test_the_shoe_is_found_by_itself_again(self, visit, photo):
        page = visit().upload(photo)
        before = page.shown
        page.app.slider[0].set_range(30, 60)
        page.run().press("Find the shoe by itself")
        assert (page.address, page.shown) == ({}, before)


class TestAddress:
    @pytest.mark.parametrize(
        "params",
        [
            {"like": "zz", "sample": "%00"},
            {"sample": "0x_1"},
            {"page": "-5", "more": ["zz", ""], "less": "'"},
            {"ask": "Teleport", "room": "Cellar"},
            {"brand": "No such brand", "colour": "<b>", "currency": "XXX", "shop": "evil"},
            {"least": "nan", "most": "inf", "cutoff": "nan"},
            {"least": "-1", "most": "1e400", "cutoff": "7"},
            {"part": "0-0-0-0", "unheard": "of"},
        ],
    )
    def test_parameters_that_make_no_sense_are_ignored(self, visit, samples, params):
        assert visit(**({"sample": samples[0]} | params)).said == []

    def test_a_photo_is_decoded_once_in_a_visit(self, visit, photo):
        page = visit().upload(photo)
        asked = page.app.session_state["query"]
        page.app.selectbox(key="brand").set_value("brisko")
        assert page.run().app.session_state["query"] is asked


class TestReport:
    def test_report_and_map_are_embedded(self, visit, tiny):
        written = (tiny.workspace.reports / "index.html").read_text(encoding="utf-8")
        page = visit(room="Report")
        assert page.app.get("iframe")[0].proto.srcdoc == written
        assert page.app.get("download_button")
        only_map = visit(room="Map").app.get("iframe")[0].proto.srcdoc
        assert "main > :not(#map)" in only_map

    def test_without_one_the_command_is_named(self, tmp_path):
        app = AppTest.from_function(script, args=(str(tmp_path),))
        app.query_params["room"] = "Map"
        assert "sneakers evaluate" in app.run().info[0].value


def hostile(folder):
    """A result with a catalogue's worst title and links."""
    from pathlib import Path

    from sneakers_ml.serving.answer import Neighbour, Offer
    from sneakers_ml.serving.recognizer import Recognizer
    from sneakers_ml.web.address import Address
    from sneakers_ml.web.results import show_results

    recognizer = Recognizer.load(Path(folder), threads=1)
    offers = (
        Offer("<script>", "javascript:alert(1)", 1.0, "EUR"),
        Offer("shop", 'https://shop.example/"onmouseover="alert(1)', 2.0, "EUR"),
    )
    title = "<img src=x onerror=alert(1)> [link](javascript:alert(1))"
    found = [Neighbour("p", 0.5, title, "<b>", recognizer.samples(1)[0], offers, "similar")]
    show_results(recognizer, found, Address(), steered=True)


def test_what_a_catalogue_says_is_text_and_never_markup(tiny):
    app = AppTest.from_function(hostile, args=(str(tiny.workspace.bundle),)).run()
    card = app.get("html")[0].proto.body
    assert "<img src=x" not in card
    assert "<script" not in card
    assert "<b>" not in card
    assert 'href="javascript' not in card
    assert card.count("<a ") == 1
    assert 'href="https://shop.example/&quot;onmouseover=&quot;alert(1)"' in card
