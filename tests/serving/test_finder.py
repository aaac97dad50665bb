"""Searches worked out by hand on a catalogue of four products, and on the tiny workspace's."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime
import pandas as pd
import pytest

from sneakers_ml.errors import BundleError
from sneakers_ml.serving.answer import Match, Offer
from sneakers_ml.serving.filters import EVERYTHING, ProductFilter
from sneakers_ml.serving.finder import Finder
from sneakers_ml.serving.products import Product
from sneakers_ml.text.lexicon import Lexicon, WordFile, stem
from sneakers_ml.text.search import WordIndex, WordSearch
from sneakers_ml.text.tower import gram_ids
from tests.serving.builders import WORDS, text_spec, tower

EUROS, ROUBLES = Offer("outlet", "https://outlet.example/b", 80.0, "EUR"), Offer("demo", None, 9000.0, "RUB")
PRODUCTS = {
    "a": Product("Arvo Runner 'Navy'", "arvo", (ROUBLES,)),
    "b": Product("Brisko Court", "brisko", (ROUBLES, EUROS), colours=frozenset({"white", "grey"})),
    "c": Product("Brisko Court 'Red'", "brisko", (ROUBLES,)),
    "d": Product("Corvane Runner", "corvane", ()),
}
SHOWN = {"f0": "b", "f1": "a", "f2": "d", "f3": "a", "f4": "c"}
VECTORS = np.array([(1, 0), (0.6, 0.8), (-1, 0), (0.8, 0.6), (0, 1)], np.float32)
DIRECTIONS = {"=blue": (1.0, 0.0), "=red": (0.0, 1.0)}
SCORES = {
    "arvo": {0: 1.0},
    "@arvo": {0: 2.0},
    "brisko": {1: 1.0, 2: 1.0},
    "@brisko": {1: 1.0, 2: 1.0},
    "runner": {0: 1.0, 3: 2.0},
    "court": {1: 1.5, 2: 1.5},
    "navi": {0: 3.0},
    "=blue": {0: 2.0},
    "red": {2: 2.0},
    "=red": {2: 2.0},
}


def finder(**spec):
    columns = list(SCORES.values())
    index = WordIndex(
        {token: place for place, token in enumerate(SCORES)},
        np.cumsum([0, *map(len, columns)]),
        np.array([document for column in columns for document in column]),
        np.array([score for column in columns for score in column.values()], np.float32),
        len(PRODUCTS),
    )
    search = WordSearch(index, Lexicon(WORDS))
    return Finder(text_spec(**spec), search, tower(DIRECTIONS), VECTORS, PRODUCTS, SHOWN)


def found(matches):
    return [(match.product_id, pytest.approx(match.score, abs=1e-6)) for match in matches]


RUNNERS = [("d", 2 / 2), ("a", 1 / 2)]
BLUE = [("a", 1 + 0.5 * 0.8), ("b", 0.5 * 1)]


class TestByHand:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("runner", RUNNERS),
            ("Runners!", RUNNERS),
            ("ruuner", RUNNERS),
            ("shoes runner", RUNNERS),
            ("qqqq runner", RUNNERS),
            ("blue", BLUE),
            ("navy", BLUE),
            ("синие кроссовки", BLUE),
            ("красный", [("c", 1 + 0.5 * 1), ("a", 0.5 * 0.8)]),
            ("blue runner", [("a", 2 / 3 + 0.5 * 0.8), ("b", 0.5), ("d", 2 / 3 - 0.5)]),  # BM25: 1 and 2 of 3
            (
                "red blue",  # the query points to (1, 1); BM25: 2 and 1 of 3
                [
                    ("c", 2 / 3 + 0.5 * math.sqrt(0.5)),
                    ("a", 1 / 3 + 0.5 * 1.4 * math.sqrt(0.5)),
                    ("b", 0.5 * math.sqrt(0.5)),
                ],
            ),
            ("arvo", [("a", 1)]),
            ("Арво", [("a", 1)]),
            ("brisko court", [("b", 1), ("c", 1)]),  # equals in the catalogue's order
            ("brsiko cuort", [("b", 1), ("c", 1)]),
        ],
    )
    def test_share_of_the_words_plus_half_the_cosine_of_the_best_photo(self, query, expected):
        assert found(finder().find(query)) == expected

    @pytest.mark.parametrize("query", ["", "  ", "?!", "qqqq", "shoes", "кроссовки", "green", "\ud800", "бред"])
    def test_what_nothing_has_finds_nothing(self, query):
        assert finder().find(query) == []

    def test_a_match_says_what_the_catalogue_says_and_shows_the_photo_that_is_most_like_the_words(self):
        assert finder().find("blue")[1] == Match("b", 0.5, "Brisko Court", "brisko", "f0", (ROUBLES, EUROS))
        photos = [(match.product_id, match.photo_id) for word in ("blue", "red") for match in finder().find(word)]
        assert photos == [("a", "f3"), ("b", "f0"), ("c", "f4"), ("a", "f1")]

    def test_without_a_weight_only_the_words_rank(self):
        assert found(finder(weight=0.0).find("blue runner")) == [("a", 2 / 3), ("d", 2 / 3), ("b", 0)]

    @pytest.mark.parametrize(("floor", "products"), [(1.0, ["a", "b"]), (1.01, ["a"]), (-1.0, ["a", "b", "c", "d"])])
    def test_what_has_none_of_the_words_needs_a_photo_like_them(self, floor, products):
        assert [match.product_id for match in finder(floor=floor).find("blue")] == products

    def test_top_is_how_many(self):
        assert [match.product_id for match in finder().find("brisko court", top=1)] == ["b"]

    @pytest.mark.parametrize("size", [1, 2, 3, 4])
    @pytest.mark.parametrize("query", ["red blue", "brisko court", "runner"])
    @pytest.mark.parametrize("products", [EVERYTHING, ProductFilter(shop="demo")])
    def test_pages_without_overlap_or_gap_are_the_whole_list(self, query, size, products):
        loaded = finder(floor=-1.0)  # so that all four are found
        whole = loaded.find(query, products=products)
        pages = [loaded.find(query, top=size, skip=skip, products=products) for skip in range(0, 5, size)]
        assert [match for page in pages for match in page] == whole
        assert len(whole) == (3 if products.shop else 4)
        assert loaded.find(query, top=1, skip=4) == []

    @pytest.mark.parametrize(
        ("products", "expected"),
        [
            (ProductFilter(brand="Brisko"), ["b"]),
            (ProductFilter(colour="white"), ["b"]),
            (ProductFilter(min_price=9000), ["a", "b"]),
            (ProductFilter(max_price=9000, min_price=81, currency="EUR"), []),
            (ProductFilter(max_price=100), ["b"]),
            (ProductFilter(shop="demo"), ["a", "b"]),
            (ProductFilter(brand="arvo", currency="EUR"), []),
            (ProductFilter(brand="nobody"), []),
        ],
    )
    def test_a_filter_leaves_the_others_out(self, products, expected):
        assert [match.product_id for match in finder().find("blue", products=products)] == expected

    def test_a_filter_does_not_use_up_the_top(self):
        matches = finder().find("runner", top=1, products=ProductFilter(brand="arvo"))
        assert found(matches) == [("a", 1 / 2)]  # the score stays that among all

    def test_threads_that_ask_at_once_get_what_each_would_alone(self):
        """Of words that were never read before: a stemmer keeps the word that it works on."""
        endings = ("ing", "ings", "ed", "er", "ers", "ation", "ness", "ful", "less", "ally", "ities", "ement")
        starts = ("cushion", "velcro", "trampl", "bounc", "sprint", "leather", "stitch", "padd", "lac", "spik")
        words = [start + ending for start in starts for ending in endings]
        queries = [f"{' '.join(words[start:] + words[:start])} runner blue" for start in range(0, len(words), 15)]
        loaded, before, together = finder(), sys.getswitchinterval(), []
        sys.setswitchinterval(1e-6)
        try:
            with ThreadPoolExecutor(len(queries)) as pool:
                for _ in range(20):
                    stem.cache_clear()
                    together += pool.map(loaded.find, queries)
        finally:
            sys.setswitchinterval(before)
            stem.cache_clear()
        assert together == 20 * list(map(loaded.find, queries))


@pytest.fixture(scope="module")
def tiny_finder(tiny):
    return Finder.load(tiny.workspace.bundle)


@pytest.fixture(scope="module")
def catalogue(tiny):
    return pd.read_parquet(tiny.workspace.products)


class TestTiny:
    def test_every_title_finds_its_product_first(self, tiny_finder, catalogue):
        wrong = {title: tiny_finder.find(title, top=1)[0].title for title in catalogue["title"]}
        assert {title: first for title, first in wrong.items() if title != first} == {}

    @pytest.mark.parametrize(
        ("query", "holds", "count"),
        [
            ("arvo meridian", "Arvo Meridian", 2),
            ("avro meridain", "Arvo Meridian", 2),
            ("briskoo vollye", "Brisko Volley", 2),
            ("corvane amper 2", "Corvane Ampere 2", 2),
            ("RALLY 82", "Rally 82", 2),
            ("duskell", "Duskell", 12),
            ("низкие", "Low", 2),
            ("corvane красные", "Red", 2),
        ],
    )
    def test_typos_and_russian(self, tiny_finder, query, holds, count):
        first = tiny_finder.find(query, top=count)
        assert [holds in match.title for match in first] == [True] * count, first

    def test_women_are_asked_for_by_the_catalogues_wearer(self, tiny_finder, catalogue):
        women = set(catalogue.loc[catalogue["gender"] == "women", "product_id"])
        for query in ("women", "женские кроссовки"):
            assert {match.product_id for match in tiny_finder.find(query, top=len(women))} == women

    @pytest.mark.parametrize("query", ["arvo glide pro graphite", "navy low", "красные дрифт corvane", "women ampere"])
    def test_scores_and_photos_are_those_of_the_files_read_one_by_one(self, tiny, tiny_finder, query):
        bundle = tiny.workspace.bundle
        manifest, words = json.loads((bundle / "bundle.json").read_text()), dict(np.load(bundle / "words.npz"))
        lexicon = Lexicon(WordFile.model_validate(manifest["text"]["words"]))
        vocabulary = words["vocabulary"].tolist()
        session = onnxruntime.InferenceSession(str(bundle / "tower.onnx"))
        products = pd.read_parquet(bundle / "products.parquet")["product_id"].tolist()
        gallery = pd.read_parquet(bundle / "gallery.parquet")
        photo_vectors = np.load(bundle / "text_vectors.npy").astype(float)

        def entries(token):
            if token not in vocabulary:
                return {}
            first, last = words["starts"][vocabulary.index(token) :][:2]
            return dict(zip(words["documents"][first:last].tolist(), words["scores"][first:last].tolist(), strict=True))

        said = []
        for phrase, term in ((one.words, one.term) for one in lexicon.read(query)):
            tokens = [*phrase, f"={term.name}"] if term else [*phrase, *(f"@{word}" for word in phrase)]
            if term or any(map(entries, phrase)):
                said.append((tokens, 1 / len(tokens) if term else 1, phrase, term))
        columns = [(entries(token), weight) for tokens, weight, _, _ in said for token in tokens]
        most = sum(weight * max(column.values()) for column, weight in columns if column)
        heard = [token for _, _, phrase, term in said for token in (*phrase, *([f"={term.name}"] if term else ()))]
        (direction,) = session.run(None, {"texts": gram_ids([list(dict.fromkeys(heard))])})[0]
        expected = {}
        for place, product in enumerate(products):
            cosines = {
                photo: float(photo_vectors[row] @ direction)
                for row, (photo, owner) in enumerate(zip(gallery["photo_id"], gallery["product_id"], strict=True))
                if owner == product
            }
            best = max(cosines, key=cosines.get)
            share = sum(weight * column.get(place, 0) for column, weight in columns) / most
            if share or cosines[best] >= manifest["text"]["floor"]:
                expected[product] = (share + manifest["text"]["weight"] * cosines[best], best)
        matches = tiny_finder.find(query, top=100)
        scores = [match.score for match in matches]
        assert scores == sorted(scores, reverse=True)
        assert {match.product_id: match.photo_id for match in matches} == {
            product: photo for product, (_, photo) in expected.items()
        }
        np.testing.assert_allclose(
            [match.score for match in matches], [expected[match.product_id][0] for match in matches], atol=1e-3
        )

    def test_offers_are_those_of_the_catalogue(self, tiny_finder, catalogue):
        offers = catalogue.set_index("product_id")["offers"]
        for match in tiny_finder.find("arvo", top=12):
            assert match.offers == tuple(Offer(**offer) for offer in offers[match.product_id])

    def test_the_same_words_give_the_same_answer(self, tiny, tiny_finder):
        again = Finder.load(tiny.workspace.bundle)
        assert again.find("синие low corvane") == tiny_finder.find("синие low corvane")


class TestRefusals:
    @pytest.fixture
    def bundle(self, tiny, tmp_path):
        return shutil.copytree(tiny.workspace.bundle, tmp_path / "serving")

    def vouch_for(self, bundle, name, *text):
        """Let bundle.json agree with what the file holds now; so do `text`, keys of its section of that name."""
        content = json.loads((bundle / "bundle.json").read_text())
        content["files"][name] = hashlib.sha256((bundle / name).read_bytes()).hexdigest()
        content["text"] |= dict.fromkeys(text, content["files"][name])
        (bundle / "bundle.json").write_text(json.dumps(content))

    def test_no_bundle(self, tmp_path):
        with pytest.raises(BundleError, match="no bundle here; build one with `dvc repro`"):
            Finder.load(tmp_path)

    @pytest.mark.parametrize("name", ["words.npz", "text_vectors.npy", "tower.onnx", "products.parquet"])
    def test_a_file_changed_since_it_was_made(self, bundle, name):
        (bundle / name).write_bytes((bundle / name).read_bytes()[:-1])
        with pytest.raises(BundleError, match=rf"{name}: changed since the bundle was made; run `sneakers bundle`"):
            Finder.load(bundle)

    @pytest.mark.parametrize("content", [b"", b"no array", b"\x93NUMPY\x01\x00", b"PK\x03\x04" + bytes(40)])
    @pytest.mark.parametrize(
        ("name", "problem"), [("words.npz", "missing or damaged; run `sneakers text`"), ("text_vectors.npy", "damaged")]
    )
    def test_a_file_that_was_damaged_before_it_was_bundled(self, bundle, name, problem, content):
        (bundle / name).write_bytes(content)
        self.vouch_for(bundle, name)
        with pytest.raises(BundleError, match=f"{name}: {problem}"):
            Finder.load(bundle)

    def test_pickled_vectors_are_not_opened(self, bundle):
        np.save(bundle / "text_vectors.npy", np.array([{}], object), allow_pickle=True)
        self.vouch_for(bundle, "text_vectors.npy")
        with pytest.raises(BundleError, match=r"text_vectors\.npy: damaged"):
            Finder.load(bundle)

    def test_a_tower_that_is_no_graph(self, bundle):
        (bundle / "tower.onnx").write_bytes(b"no graph")
        self.vouch_for(bundle, "tower.onnx", "tower_sha256")
        with pytest.raises(BundleError, match=r"tower\.onnx: cannot be loaded"):
            Finder.load(bundle)

    @pytest.mark.parametrize("cut", [np.s_[1:], np.s_[:, 1:]])
    def test_vectors_of_other_photos(self, bundle, cut):
        np.save(bundle / "text_vectors.npy", np.load(bundle / "text_vectors.npy")[cut])
        self.vouch_for(bundle, "text_vectors.npy")
        with pytest.raises(BundleError, match="words, vectors and products don't belong together"):
            Finder.load(bundle)

    def test_words_of_another_number_of_products(self, bundle):
        words = dict(np.load(bundle / "words.npz")) | {"size": np.array(47)}
        np.savez(bundle / "words.npz", **words)
        self.vouch_for(bundle, "words.npz")
        with pytest.raises(BundleError, match="words, vectors and products don't belong together"):
            Finder.load(bundle)
