from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sneakers_ml import images
from sneakers_ml.serving.recognizer import Recognizer
from sneakers_ml.workspace.paths import Workspace
from tests.support.corpus import make_corpus, write_photo

KEYS = ["photo", "brand", "confidence", "known", "brands", "sneaker", "words", "similar"]
WORDS_KEYS = ["text", "colours", "kind", "models"]
SIMILAR_KEYS = ["product_id", "score", "title", "brand", "offers", "relation"]
OFFER_KEYS = ["shop", "url", "price", "currency"]


@pytest.fixture
def query(tiny):
    return tiny.queries[0].path


@pytest.fixture
def folder(tiny, tmp_path):
    """Four photos: two here (one hidden, so not counted), one in a folder below, and files that are no photos."""
    photos = tmp_path / "photos"
    (photos / "below").mkdir(parents=True)
    for source, name in zip(tiny.queries, ("b.jpg", "a.JPG", "below/c.jpeg", ".hidden.jpg"), strict=True):
        shutil.copyfile(source.path, photos / name)
    (photos / "notes.txt").write_text("no photo")
    return photos


def lines(outcome):
    return [json.loads(line) for line in outcome.out.splitlines()]


def trained(tiny):
    return sorted(folder.name for folder in tiny.workspace.brand_models.iterdir())


def check_contract(line, top=5):
    assert list(line) == KEYS
    assert [type(line[key]) for key in KEYS] == [str, str, float, bool, list, bool, dict, list]
    brands = line["brands"]
    assert all(list(brand) == ["brand", "confidence"] for brand in brands)
    assert {brand["brand"] for brand in brands} == {"arvo", "brisko", "corvane"}
    confidences = [brand["confidence"] for brand in brands]
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1, abs=1e-5)
    assert brands[0] == {"brand": line["brand"], "confidence": line["confidence"]}
    check_words(line)
    top = top if line["sneaker"] else 0
    assert len(line["similar"]) == top
    assert all(list(product) == SIMILAR_KEYS for product in line["similar"])
    assert all(list(offer) == OFFER_KEYS for product in line["similar"] for offer in product["offers"])
    scores = [product["score"] for product in line["similar"]]
    assert scores == sorted(scores, reverse=True)
    assert all(-1 <= score <= 1.001 for score in scores)
    assert len({product["product_id"] for product in line["similar"]}) == top


def check_words(line):
    words = line["words"]
    assert list(words) == WORDS_KEYS
    shown = words["colours"] + ([words["kind"]] if words["kind"] else [])
    assert all(list(word) == ["word", "score"] for word in shown + words["models"])
    assert all(0 < word["score"] <= 1 for word in shown)
    assert all(-1 <= word["score"] <= 1.001 for word in words["models"])
    assert all(word["word"].casefold() in words["text"].casefold() for word in shown + words["models"])
    assert line["sneaker"] or words == {"text": "", "colours": [], "kind": None, "models": []}


class TestJson:
    @pytest.mark.parametrize("command", ["predict", "similar"])
    def test_one_object_a_line_in_the_order_asked(self, ask, tiny, command):
        asked = [str(query.path) for query in reversed(tiny.queries)]
        outcome = ask(command, *asked, "--json")
        assert (outcome.code, outcome.err) == (0, "")
        answers = lines(outcome)
        assert [answer["photo"] for answer in answers] == asked
        for answer in answers:
            check_contract(answer)

    def test_it_is_what_the_recogniser_answers(self, ask, tiny, query):
        answer = Recognizer.load(tiny.workspace.bundle).answer(images.read(query, longest_side=1024), top=3)
        printed = lines(ask("predict", query, "--json", "--top", 3))[0]
        assert (printed["brand"], printed["known"]) == (answer.brand, answer.known)
        assert printed["confidence"] == pytest.approx(answer.confidence, abs=1e-4)
        assert [product["product_id"] for product in printed["similar"]] == [n.product_id for n in answer.neighbours]

    def test_words_are_what_the_recogniser_says(self, ask, tiny, query):
        words = Recognizer.load(tiny.workspace.bundle).answer(images.read(query, longest_side=1024)).words
        printed = lines(ask("predict", query, "--json"))[0]["words"]
        assert [colour["word"] for colour in printed["colours"]] == [colour.word for colour in words.colours]
        assert [model["word"] for model in printed["models"]] == [model.word for model in words.models]
        assert printed["models"][0]["score"] == pytest.approx(words.models[0].score, abs=1e-4)
        assert printed["kind"] is None  # no title of the tiny workspace's tells one

    def test_a_photo_that_cannot_be_read_has_its_reason_and_the_others_are_answered(self, ask, query, tmp_path):
        broken, missing = tmp_path / "broken.jpg", tmp_path / "missing.jpg"
        broken.write_bytes(b"no photo at all")
        outcome = ask("predict", query, broken, missing, query, "--json")
        assert outcome.code == 1
        first, second, third, fourth = lines(outcome)
        check_contract(first)
        assert second == {"photo": str(broken), "error": second["error"]}
        assert "not a photo in a known format" in second["error"]
        assert third == {"photo": str(missing), "error": "There is no such file. Check its name."}
        assert fourth == first

    def test_the_whole_corpus_of_odd_and_hostile_files(self, ask, tmp_path):
        cases = {str(case.path): case for case in make_corpus(tmp_path / "corpus")}
        outcome = ask("predict", tmp_path / "corpus", "--json", "--top", 1)
        assert outcome.code == 1
        answers = lines(outcome)
        assert [answer["photo"] for answer in answers] == sorted(cases)
        for answer in answers:
            case = cases[answer["photo"]]
            if case.readable:
                check_contract(answer, top=1)
            else:
                assert list(answer) == ["photo", "error"]
                assert case.reason in answer["error"]

    @pytest.mark.parametrize("top", [1, 48, 100])
    def test_top_is_how_many_similar(self, ask, query, top):
        assert len(lines(ask("similar", query, "--json", "--top", top))[0]["similar"]) == min(top, 48)


class TestPhotos:
    def test_folders_and_lists_stand_for_the_photos_in_them(self, ask, folder, query, tmp_path):
        (tmp_path / "list.txt").write_text(f"\ufeff{query}\n\n  {folder / 'below'}  \n", encoding="utf-8")
        outcome = ask("predict", folder, f"@{tmp_path / 'list.txt'}", "--json", "--top", 1)
        names = [str(folder / name) for name in ("a.JPG", "b.jpg", "below/c.jpeg")]
        assert [answer["photo"] for answer in lines(outcome)] == [*names, str(query), names[2]]
        assert outcome.code == 0

    @pytest.mark.parametrize("command", ["predict", "similar"])
    def test_no_photo_is_a_wrong_use(self, ask, command):
        outcome = ask(command)
        assert outcome.code == 2
        assert "Missing argument" in outcome.err

    def test_a_folder_without_photos_is_a_wrong_use(self, ask, tmp_path):
        (tmp_path / "empty").mkdir()
        assert ask("predict", tmp_path / "empty").failed_in_one_line(2, "no photos")

    def test_a_list_that_is_missing_is_a_wrong_use(self, ask):
        assert ask("predict", "@nowhere.txt").failed_in_one_line(2, "@nowhere.txt", "cannot be read")


class TestOptions:
    def test_brand(self, ask, query):
        similar = lines(ask("similar", query, "--json", "--brand", "Corvane", "--top", 50))[0]["similar"]
        assert [product["brand"] for product in similar] == ["corvane"] * 12

    def test_max_price_and_currency(self, ask, query, tiny):
        with (tiny.root / "demo" / "outlet.csv").open(encoding="utf-8", newline="") as file:
            cheap = {row["title"] for row in csv.DictReader(file) if float(row["price"]) <= 100}
        answer = lines(ask("similar", query, "--json", "--max-price", 100, "--currency", "EUR", "--top", 50))[0]
        assert {product["title"] for product in answer["similar"]} == cheap
        assert answer["brand"] == lines(ask("predict", query, "--json"))[0]["brand"]

    def test_min_price(self, ask, query, tiny):
        with (tiny.root / "demo" / "outlet.csv").open(encoding="utf-8", newline="") as file:
            prices = {row["title"]: float(row["price"]) for row in csv.DictReader(file)}
        options = ("--min-price", 100, "--max-price", 130, "--currency", "EUR", "--top", 50)
        shown = {product["title"] for product in lines(ask("similar", query, "--json", *options))[0]["similar"]}
        assert shown == {title for title, price in prices.items() if 100 <= price <= 130}
        assert 0 < len(shown) < len(prices)

    def test_colour(self, ask, query, tiny):
        products = pd.read_parquet(tiny.workspace.bundle / "products.parquet")
        red = {row.product_id for row in products.itertuples() if "red" in row.colours}
        similar = lines(ask("similar", query, "--json", "--colour", "Red", "--top", 100))[0]["similar"]
        everything = lines(ask("similar", query, "--json", "--top", 100))[0]["similar"]
        assert similar == [product for product in everything if product["product_id"] in red]
        assert 0 < len(similar) < len(everything)

    def test_an_unknown_colour_says_which_there_are(self, ask, query):
        outcome = ask("similar", query, "--colour", "красный")
        assert outcome.failed_in_one_line(2, "--colour красный: no such colour; there are black, white", "multicolour")

    def test_nothing_wanted_is_no_failure(self, ask, query):
        outcome = ask("similar", query, "--brand", "nobody", "--json")
        assert (outcome.code, lines(outcome)[0]["similar"]) == (0, [])
        assert "no such sneaker in the gallery" in ask("similar", query, "--brand", "nobody").out

    def test_another_model(self, ask, tiny):
        photos = [query.path for query in tiny.queries]
        own, other = ask("predict", *photos, "--json"), ask("predict", *photos, "--json", "--model", "hog-svm")
        assert other.code == 0
        for one, two in zip(lines(own), lines(other), strict=True):
            check_contract(two)
            assert one["similar"] == two["similar"]
        assert [one["brands"] for one in lines(own)] != [two["brands"] for two in lines(other)]

    def test_an_unknown_model_is_a_wrong_use_that_names_the_known_ones(self, ask, tiny, query):
        outcome = ask("predict", query, "--model", "sift-forest")
        assert outcome.failed_in_one_line(2, "sift-forest", ", ".join(trained(tiny)))

    @pytest.mark.parametrize(
        "wrong", [("--top", "0"), ("--top", "x"), ("--max-price", "-1"), ("--min-price", "-1"), ("--colour", "rde")]
    )
    def test_wrong_values_are_a_wrong_use(self, ask, query, wrong):
        outcome = ask("similar", query, *wrong)
        assert outcome.code == 2
        assert wrong[0] in outcome.err

    @pytest.mark.parametrize(
        ("name", "kind"), [("a.jpg", "JPEG"), ("a.JPEG", "JPEG"), ("a.png", "PNG"), ("a.webp", "WEBP"), ("a", "JPEG")]
    )
    def test_draw_saves_a_picture_of_the_kind_that_its_name_says(self, ask, query, tmp_path, name, kind):
        outcome = ask("predict", query, "--draw", tmp_path / "new" / name, "--top", 3)
        assert outcome.code == 0
        with Image.open(tmp_path / "new" / name) as picture:
            assert picture.format == kind
            assert picture.width > 4 * 260

    @pytest.mark.parametrize("name", ["a.gif", "a.tiff", "a.txt"])
    def test_draw_to_another_kind_is_a_wrong_use(self, ask, query, tmp_path, name):
        outcome = ask("predict", query, "--draw", tmp_path / name)
        assert outcome.failed_in_one_line(2, name, ".jpg", ".png", ".webp")
        assert (outcome.out, list(tmp_path.iterdir())) == ("", [])

    def test_draw_draws_one_photo(self, ask, query, tmp_path):
        assert ask("predict", query, query, "--draw", tmp_path / "x.jpg").failed_in_one_line(2, "--draw")

    def test_a_picture_that_cannot_be_saved_is_one_line(self, ask, query, tmp_path):
        outcome = ask("predict", query, "--draw", tmp_path)
        assert outcome.failed_in_one_line(1, str(tmp_path.name))


class TestAllModels:
    @pytest.fixture
    def mine(self, tiny, tmp_path):
        """The tiny workspace's models and bundle to spoil: two models of HOG, one of lite0 that is said untrained."""
        workspace = Workspace(tmp_path / "mine")
        shutil.copytree(tiny.workspace.bundle, workspace.bundle)
        for name in ("hog", "efficientnet_lite0"):
            shutil.copytree(tiny.workspace.extractor(name), workspace.extractor(name))
            shutil.copytree(tiny.workspace.brand_model(f"{name}-svm"), workspace.brand_model(f"{name}-svm"))
        shutil.copytree(workspace.brand_model("hog-svm"), workspace.brand_model("hog-again"))
        spec = workspace.extractor("efficientnet_lite0") / "extractor.json"
        spec.write_text(json.dumps(json.loads(spec.read_text()) | {"weights": "random"}))
        return workspace

    @pytest.fixture
    def ask_mine(self, sneakers, mine):
        return lambda *arguments: sneakers("--workspace", mine.root, *arguments)

    def test_json_has_the_usual_answer_and_every_model_says_what_it_says_alone(self, ask, tiny, query):
        usual, printed = (lines(ask("predict", query, "--json", *more))[0] for more in ((), ("--all-models",)))
        models = printed.pop("models")
        assert printed == usual
        assert list(models) == trained(tiny)
        for name in ("hog-svm", "efficientnet_lite0-svm"):
            alone = lines(ask("predict", query, "--json", "--model", name))[0]
            threshold = json.loads((tiny.workspace.brand_model(name) / "model.json").read_text())["unknown_threshold"]
            assert list(models[name]) == ["brand", "confidence", "known", "brands"]
            assert {key: models[name][key] for key in ("brand", "confidence", "brands")} == {
                key: alone[key] for key in ("brand", "confidence", "brands")
            }
            assert models[name]["known"] is (alone["confidence"] >= threshold)

    def test_an_untrained_extractor_is_said_to_be_one(self, ask_mine, query):
        models = lines(ask_mine("predict", query, "--all-models", "--json"))[0]["models"]
        assert {name: model.get("untrained") for name, model in models.items()} == {
            "efficientnet_lite0-svm": True,
            "hog-again": None,
            "hog-svm": None,
        }
        shown = ask_mine("predict", query, "--all-models").out
        assert shown.count("(untrained)") == 1
        assert shown.index("efficientnet_lite0-svm") < shown.index("(untrained)") < shown.index("hog-again")

    def test_people_see_the_bundles_line_then_a_table_of_models_then_similar_sneakers(self, ask_mine, query):
        outcome = ask_mine("predict", query, "--all-models", "--top", 2)
        assert (outcome.code, outcome.err) == (0, "")
        places = [outcome.out.index(word) for word in (str(query), "Arvo", "hog-again", "hog-svm", "similarity")]
        assert places == sorted(places)
        row = next(line for line in outcome.out.splitlines() if "hog-svm" in line)
        _, name, brand, confidence, known, following, _ = (cell.strip() for cell in row.split("│"))
        model = lines(ask_mine("predict", query, "--all-models", "--json"))[0]["models"]["hog-svm"]
        first, second = model["brands"][:2]
        assert (name, brand) == ("hog-svm", first["brand"].capitalize())
        assert confidence == f"{round(100 * first['confidence'])} %"
        assert known == ("yes" if model["known"] else "no")
        assert following == f"{second['brand'].capitalize()} {round(100 * second['confidence'])} %"

    def test_damaged_models_are_named_and_the_others_answer(self, ask_mine, mine, query):
        (mine.brand_model("hog-again") / "model.onnx").write_bytes(b"no graph")
        (mine.extractor("efficientnet_lite0") / "extractor.json").unlink()
        outcome = ask_mine("predict", query, query, "--all-models", "--json")
        assert outcome.code == 0
        assert [list(line["models"]) for line in lines(outcome)] == [["hog-svm"], ["hog-svm"]]
        first, second = outcome.err.splitlines()
        assert first.startswith("efficientnet_lite0-svm is left out: ")
        assert "`sneakers embed efficientnet_lite0`" in first
        assert second.startswith("hog-again is left out: ")
        assert "train the model again" in second

    def test_no_model_left_is_one_line(self, ask_mine, mine, query):
        for folder in mine.brand_models.iterdir():
            (folder / "model.json").write_text("{")
        outcome = ask_mine("predict", query, "--all-models")
        assert outcome.failed_in_one_line(1, "none of the 3 trained models can be used", "efficientnet_lite0-svm")

    def test_no_model_trained_is_a_wrong_use(self, sneakers, query, tmp_path):
        outcome = sneakers("--workspace", tmp_path, "predict", query, "--all-models")
        assert outcome.failed_in_one_line(2, "no model is trained yet", "sneakers train")

    def test_without_a_bundle_the_models_still_answer(self, ask_mine, mine, query, tmp_path):
        shutil.rmtree(mine.bundle)
        outcome = ask_mine("predict", query, tmp_path / "missing.jpg", "--all-models", "--json")
        answered, missing = lines(outcome)
        assert (list(answered), list(missing)) == (["photo", "models"], ["photo", "error"])
        assert outcome.code == 1  # for the photo that is missing
        assert "no bundle yet, so no similar sneakers" in outcome.err
        shown = ask_mine("predict", query, "--all-models")
        assert (shown.code, "hog-svm" in shown.out, "similarity" in shown.out) == (0, True, False)
        drawn = ask_mine("predict", query, "--all-models", "--draw", tmp_path / "x.jpg")
        assert drawn.failed_in_one_line(1, "no bundle here")

    def test_a_damaged_bundle_is_the_usual_failure(self, ask_mine, mine, query):
        (mine.bundle / "index.faiss").write_bytes(b"no index")
        assert ask_mine("predict", query, "--all-models").failed_in_one_line(1, "index.faiss")

    def test_one_model_and_all_models_is_a_wrong_use(self, ask, query):
        outcome = ask("predict", query, "--all-models", "--model", "hog-svm")
        assert outcome.failed_in_one_line(2, "--model", "--all-models")


class TestForPeople:
    def test_brand_products_offers_and_links(self, ask, query):
        outcome = ask("predict", query, "--top", 2)
        assert (outcome.code, outcome.err) == (0, "")
        assert str(query) in outcome.out
        for words in ("Arvo", "RUB at", "EUR at", "https://demo"):
            assert words in outcome.out

    def test_the_photo_in_words_below_its_brand(self, ask, tiny):
        photos = [query.path for query in tiny.queries]
        shown = ask("predict", *photos, "--top", 1).out.splitlines()
        texts = [line["words"]["text"] for line in lines(ask("predict", *photos, "--json", "--top", 1))]
        for photo, text in zip(photos, texts, strict=True):
            place = shown.index(str(photo))
            assert shown[place + 2] == f"  {text}"
        assert any("most like" in text for text in texts)

    @pytest.mark.parametrize(
        "name", ["[red]shoe[/red].jpg", "shoe[/].jpg", "[link=x].jpg", "кроссовок.jpg", "-%s{}.jpg", ":shoe: :100:.jpg"]
    )
    def test_any_name_of_a_photo_is_shown_as_it_is(self, ask, query, tmp_path, name):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(query, tmp_path / name)
        outcome = ask("predict", tmp_path / name, "--top", 1)
        assert outcome.code == 0
        assert str(tmp_path / name) in outcome.out

    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("esc\x1b[31mred\x1b]0;title\a.jpg", r"esc\x1b[31mred\x1b]0;title\x07.jpg"),
            ("new\nline\u2028\u202e.jpg", r"new\nline\u2028\u202e.jpg"),
        ],
    )
    def test_no_name_of_a_photo_moves_the_terminal(self, ask, query, tmp_path, name, shown):
        shutil.copyfile(query, tmp_path / name)
        outcome = ask("predict", tmp_path / name, tmp_path / f"no {name}", "--top", 1)
        assert f"{tmp_path}/{shown}\n" in outcome.out
        assert outcome.err.startswith(f"{tmp_path}/no {shown}: ")
        printed = ask("predict", tmp_path / name, "--json", "--top", 1)
        assert json.loads(printed.out)["photo"] == str(tmp_path / name)
        for text in (outcome.out, outcome.err, printed.out):
            assert not set("\x1b\a\u2028\u202e") & set(text)

    def test_words_of_shops_are_harmless_too(self, sneakers, tiny, query, tmp_path):
        bundle = shutil.copytree(tiny.workspace.bundle, Workspace(tmp_path).bundle)
        products = pd.read_parquet(bundle / "products.parquet")
        products.assign(title=":shoe: [red]\x1b[31m\n\u202e").to_parquet(bundle / "products.parquet")
        manifest = json.loads((bundle / "bundle.json").read_text())
        manifest["files"]["products.parquet"] = hashlib.sha256((bundle / "products.parquet").read_bytes()).hexdigest()
        (bundle / "bundle.json").write_text(json.dumps(manifest))
        shown = sneakers("--workspace", tmp_path, "similar", query, "--top", 1).out
        for word in (":shoe:", "[red]", r"\x1b"):  # a narrow table folds the title
            assert word in shown
        assert not set("\x1b\u202e") & set(shown)

    def test_titles_in_capitals_are_shown_in_title_case_and_stay_the_shops_in_json(
        self, sneakers, tiny, query, tmp_path
    ):
        bundle = shutil.copytree(tiny.workspace.bundle, Workspace(tmp_path).bundle)
        products = pd.read_parquet(bundle / "products.parquet")
        products.assign(title="HOLLIN LOW LV8 CORAL/TAN").to_parquet(bundle / "products.parquet")
        manifest = json.loads((bundle / "bundle.json").read_text())
        manifest["files"]["products.parquet"] = hashlib.sha256((bundle / "products.parquet").read_bytes()).hexdigest()
        (bundle / "bundle.json").write_text(json.dumps(manifest))
        shown = sneakers("--workspace", tmp_path, "similar", query, "--top", 1).out
        for word in ("Hollin", "Low", "LV8", "Coral/Tan"):  # a narrow table folds the title
            assert word in shown
        (printed,) = lines(sneakers("--workspace", tmp_path, "similar", query, "--top", 1, "--json"))
        assert printed["similar"][0]["title"] == "HOLLIN LOW LV8 CORAL/TAN"

    def test_a_reason_goes_to_standard_error(self, ask, query, tmp_path):
        outcome = ask("predict", tmp_path / "missing.jpg", query, "--top", 1)
        assert outcome.code == 1
        assert outcome.err == f"{tmp_path / 'missing.jpg'}: There is no such file. Check its name.\n"
        assert str(query) in outcome.out


class TestVectors:
    def test_files_and_unit_rows(self, ask, tiny, tmp_path):
        photos = [str(query.path) for query in tiny.queries]
        outcome = ask("vectors", *photos, "--out", tmp_path / "out" / "v.npz")
        assert (outcome.code, outcome.err) == (0, "")
        with np.load(tmp_path / "out" / "v.npz") as saved:
            assert sorted(saved) == ["files", "vectors"]
            assert saved["files"].tolist() == photos
            assert (saved["vectors"].shape, saved["vectors"].dtype) == ((4, 1280), np.float32)
            np.testing.assert_allclose(np.linalg.norm(saved["vectors"], axis=1), 1, atol=1e-5)
            expected = Recognizer.load(tiny.workspace.bundle).vector(
                images.read(tiny.queries[2].path, longest_side=1024)
            )
            np.testing.assert_allclose(saved["vectors"][2], expected, atol=1e-5)

    def test_into_a_pipe_and_through_a_link(self, ask, query, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "link.npz").symlink_to("v.npz")
        with ThreadPoolExecutor() as pool:
            read = pool.submit((tmp_path / "pipe").read_bytes)
            assert ask("vectors", query, "--out", tmp_path / "pipe").code == 0
            with np.load(io.BytesIO(read.result())) as piped:
                assert piped["vectors"].shape == (1, 1280)
        assert (tmp_path / "pipe").is_fifo()
        assert ask("vectors", query, "--out", tmp_path / "link.npz").code == 0
        assert (tmp_path / "link.npz").is_symlink()
        with np.load(tmp_path / "v.npz") as saved:
            assert saved["files"].tolist() == [str(query)]

    def test_a_file_that_cannot_be_written_is_named_as_it_was_given(self, ask, query, tmp_path):
        (tmp_path / "plain").touch()
        outcome = ask("vectors", query, "--out", tmp_path / "plain" / "v.npz")
        assert outcome.failed_in_one_line(1, f"{tmp_path / 'plain' / 'v.npz'}: Not a directory")

    def test_photos_that_cannot_be_read_are_left_out_and_named(self, ask, query, tmp_path):
        broken = write_photo(tmp_path / "broken.jpg")
        broken.write_bytes(broken.read_bytes()[:300])
        outcome = ask("vectors", broken, query, "--out", tmp_path / "v.npz")
        assert outcome.code == 1
        assert outcome.err.startswith(f"{broken}: ")
        with np.load(tmp_path / "v.npz") as saved:
            assert saved["files"].tolist() == [str(query)]

    def test_no_vector_at_all_is_an_empty_table(self, ask, tmp_path):
        assert ask("vectors", tmp_path / "missing.jpg", "--out", tmp_path / "v.npz").code == 1
        with np.load(tmp_path / "v.npz") as saved:
            assert saved["vectors"].shape == (0, 1280)
            assert saved["files"].shape == (0,)

    def test_out_is_needed(self, ask, query):
        outcome = ask("vectors", query)
        assert outcome.code == 2
        assert "--out" in outcome.err


@pytest.mark.parametrize("command", [("predict",), ("similar",), ("vectors", "--out", "v.npz")])
def test_without_a_bundle_one_line_says_what_to_do(sneakers, query, tmp_path, command):
    outcome = sneakers("--workspace", tmp_path, command[0], query, *command[1:])
    assert outcome.failed_in_one_line(1, "bundle.json", "no bundle here", "dvc repro")
    assert outcome.out == ""
