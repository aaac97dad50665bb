"""The recogniser on the tiny workspace: a real network, a real classifier, a real gallery."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import onnxruntime
import pandas as pd
import pytest

import sneakers_ml
from sneakers_ml import images
from sneakers_ml.errors import BundleError
from sneakers_ml.features.crop import shoe_region
from sneakers_ml.features.extractor import ExtractorSpec
from sneakers_ml.index.faiss_store import FaissStore
from sneakers_ml.index.gallery import Gallery
from sneakers_ml.inference.evidence import LinearRule, RecognitionRules
from sneakers_ml.serving.answer import BundleFacts, Description, Offer
from sneakers_ml.serving.brand_classifier import BrandClassifier, ExtractorPool, Query
from sneakers_ml.serving.filters import EVERYTHING, ProductFilter
from sneakers_ml.serving.products import Product
from sneakers_ml.serving.recognizer import Recognizer
from sneakers_ml.serving.steering import Steering
from sneakers_ml.text.lexicon import lexicon
from tests.serving.builders import Pointer, describer
from tests.support.tiny import UNLEARNT

HEIGHT, WIDTH = 480, 640


@pytest.fixture(scope="module")
def catalogue(tiny):
    """Photos of the gallery: photo_id, product_id, brand, split and pixels, every seventh of them."""
    table = pd.read_parquet(tiny.workspace.photo_table).merge(pd.read_parquet(tiny.workspace.split), on="photo_id")
    rows = table[table["known"]][::7]
    return rows.assign(pixels=[images.read(tiny.workspace.photos / file) for file in rows["file"]])


@pytest.fixture(scope="module")
def prices(tiny):
    """Title -> (price in RUB, price in EUR or None), from the demo's own tables."""
    found = {}
    for name, place in (("manifest", 0), ("outlet", 1)):
        with (tiny.root / "demo" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found.setdefault(row["title"], [None, None])[place] = float(row["price"])
    return found


def whole_gallery(recognizer, photo, products=EVERYTHING):
    return recognizer.answer(photo, top=100, products=products).neighbours


class TestGalleryPhotos:
    def test_a_photo_of_the_gallery_finds_itself_first(self, recognizer, catalogue):
        for row in catalogue.itertuples():
            first = recognizer.answer(row.pixels, top=1).neighbours[0]
            assert (first.photo_id, first.product_id, first.brand) == (row.photo_id, row.product_id, row.brand)
            assert first.score == pytest.approx(1, abs=2e-3)

    def test_a_vector_is_the_one_that_the_stage_embed_wrote(self, recognizer, catalogue, tiny):
        written = np.load(tiny.workspace.features / "efficientnet_lite0.npy")
        for row in catalogue[:4].itertuples():
            vector = recognizer.vector(row.pixels)
            assert (vector.shape, vector.dtype) == ((1280,), np.float32)
            assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
            assert float(vector @ (written[row.Index] / np.linalg.norm(written[row.Index]))) > 0.9999

    def test_brands_it_was_trained_on_are_known(self, recognizer, catalogue):
        answers = [recognizer.answer(pixels) for pixels in catalogue.loc[catalogue["split"] == "train", "pixels"]]
        assert np.mean([answer.known for answer in answers]) >= 0.8

    def test_it_names_as_many_test_photos_as_the_evaluation_says(self, recognizer, tiny):
        table = pd.read_parquet(tiny.workspace.photo_table).merge(pd.read_parquet(tiny.workspace.split), on="photo_id")
        test = table[table["known"] & (table["split"] == "test")]
        named = [recognizer.answer(images.read(tiny.workspace.photos / file)).brand for file in test["file"]]
        right = float(np.mean(test["brand"].to_numpy() == named))
        metrics = json.loads((tiny.workspace.reports / "metrics.json").read_text())
        assert right == pytest.approx(metrics["brand"]["efficientnet_lite0-svm"]["all"]["accuracy"], abs=1e-4)
        assert right > 0.5  # a guess is right one time in three


class TestAnswers:
    def test_all_brands_by_falling_confidence_and_products_by_falling_score(self, recognizer, tiny):
        answer = recognizer.answer(images.read(tiny.queries[0].path), top=7)
        confidences = [answer.confidence, *(other.confidence for other in answer.alternatives)]
        assert {answer.brand, *(other.brand for other in answer.alternatives)} == set(recognizer.brands)
        assert confidences == sorted(confidences, reverse=True)
        assert sum(confidences) == pytest.approx(1, abs=1e-9)
        scores = [neighbour.score for neighbour in answer.neighbours]
        assert scores == sorted(scores, reverse=True)
        assert len({neighbour.product_id for neighbour in answer.neighbours}) == 7

    def test_photos_from_a_phone_find_their_own_model(self, recognizer, tiny):
        with (tiny.root / "demo" / "queries.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["brand"].casefold() in recognizer.brands]
        found = 0
        for row in rows:
            answer = recognizer.answer(images.read(tiny.root / "demo" / row["file"]), top=5)
            found += any(n.title.startswith(f"{row['brand']} {row['model']}") for n in answer.neighbours)
        assert found >= len(rows) - 1

    def test_offers_are_what_the_shops_ask(self, recognizer, tiny, prices):
        for neighbour in whole_gallery(recognizer, images.read(tiny.queries[1].path)):
            roubles, euros = prices[neighbour.title]
            offers = {(offer.shop, offer.price, offer.currency) for offer in neighbour.offers}
            assert offers == {("demo", roubles, "RUB")} | ({("outlet", euros, "EUR")} if euros else set())
            assert all(offer.url.startswith(f"https://{offer.shop}.example/") for offer in neighbour.offers)

    def test_the_region_is_the_part_that_was_looked_at(self, recognizer, catalogue):
        photo = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
        shoe = catalogue["pixels"].iloc[0]
        photo[100 : 100 + shoe.shape[0], 200 : 200 + shoe.shape[1]] = shoe
        region = recognizer.answer(photo).region
        assert region == shoe_region(photo)
        assert 190 <= region.left < region.right <= 200 + shoe.shape[1] + 10
        assert 90 <= region.top < region.bottom <= 100 + shoe.shape[0] + 10

    def test_eight_threads_answer_as_one_does(self, recognizer, tiny, catalogue):
        photos = [images.read(query.path, longest_side=640) for query in tiny.queries] + list(catalogue["pixels"][:12])
        serial = [recognizer.answer(photo) for photo in photos]
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(recognizer.answer, photos * 3))
            pictures = list(pool.map(lambda answer: recognizer.thumbnail(answer.neighbours[0].photo_id), together))
        assert together == serial * 3
        assert pictures == [recognizer.thumbnail(answer.neighbours[0].photo_id) for answer in serial] * 3

    @pytest.mark.parametrize("shape", [(16, 16), (1, 1), (16, 320), (320, 16)])
    def test_the_smallest_photos_are_answered(self, recognizer, shape):
        photo = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
        answer = recognizer.answer(photo, top=3)
        assert len(answer.neighbours) == (3 if answer.sneaker else 0)

    def test_a_thumbnail_that_is_not_there(self, recognizer):
        with pytest.raises(BundleError, match="no photo nonsense"):
            recognizer.thumbnail("nonsense")

    def test_samples_show_a_brand_each_and_are_the_same_again(self, recognizer, tiny):
        samples = recognizer.samples(3)
        brands = [recognizer.product_of(photo).brand for photo in samples]
        assert len(set(brands)) == 3
        assert recognizer.samples(3) == samples
        assert recognizer.samples(2) == samples[:2]
        assert len(recognizer.samples(99)) == 4
        assert all(photo in recognizer for photo in samples)

    def test_a_product_of_no_photo(self, recognizer):
        assert "nonsense" not in recognizer
        with pytest.raises(BundleError, match="no photo nonsense"):
            recognizer.product_of("nonsense")

    def test_a_stored_thumbnail_is_the_webp_that_the_jpeg_is_made_of(self, recognizer):
        photo = recognizer.samples(1)[0]
        stored = recognizer.stored_thumbnail(photo)
        assert images.sniff_extension(stored) == "webp"
        assert images.encode_jpeg(images.decode(stored)) == recognizer.thumbnail(photo)


def flat(*colour):
    return np.full((HEIGHT, WIDTH, 3), colour, np.uint8)


def noise(*, grey=False):
    drawn = np.random.default_rng(5).integers(0, 256, (HEIGHT, WIDTH, 1 if grey else 3), dtype=np.uint8)
    return np.broadcast_to(drawn, (HEIGHT, WIDTH, 3)).copy()


def ramp():
    return np.repeat(np.broadcast_to(np.linspace(0, 255, WIDTH).astype(np.uint8), (HEIGHT, WIDTH))[..., None], 3, 2)


def colours():
    y, x = np.mgrid[0 : 1 : HEIGHT * 1j, 0 : 1 : WIDTH * 1j]
    return (255 * np.stack([x, y, (x + y) / 2], axis=2)).astype(np.uint8)


def checks(side=40):
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    return np.repeat(((x // side + y // side) % 2 * 255).astype(np.uint8)[..., None], 3, 2)


NO_SHOES = {
    "white": flat(255, 255, 255),
    "black": flat(0, 0, 0),
    "grey": flat(128, 128, 128),
    "red": flat(200, 30, 30),
    "colour noise": noise(),
    "grey noise": noise(grey=True),
    "grey ramp": ramp(),
    "colour gradient": colours(),
    "chessboard": checks(),
}


@pytest.mark.parametrize("name", NO_SHOES)
def test_what_shows_no_shoe_is_of_no_known_brand(recognizer, name):
    answer = recognizer.answer(NO_SHOES[name])
    assert (answer.sneaker, answer.known, answer.neighbours) == (False, False, ())
    assert answer.brand in recognizer.brands


@pytest.fixture(scope="module")
def photo(tiny):
    return images.read(tiny.queries[1].path, longest_side=640)


class TestFilter:
    def test_of_one_brand(self, recognizer, photo):
        everything = whole_gallery(recognizer, photo)
        hits = whole_gallery(recognizer, photo, ProductFilter(brand=" Corvane"))
        assert hits == tuple(neighbour for neighbour in everything if neighbour.brand == "corvane")
        assert len(hits) == 12

    @pytest.mark.parametrize(
        ("products", "accepts"),
        [
            (ProductFilter(max_price=9000), lambda roubles, euros: roubles <= 9000 or (euros or 1e9) <= 9000),
            (ProductFilter(max_price=90, currency="eur"), lambda roubles, euros: euros is not None and euros <= 90),
            (ProductFilter(max_price=90, currency="RUB"), lambda roubles, euros: False),
            (ProductFilter(currency="EUR"), lambda roubles, euros: euros is not None),
        ],
    )
    def test_by_price(self, recognizer, photo, prices, products, accepts):
        everything = whole_gallery(recognizer, photo)
        expected = tuple(neighbour for neighbour in everything if accepts(*prices[neighbour.title]))
        assert len(expected) < len(everything)
        assert whole_gallery(recognizer, photo, products) == expected

    def test_a_filter_does_not_change_the_brand(self, recognizer, photo):
        free, bound = recognizer.answer(photo), recognizer.answer(photo, products=ProductFilter(brand="nobody"))
        assert bound.neighbours == ()
        assert (bound.brand, bound.confidence, bound.known) == (free.brand, free.confidence, free.known)


class TestSteeredPages:
    def test_pages_of_a_steered_search_follow_each_other_whatever_is_below_the_floor(self, recognizer, photo):
        free = recognizer.answer(photo, top=999, floor=-1.0).neighbours
        floor = free[len(free) // 2].score
        steering = Steering(more=(free[-1].photo_id,), less=(free[0].photo_id,))
        whole = recognizer.answer(photo, top=999, floor=floor, steering=steering).neighbours
        pages = [recognizer.answer(photo, top=5, skip=skip, floor=floor, steering=steering) for skip in range(0, 30, 5)]
        paged = [each.product_id for page in pages for each in page.neighbours]
        assert paged == [each.product_id for each in whole[:30]]
        assert len(whole) > 10
        assert min(each.score for each in whole) >= floor
        assert free[0].product_id not in {each.product_id for each in whole}


class TestClassifier:
    def test_another_model_names_the_brand_and_the_neighbours_stay(self, recognizer, tiny, catalogue):
        classifier = BrandClassifier.load(tiny.workspace, "hog-svm", ExtractorPool(tiny.workspace.extractors))
        spec = classifier.model.spec
        session = onnxruntime.InferenceSession(str(tiny.workspace.brand_model("hog-svm") / "model.onnx"))
        vectors = np.load(tiny.workspace.features / "hog.npy")
        for row in catalogue[:6].itertuples():
            answer = recognizer.answer(row.pixels, classifier=classifier)
            raw = session.run(None, {session.get_inputs()[0].name: vectors[[row.Index]]})[-1][0].astype(float)
            softened = raw ** (1 / spec.temperature) / (raw ** (1 / spec.temperature)).sum()
            assert answer.brand == spec.labels[int(raw.argmax())]
            assert answer.confidence == pytest.approx(softened.max(), abs=1e-4)
            assert answer.neighbours == recognizer.answer(row.pixels).neighbours

    def test_a_photo_that_other_models_are_asked_too_gets_the_same_answer(self, recognizer, photo):
        query = Query(photo)
        recognizer.classifier.predict(query)
        assert recognizer.answer(query) == recognizer.answer(photo)


def test_the_bundle_alone_is_enough(tiny, tmp_path):
    """Serving needs models/serving and nothing else of the workspace."""
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for file in tiny.workspace.bundle.iterdir():
        (moved / file.name).symlink_to(file)
    alone = Recognizer.load(moved)
    answer = alone.answer(images.read(tiny.queries[0].path))
    assert alone.thumbnail(answer.neighbours[0].photo_id).startswith(b"\xff\xd8")
    assert isinstance(answer.neighbours[0].offers[0], Offer)


# What is known, no sneaker, related or named by the gallery: worked out on vectors placed by hand.
FLAT = np.full((64, 64, 3), 200, np.uint8)
RULES = RecognitionRules(
    sneaker=LinearRule(weights={"similarity": 1.0}, threshold=0.4),
    brand=LinearRule(weights={"confidence": 1.0, "agreement": 4.0}, threshold=3.0),
    same=LinearRule(weights={"similarity": 1.0}, threshold=0.95),
    same_model=LinearRule(weights={"similarity": 1.0}, threshold=0.85),
    floor=0.5,
    precision=0.9,
)
HALF = 0.5  # its log odds are 0, so that the brand is known where three of four neighbours or more agree


class Namer:
    """A brand model that names nike, as sure as it is set to be."""

    def __init__(self, confidence):
        self.spec = SimpleNamespace(labels=("nike", "puma"), unknown_threshold=0.6)
        self.confidence = confidence

    def probabilities(self, vectors):
        return np.tile([[self.confidence, 1 - self.confidence]], (len(vectors), 1))


def photo_of(product):
    """Id of the photo of a placed product, by the product's number."""
    return f"{2 * product + 2:016x}{'0' * 24}"


def placed(confidence, brands, cosines, rules=RULES, logits=None, models=None, words=None, below=()):
    """A gallery of one photo a product, each of a brand and a model of its own, at a cosine from every query.

    `models` are what those are called, `words` where each points among texts; photos point to (1, 0). Of the two places
    at a cosine, the numbers of `below` have the one on the other side.
    """
    store = FaissStore.create(2, "flat")
    gallery = Gallery(store, {})
    cosines = np.array(cosines)
    sines = np.sqrt(1 - np.square(cosines))
    sines[list(below)] *= -1
    names = [photo_of(number) for number in range(len(brands))]
    products = [f"product {number}" for number in range(len(brands))]
    gallery.add(names, products, np.stack([cosines, sines], axis=1).astype(np.float32))
    named = zip(products, brands, models or [None] * len(brands), strict=True)
    facts = {name: Product(name, brand, (), f"model of {name}", model) for name, brand, model in named}
    archive = io.BytesIO()
    zipfile.ZipFile(archive, "w").close()
    logits = logits or {}
    extractor = ExtractorSpec(
        name="pointer", kind="pointer", dim=2 + len(logits), settings={}, weights="none", searched=2, brands=(*logits,)
    )
    manifest = SimpleNamespace(index=SimpleNamespace(rules=rules), extractor=extractor)
    pointer = Pointer(1.0, 0.0, *logits.values())
    classifier = BrandClassifier("toy", Namer(confidence), pointer, extractor)
    says = describer(words or {}, photo=pointer)
    return Recognizer(manifest, classifier, gallery, facts, says, zipfile.ZipFile(archive))


class TestKnown:
    @pytest.mark.parametrize(
        ("confidence", "brands", "known"),
        [
            (HALF, ["nike", "nike", "nike", "puma"], True),
            (HALF, ["nike", "nike", "puma", "puma"], False),
            (0.9, ["nike", "puma", "puma", "puma"], True),  # log odds 2.2, and 1 for the one that agrees
            (0.9, ["puma", "puma", "puma", "puma"], False),
        ],
    )
    def test_it_takes_a_sure_model_and_a_gallery_that_agrees(self, confidence, brands, known):
        answer = placed(confidence, brands, [0.8, 0.7, 0.6, 0.55]).answer(FLAT)
        assert (answer.brand, answer.known, answer.sneaker) == ("nike", known, True)

    def test_where_nothing_is_alike_there_is_no_sneaker(self):
        answer = placed(0.99, ["nike"], [0.39]).answer(FLAT)
        assert (answer.sneaker, answer.known, answer.neighbours) == (False, False, ())

    def test_an_empty_gallery_is_answered(self):
        answer = placed(0.99, [], []).answer(FLAT)
        assert (answer.sneaker, answer.neighbours) == (False, ())

    @pytest.mark.parametrize(("of_things", "sneaker"), [(2.0, True), (4.0, False)])
    def test_a_network_that_was_shown_other_things_says_whether_there_is_a_sneaker(self, of_things, sneaker):
        """Logits 3 for nike against 2 or 4 for bags: log odds of 1 and -1."""
        rules = RULES.model_copy(update={"sneaker": LinearRule(weights={"sneaker": 1.0}, threshold=0.0)})
        logits = {"nike": 3.0, "#bags": of_things}
        assert placed(0.9, ["nike"], [0.7], rules, logits).answer(FLAT).sneaker is sneaker

    @pytest.mark.parametrize(("cosine", "known"), [(0.51, True), (0.49, False)])
    def test_a_sneaker_that_is_similar_to_nothing_is_not_known_however_sure_the_model(self, cosine, known):
        rules = RULES.model_copy(update={"sneaker": LinearRule(weights={"sneaker": 1.0}, threshold=0.0)})
        answer = placed(0.99, ["nike"], [cosine], rules, {"nike": 9.0, "#bags": 0.0}).answer(FLAT)
        assert (answer.brand, answer.sneaker, answer.known) == ("nike", True, known)
        assert len(answer.neighbours) == known

    def test_what_the_gallery_shows_is_a_sneaker_whatever_a_network_says(self):
        rules = RULES.model_copy(update={"sneaker": LinearRule(weights={"sneaker": 1.0}, threshold=0.0)})
        answer = placed(0.9, ["nike"], [1.0], rules, {"nike": 0.0, "#bags": 9.0}).answer(FLAT)
        assert answer.sneaker
        assert answer.neighbours[0].relation == "same"


class TestRelations:
    def test_same_same_model_similar_and_what_is_left_out(self):
        answer = placed(HALF, ["nike"] * 4, [0.96, 0.9, 0.6, 0.45]).answer(FLAT, top=4)
        assert [(n.product_id, n.relation) for n in answer.neighbours] == [
            ("product 0", "same"),
            ("product 1", "same model"),
            ("product 2", "similar"),
        ]


class TestVote:
    """Brands that no classifier learnt, named by photos alone."""

    def test_neighbours_of_its_model_name_a_brand_nobody_learnt(self):
        answer = placed(HALF, ["mizuno", "mizuno", "puma", "puma"], [0.97, 0.9, 0.6, 0.55]).answer(FLAT)
        assert (answer.brand, answer.known) == ("mizuno", True)
        assert answer.confidence == pytest.approx(0.9)  # both agree, times the precision of such neighbours
        assert [(other.brand, other.confidence) for other in answer.alternatives] == [
            ("nike", pytest.approx(0.05)),
            ("puma", pytest.approx(0.05)),
        ]

    def test_the_share_that_agrees_is_the_confidence(self):
        answer = placed(HALF, ["mizuno", "puma", "mizuno", "puma"], [0.97, 0.9, 0.88, 0.6]).answer(FLAT)
        assert (answer.brand, answer.confidence) == ("mizuno", pytest.approx(0.6))

    @pytest.mark.parametrize(
        ("brands", "cosines"),
        [
            (["mizuno", "puma"], [0.97, 0.9]),  # no majority
            (["mizuno", "mizuno"], [0.8, 0.7]),  # none is of its model
            (["puma", "puma"], [0.97, 0.9]),  # the classifier learnt puma
        ],
    )
    def test_otherwise_the_brand_stays_unknown(self, brands, cosines):
        answer = placed(HALF, brands, cosines).answer(FLAT)
        assert (answer.brand, answer.known) == ("nike", False)

    def test_a_brand_that_the_classifier_knows_stays(self):
        answer = placed(0.99, ["mizuno"], [0.97]).answer(FLAT)
        assert (answer.brand, answer.known) == ("nike", True)

    def test_photos_of_a_brand_kept_out_are_named_by_the_gallery(self, tiny):
        """The tiny workspace never learnt duskell; mirrored photos of it find their own, where no brand is known."""
        strict = LinearRule(weights={"agreement": 1.0}, threshold=1.5)
        rules = RULES.model_copy(update={"brand": strict, "precision": 0.8})
        loaded = Recognizer.load(tiny.workspace.bundle, threads=1)
        index = loaded.manifest.index.model_copy(update={"rules": rules})
        loaded.manifest = loaded.manifest.model_copy(update={"index": index})
        table = pd.read_parquet(tiny.workspace.photo_table)
        files = table.loc[table["brand"] == UNLEARNT, "file"]
        answers = [loaded.answer(images.read(tiny.workspace.photos / file)[:, ::-1]) for file in files]
        assert UNLEARNT not in loaded.brands
        named = [answer for answer in answers if answer.known]
        assert len(named) >= len(files) / 2
        assert np.mean([answer.brand == UNLEARNT for answer in named]) >= 0.8
        assert all(answer.confidence <= 0.8 for answer in named)


def at(*degrees):
    """A gallery of a product at each angle from the query, of those that count as similar or more."""
    below = [place for place, angle in enumerate(degrees) if angle < 0]
    return placed(HALF, ["nike"] * len(degrees), np.cos(np.radians(degrees)), below=below)


def told(neighbours):
    return [(int(n.product_id.split()[1]), n.relation, n.score) for n in neighbours]


def expected(*products):
    """Of products given by number, relation and angle."""
    return [
        (number, relation, pytest.approx(np.cos(np.radians(angle)), abs=1e-6)) for number, relation, angle in products
    ]


def pages(ask, size):
    """Page by page, until one more than what there is."""
    found, page = [], 0
    while shown := ask(top=size, skip=size * page):
        assert len(shown) <= size
        found, page = [*found, *shown], page + 1
    return tuple(found)


class TestPages:
    """Pages without overlap or gap are the whole list."""

    @pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
    def test_also_where_products_are_equally_near(self, size):
        loaded = placed(HALF, ["nike", "puma"] * 4, [0.8, 0.7, 0.8, 0.7, 0.8, 0.96, 0.7, 0.45])
        whole = loaded.answer(FLAT, top=100).neighbours
        assert [round(each.score, 2) for each in whole] == [0.96, 0.8, 0.8, 0.8, 0.7, 0.7, 0.7]
        assert pages(lambda **page: loaded.answer(FLAT, **page).neighbours, size) == whole

    @pytest.mark.parametrize("size", [5, 47])
    @pytest.mark.parametrize(
        ("products", "steer"),
        [
            (EVERYTHING, False),
            (ProductFilter(currency="EUR"), False),
            (EVERYTHING, True),
            (ProductFilter(brand="arvo"), True),
        ],
    )
    def test_of_real_vectors_with_filter_and_steering(self, recognizer, photo, size, products, steer):
        best = [each.photo_id for each in recognizer.answer(photo, top=9, floor=-1.0).neighbours]
        steering = Steering(more=tuple(best[7:]), less=(best[0], best[4])) if steer else Steering()
        options = {"products": products, "steering": steering, "floor": -1.0}
        asks = [
            lambda **page: recognizer.answer(photo, **page, **options).neighbours,
            lambda **page: recognizer.more_like(best[2], **page, **options),
        ]
        for ask in asks:
            whole = ask(top=100)
            assert len({each.product_id for each in whole}) == len(whole) > 5
            paged = pages(ask, size)
            assert [replace(each, score=0) for each in paged] == [replace(each, score=0) for each in whole]
            # a matrix product rounds otherwise for another number of rows
            assert [each.score for each in paged] == pytest.approx([each.score for each in whole], abs=1e-6)

    def test_beyond_the_last_there_is_nothing(self, recognizer, photo):
        assert recognizer.answer(photo, top=5, skip=48).neighbours == ()
        assert recognizer.answer(photo, top=5, skip=10**6).neighbours == ()

    def test_the_rest_of_the_answer_is_that_of_the_first(self, recognizer, photo):
        first, second = (recognizer.answer(photo, top=3, skip=skip) for skip in (0, 3))
        assert replace(second, neighbours=()) == replace(first, neighbours=())


class TestSteering:
    """Rocchio's rule worked out by hand; scores and relations stay those to the query."""

    def test_what_is_wanted_draws_the_order_to_it(self):
        """Towards 55 degrees: (1 + 0.75 cos 55, 0.75 sin 55) points to 23.3 degrees."""
        loaded, wanted = at(10, 20, 30, 55), Steering(more=(photo_of(3),))
        plain, drawn = loaded.answer(FLAT), loaded.answer(FLAT, steering=wanted)
        angles = [(0, "same", 10), (1, "same model", 20), (2, "same model", 30), (3, "similar", 55)]
        assert told(plain.neighbours) == expected(*angles)
        assert told(drawn.neighbours) == expected(*(angles[place] for place in (1, 2, 0, 3)))
        assert replace(drawn, neighbours=()) == replace(plain, neighbours=())

    def test_what_is_not_wanted_is_left_out_and_pushes_the_order_away(self):
        """From 59 degrees: (1 - 0.25 cos 59, -0.25 sin 59) points to -13.8 degrees."""
        loaded = at(10, -12, 29, -40, 59)
        assert [place for place, *_ in told(loaded.answer(FLAT).neighbours)] == [0, 1, 2, 3, 4]
        pushed = loaded.answer(FLAT, steering=Steering(less=(photo_of(4),))).neighbours
        assert told(pushed) == expected((1, "same", -12), (0, "same", 10), (3, "similar", -40), (2, "same model", 29))

    def test_both_count_by_their_means(self):
        """(1 + 0.75 (cos 50 + cos 30) / 2 - 0.25 cos 20, 0.75 (sin 50 + sin 30) / 2 - 0.25 sin 20): 16.3 degrees.

        Without the halves it would be 24.5 degrees, nearer to 30 than to 5.
        """
        loaded = at(5, 20, 30, 50)
        steering = Steering(more=(photo_of(3), photo_of(2)), less=(photo_of(1),))
        steered = told(loaded.answer(FLAT, steering=steering).neighbours)
        assert steered == expected((0, "same", 5), (2, "same model", 30), (3, "similar", 50))

    def test_all_unwanted_leaves_nothing(self):
        loaded = at(10, 20)
        assert loaded.answer(FLAT, steering=Steering(less=(photo_of(0), photo_of(1)))).neighbours == ()

    @pytest.mark.parametrize("gone", [photo_of(9), "f" * 40, "", "no id", photo_of(0)[:16], "é" * 40])
    def test_photos_of_another_bundle_do_nothing(self, gone):
        loaded = at(10, 20, 30, 55)
        for steering in (Steering(more=(gone,)), Steering(less=(gone,)), Steering((gone, gone), (gone,))):
            assert loaded.answer(FLAT, steering=steering) == loaded.answer(FLAT)
        known = Steering(more=(photo_of(3),), less=(photo_of(0),))
        mixed = Steering(more=(gone, photo_of(3)), less=(photo_of(0), gone))
        assert loaded.answer(FLAT, steering=mixed) == loaded.answer(FLAT, steering=known)

    def test_with_a_filter(self):
        loaded = placed(HALF, ["nike", "puma", "nike"], [0.9, 0.8, 0.7])
        steering = Steering(less=(photo_of(0),))
        hits = loaded.answer(FLAT, steering=steering, products=ProductFilter(brand="nike")).neighbours
        assert [each.product_id for each in hits] == ["product 2"]


class TestFloor:
    @pytest.mark.parametrize(
        ("floor", "shown"), [(None, 3), (0.5, 3), (0.4, 4), (-1.0, 5), (0.7, 2), (0.99, 0), (1.01, 0)]
    )
    def test_what_is_not_so_near_is_not_shown(self, floor, shown):
        loaded = placed(HALF, ["nike"] * 5, [0.96, 0.9, 0.6, 0.45, -0.2])
        plain, other = loaded.answer(FLAT), loaded.answer(FLAT, floor=floor)
        assert [each.product_id for each in other.neighbours] == [f"product {number}" for number in range(shown)]
        assert replace(other, neighbours=()) == replace(plain, neighbours=())
        assert all(one == two for one, two in zip(plain.neighbours, other.neighbours, strict=False))

    def test_it_shows_nothing_of_what_is_no_sneaker(self):
        assert placed(0.99, ["nike"], [0.39]).answer(FLAT, floor=-1.0).neighbours == ()


class TestMoreLike:
    def test_products_near_that_of_a_photo_without_it(self):
        """From 30 degrees: 4, 10 and 58 degrees away, and one that is further than the floor."""
        found = at(10, 20, 30, 34, -28, 91).more_like(photo_of(2))
        assert told(found) == expected((3, "same", 4), (1, "same", 10), (0, "same model", 20), (4, "similar", 58))

    def test_arguments_as_of_an_answer(self):
        loaded = at(10, 20, 30, 34, -28, 91)
        photo = photo_of(2)
        assert [place for place, *_ in told(loaded.more_like(photo, top=2, skip=1))] == [1, 0]
        assert [place for place, *_ in told(loaded.more_like(photo, floor=-1.0))] == [3, 1, 0, 4, 5]
        assert loaded.more_like(photo, products=ProductFilter(brand="puma")) == ()
        less = Steering(less=(photo_of(3),))  # from 34 degrees: to 28.7, so that 20 comes as before, then 10
        assert told(loaded.more_like(photo, steering=less, top=2)) == expected((1, "same", 10), (0, "same model", 20))

    def test_on_the_tiny_workspace_by_the_cosines_of_its_vectors(self, recognizer, tiny):
        written = np.load(tiny.workspace.features / "efficientnet_lite0.npy")
        written = written / np.linalg.norm(written, axis=1, keepdims=True)
        table = pd.read_parquet(tiny.workspace.photo_table)
        gallery = pd.read_parquet(tiny.workspace.bundle / "gallery.parquet")
        rows = table.reset_index().merge(gallery[["photo_id"]], on="photo_id")
        for row in rows[::29].itertuples():
            others = rows[rows["product_id"] != row.product_id]
            cosines = pd.Series(written[others["index"]] @ written[row.index], others["product_id"])
            best = cosines.groupby(level=0).max()
            found = recognizer.more_like(row.photo_id, top=100, floor=-1.0)
            assert {each.product_id: each.score for each in found} == pytest.approx(best.to_dict(), abs=2e-3)

    def test_photos_of_another_bundle(self, recognizer, tiny):
        shown = pd.read_parquet(tiny.workspace.bundle / "gallery.parquet")["photo_id"][0]
        for photo in ("", "nonsense", "0" * 40, "-1", "é", shown[:16], shown + "0", f"0x{shown}"):
            for ask in (recognizer.more_like, recognizer.product_of):
                with pytest.raises(BundleError, match=f"gallery: no photo {photo}"):
                    ask(photo)


@pytest.fixture
def bundled(tiny):
    return pd.read_parquet(tiny.workspace.bundle / "products.parquet")


class TestWhatItKnows:
    def test_its_facts_are_those_of_the_tables(self, recognizer, tiny, bundled):
        name = json.loads(tiny.workspace.choice.read_text())
        model = f"{name['extractor']}-{name['classifier']}"
        metrics = json.loads((tiny.workspace.brand_model(model) / "model.json").read_text())["metrics"]
        gallery = pd.read_parquet(tiny.workspace.bundle / "gallery.parquet")
        newest = pd.read_parquet(tiny.workspace.listings)["first_seen"].max().date()
        counts = (3, len(bundled), len(gallery))
        assert counts == (3, 48, 144)
        accuracy = metrics["val_accuracy"]
        assert recognizer.facts == BundleFacts(sneakers_ml.__version__, model, *counts, accuracy, newest)

    def test_its_products_are_those_of_the_table_and_nobody_changes_them(self, recognizer, bundled):
        assert list(recognizer.products) == bundled["product_id"].tolist()
        for row in bundled.itertuples():
            offers = tuple(Offer(**offer) for offer in row.offers)
            facts = Product(row.title, row.brand, offers, row.model_id, row.model, frozenset(row.colours))
            assert recognizer.products[row.product_id] == facts
        with pytest.raises(TypeError):
            recognizer.products["new"] = facts

    def test_the_product_of_each_photo(self, recognizer, tiny, bundled):
        gallery = pd.read_parquet(tiny.workspace.bundle / "gallery.parquet").merge(bundled, on="product_id")
        assert [recognizer.product_of(photo).title for photo in gallery["photo_id"]] == gallery["title"].tolist()

    def test_colours_bind_an_answer(self, recognizer, photo, bundled):
        red = {row.product_id for row in bundled.itertuples() if "red" in row.colours}
        shown = whole_gallery(recognizer, photo, ProductFilter(colour="red"))
        assert 0 < len(red) < 48
        assert {each.product_id for each in shown} <= red
        everything = [each for each in whole_gallery(recognizer, photo) if each.product_id in red]
        assert list(shown) == everything


NAMES = {"air": (1.0, 0.0), "rider": (0.8, 0.6), "dunk": (0.6, 0.8)}


class TestWords:
    """Models are named that the nearest photos show; on the tiny workspace, colours too."""

    def like(self, confidence, brands, cosines, models):
        answer = placed(confidence, brands, cosines, models=models, words=NAMES).answer(FLAT)
        return answer.known, [(model.word, model.score) for model in answer.words.models]

    def test_of_a_known_brand_the_models_of_that_brand(self):
        known, models = self.like(0.99, ["nike", "puma", "nike"], [0.8, 0.7, 0.6], ["Dunk", "Rider", "Air"])
        assert (known, models) == (True, [("Air", pytest.approx(1)), ("Dunk", pytest.approx(0.6))])

    def test_of_an_unknown_brand_any(self):
        known, models = self.like(HALF, ["nike", "puma"], [0.8, 0.7], ["Dunk", "Rider"])
        assert (known, models) == (False, [("Rider", pytest.approx(0.8)), ("Dunk", pytest.approx(0.6))])

    def test_each_once_and_none_that_only_a_photo_unlike_it_shows(self):
        _, models = self.like(HALF, ["nike"] * 4, [0.8, 0.7, 0.6, 0.49], ["Dunk", "DUNK", None, "Air"])
        assert models == [("Dunk", pytest.approx(0.6))]

    def test_nothing_is_said_where_there_is_no_sneaker(self):
        """A bag that looks like a sneaker of the gallery."""
        rules = RULES.model_copy(update={"sneaker": LinearRule(weights={"sneaker": 1.0}, threshold=0.0)})
        answers = [
            placed(0.9, ["nike"], [0.9], rules, {"nike": 3.0, "#bags": bags}, ["Air"], NAMES).answer(FLAT)
            for bags in (2.0, 4.0)
        ]
        assert [answer.sneaker for answer in answers] == [True, False]
        assert [model.word for model in answers[0].words.models] == ["Air"]
        assert answers[1].words == Description()

    def test_colours_said_of_the_gallerys_photos_are_mostly_those_of_their_titles(self, recognizer, catalogue, tiny):
        """Drawn with two colours of some eleven, so that by chance one in five would be right."""
        titles = pd.read_parquet(tiny.workspace.products).set_index("product_id")["title"]
        right = []
        for row in catalogue[::2].itertuples():
            told = {term.name for term in lexicon().named(titles[row.product_id], "colours")}
            right += [colour.word in told for colour in recognizer.answer(row.pixels).words.colours]
        assert len(right) >= len(catalogue[::2])
        assert np.mean(right) > 0.7
