from __future__ import annotations

import csv
import json
import shutil

import pytest

from sneakers_ml.serving.finder import Finder
from sneakers_ml.workspace.paths import Workspace
from tests.support.command import run_process

PRODUCT_KEYS = ["product_id", "score", "title", "brand", "offers"]
PINK = ("Pink", "Rose", "Fuchsia", "Magenta", "Blush", "Salmon", "Coral", "Peach")  # of words.yaml, as titles write it
OFFER_KEYS = ["shop", "url", "price", "currency"]


def answer(outcome):
    (line,) = outcome.out.splitlines()
    return json.loads(line)


def titles(outcome):
    return [product["title"] for product in answer(outcome)["similar"]]


@pytest.fixture(scope="module")
def euros(tiny):
    """Title -> what the outlet asks in euros."""
    with (tiny.root / "demo" / "outlet.csv").open(encoding="utf-8", newline="") as file:
        return {row["title"]: float(row["price"]) for row in csv.DictReader(file)}


class TestJson:
    def test_the_query_and_its_products_best_first(self, ask, tiny):
        outcome = ask("find", "arvo glide pro", "--json", "--top", 4)
        assert (outcome.code, outcome.err) == (0, "")
        printed = answer(outcome)
        assert list(printed) == ["query", "similar"]
        assert printed["query"] == "arvo glide pro"
        products = printed["similar"]
        assert all(list(product) == PRODUCT_KEYS for product in products)
        assert all(list(offer) == OFFER_KEYS for product in products for offer in product["offers"])
        assert [product["title"].startswith("Arvo Glide Pro ") for product in products] == [True, True, False, False]
        matches = Finder.load(tiny.workspace.bundle).find("arvo glide pro", top=4)
        assert [(each["product_id"], each["score"]) for each in products] == [
            (match.product_id, pytest.approx(match.score, abs=1e-5)) for match in matches
        ]

    def test_ten_unless_told(self, ask):
        assert len(titles(ask("find", "arvo", "--json"))) == 10
        assert len(titles(ask("find", "arvo", "--json", "--top", 12))) == 12

    def test_russian_stays_russian(self, ask):
        outcome = ask("find", "красные Corvane", "--json", "--top", 2)
        assert '"query": "красные Corvane"' in outcome.out
        assert all("Corvane" in title and "Red" in title for title in titles(outcome))

    def test_nothing_found_is_an_object_too_and_exit_code_1(self, ask):
        outcome = ask("find", "qqqq", "--json")
        assert (outcome.code, outcome.err) == (1, "")
        assert answer(outcome) == {"query": "qqqq", "similar": []}


class TestFilters:
    @pytest.mark.parametrize(
        ("options", "accepts"),
        [
            (("--brand", "DUSKELL"), lambda title, price: title.startswith("Duskell")),
            (("--currency", "eur"), lambda title, price: price is not None),
            (("--shop", "outlet"), lambda title, price: price is not None),
            (("--max-price", 100, "--currency", "EUR"), lambda title, price: price is not None and price <= 100),
            (("--max-price", 100), lambda title, price: price is not None and price <= 100),  # none costs 100 roubles
            (("--min-price", 100, "--currency", "EUR"), lambda title, price: price is not None and price >= 100),
            (("--min-price", 90, "--max-price", 110), lambda title, price: price is not None and 90 <= price <= 110),
            (("--colour", "pink"), lambda title, price: any(word in title for word in PINK)),
            (
                ("--colour", " PINK", "--shop", "outlet"),
                lambda title, price: price and any(word in title for word in PINK),
            ),
            (("--max-price", 100, "--brand", "brisko"), lambda title, price: (price or 101) <= 100 and "Bri" in title),
        ],
    )
    def test_what_is_found_of_all(self, ask, euros, options, accepts):
        everything = titles(ask("find", "navy", "--json", "--top", 100))
        expected = [title for title in everything if accepts(title, euros.get(title))]
        assert 0 < len(expected) < len(everything)
        assert titles(ask("find", "navy", "--json", "--top", 100, *options)) == expected

    def test_one_offer_must_pass_all_of_it(self, ask):
        assert ask("find", "navy", "--shop", "demo", "--currency", "EUR").code == 1
        assert ask("find", "navy", "--shop", "demo", "--currency", "RUB").code == 0

    @pytest.mark.parametrize(
        "wrong", [("--top", "0"), ("--top", "101"), ("--max-price", "-1"), ("--min-price", "-1"), ("--colour", "rde")]
    )
    def test_wrong_values_are_a_wrong_use(self, ask, wrong):
        outcome = ask("find", "navy", *wrong)
        assert outcome.code == 2
        assert wrong[0] in outcome.err

    def test_an_unknown_colour_says_which_there_are(self, ask):
        outcome = ask("find", "navy", "--colour", "navy")
        assert outcome.failed_in_one_line(2, "--colour navy: no such colour; there are black, white, grey, blue, green")


class TestForPeople:
    def test_a_table_of_products_then_their_links_in_whole_lines(self, ask, tiny, euros):
        outcome = ask("find", "brisko volley", "--top", 2)
        assert (outcome.code, outcome.err) == (0, "")
        table, _, links = outcome.out.partition("└")
        for words in ("score", "sneaker", "brand", "offers", "Brisko Volley", "RUB at", "EUR at"):
            assert words in table
        products = answer(ask("find", "brisko volley", "--top", 2, "--json"))["similar"]
        rows = [line.split("│") for line in table.splitlines() if line.startswith("│")]
        scores = [(row[1].strip(), row[2].strip()) for row in rows if row[1].strip()]
        assert scores == [(str(place), f"{each['score']:.3f}") for place, each in enumerate(products, start=1)]
        assert links.splitlines()[1:] == [
            f"  {place}  {offer['url']}" for place, each in enumerate(products, start=1) for offer in each["offers"]
        ]

    @pytest.mark.parametrize("query", ["", "   ", "qqqq", "кроссовки", "[/]", "--", "\x00", "👟"])
    def test_nothing_found_says_what_to_try_and_is_exit_code_1(self, ask, query):
        outcome = ask("find", "--top", 3, "--", query)
        assert (outcome.code, outcome.err) == (1, "")
        assert outcome.out == "no such sneaker in the catalogue; try fewer words, or fewer filters\n"

    def test_filters_that_nothing_passes(self, ask):
        outcome = ask("find", "navy", "--brand", "nobody")
        assert outcome.code == 1
        assert "fewer filters" in outcome.out

    @pytest.mark.parametrize("arguments", [(), ("navy", "low")])
    def test_the_words_are_one_argument(self, ask, arguments):
        outcome = ask("find", *arguments)
        assert outcome.code == 2
        assert "Usage: sneakers find" in outcome.err


class TestBundle:
    def test_without_one_a_line_says_what_to_do(self, sneakers, tmp_path):
        outcome = sneakers("--workspace", tmp_path, "find", "navy", "--json")
        assert outcome.failed_in_one_line(1, "bundle.json", "no bundle here", "dvc repro")
        assert outcome.out == ""

    def test_a_damaged_one_is_one_line(self, sneakers, tiny, tmp_path):
        bundle = shutil.copytree(tiny.workspace.bundle, Workspace(tmp_path).bundle)
        (bundle / "words.npz").write_bytes(b"no words")
        outcome = sneakers("--workspace", tmp_path, "find", "navy")
        assert outcome.failed_in_one_line(1, "words.npz", "run `sneakers bundle`")

    def test_it_alone_is_enough(self, sneakers, tiny, tmp_path):
        shutil.copytree(tiny.workspace.bundle, Workspace(tmp_path).bundle)
        assert sneakers("--workspace", tmp_path, "find", "navy").code == 0


class TestProcess:
    def test_a_terminal_that_has_no_cyrillic(self, tiny, tmp_path):
        ask = ("--workspace", tiny.root, "find", "красные corvane", "--json", "--top", 1)
        outcome = run_process(*ask, cwd=tmp_path, PYTHONIOENCODING="ascii")
        assert (outcome.code, outcome.err) == (0, "")
        assert outcome.out.isascii()
        assert answer(outcome)["query"] == "красные corvane"

    def test_words_that_are_not_utf8(self, tiny, tmp_path):
        outcome = run_process("--workspace", tiny.root, "find", "navy \udcff", "--json", "--top", 1, cwd=tmp_path)
        assert (outcome.code, outcome.err) == (0, "")
        assert answer(outcome)["query"] == "navy \udcff"
