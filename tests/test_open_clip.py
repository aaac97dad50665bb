"""A CLIP as the text tower, from photos to answers, with a tiny random model; truth is what open_clip itself says."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import open_clip
import pytest
import torch
import yaml

from sneakers_ml import images
from sneakers_ml.cli.app import app
from sneakers_ml.errors import BundleError, ParamsError
from sneakers_ml.features.extractor import load_extractor, open_extractor
from sneakers_ml.files import file_sha256
from sneakers_ml.serving.brand_classifier import Query
from sneakers_ml.serving.describer import PhotoDescriber
from sneakers_ml.serving.finder import Finder
from sneakers_ml.serving.manifest import verify
from sneakers_ml.text.clip import ClipTower
from sneakers_ml.text.lexicon import lexicon
from sneakers_ml.text.search import WordIndex, WordSearch
from sneakers_ml.text.spec import read_text_spec
from sneakers_ml.text.tower import open_tower
from sneakers_ml.text.training.photos import CaptionedPhotos
from sneakers_ml.workspace.paths import Workspace
from tests.support.command import run_here, run_without
from tests.support.tinyclip import CONTEXT, NAME, another_model, register_tiny_clip
from tests.test_architecture import HEAVY

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """The model and the file of its weights."""
    folder = tmp_path_factory.mktemp("clip")
    register_tiny_clip(folder)
    made = another_model(3)
    torch.save(made.state_dict(), folder / "mine.pt")
    return made, folder / "mine.pt"


@pytest.fixture(scope="module")
def workspace(tiny, model, tmp_path_factory):
    """The tiny workspace with that model for a text tower."""
    made = tiny.copy(tmp_path_factory.mktemp("tower") / "workspace")
    params = yaml.safe_load(made.params.read_text(encoding="utf-8"))
    params["embed"]["open_clip"] = {"model": NAME, "weights": str(model[1])}
    params["text"] = {"tower": "open_clip", "weight": 0.25}
    made.params.write_text(yaml.safe_dump(params), encoding="utf-8")
    for stage in (["embed", "open_clip"], ["text"], ["bundle"]):
        app(["--workspace", str(made.root), *stage], standalone_mode=False)
    return made


def of_sentences(model, *sentences):
    """The unit vectors that open_clip itself gives."""
    ids = open_clip.get_tokenizer(NAME)(list(sentences))
    with torch.inference_mode():
        return model[0].encode_text(ids, normalize=True).numpy()


class TestStage:
    def test_the_spec_and_the_files_say_which_tower_it_is(self, workspace):
        spec = read_text_spec(workspace.text)
        assert (spec.tower, spec.dim, spec.weight) == ("open_clip", 32, 0.25)
        assert [part.name for part in spec.parts] == ["efficientnet_lite0", "colours", "open_clip"]
        assert {file.name for file in workspace.text.iterdir()} == {*spec.files, "text.json"}
        assert "tokenizer.json" in spec.files
        for name, source in (("tower.onnx", "text.onnx"), ("tokenizer.json", "tokenizer.json")):
            assert file_sha256(workspace.text / name) == file_sha256(workspace.extractor("open_clip") / source)

    def test_photos_lie_where_the_extractor_puts_them(self, workspace):
        stored = np.load(workspace.text / "text_vectors.npy").astype(np.float32)
        photos = CaptionedPhotos.read(workspace, lexicon(), "open_clip")
        rows = np.load(workspace.features / "open_clip.npy")
        ids = json.loads((workspace.features / "open_clip.json").read_text())["photo_ids"]
        np.testing.assert_allclose(stored, rows[[ids.index(one) for one in photos.rows["photo_id"]]], atol=1e-3)

    def test_the_floor_is_of_whole_titles(self, workspace, model):
        photos = CaptionedPhotos.read(workspace, lexicon(), "open_clip")
        places = photos.side("val")
        stored = np.load(workspace.text / "text_vectors.npy").astype(np.float32)[places]
        titles = [f"{row.brand} {row.title}" for row in photos.rows.iloc[places].itertuples()]
        sentences = [" ".join("".join(c if c.isalnum() else " " for c in title).split()) for title in titles]
        cosines = (of_sentences(model, *sentences) * stored).sum(axis=1)
        assert read_text_spec(workspace.text).floor == pytest.approx(np.quantile(cosines, 0.05), abs=1e-3)

    def test_where_the_brand_model_is_of_the_same_extractor_it_is_no_second_part(self, workspace, tmp_path):
        shutil.copytree(
            workspace.root, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("serving", "images")
        )
        other = Workspace(tmp_path)
        choice = json.loads(other.choice.read_text())
        other.choice.write_text(json.dumps(choice | {"extractor": "open_clip"}))
        photos = CaptionedPhotos.read(other, lexicon(), "open_clip")
        assert [spec.name for spec in photos.specs] == ["open_clip", "colours"]
        assert photos.inputs.shape[1] == 32 + photos.measured.shape[1]


class TestProblems:
    def read(self, workspace, tower):
        with pytest.raises(ParamsError, match=r"^params\.yaml: text\.tower: ") as caught:
            CaptionedPhotos.read(workspace, lexicon(), tower)
        return str(caught.value)

    def test_without_its_vectors_it_says_how_to_make_them(self, tiny):
        message = self.read(tiny.workspace, "open_clip")
        assert "add that to embed.names and run `dvc repro`, or run `sneakers embed open_clip`" in message

    def test_another_name_is_refused(self, tiny):
        assert self.read(tiny.workspace, "siglip").endswith("there is no 'siglip'; choose from ngrams, open_clip")

    def test_an_untrained_network_is_told_of_in_one_line(self, workspace, tmp_path, capsys):
        other = Workspace(tmp_path / "ws")
        ignored = shutil.ignore_patterns("serving", "images", "brand")
        shutil.copytree(workspace.root, other.root, ignore=ignored)
        spec = other.extractor("open_clip") / "extractor.json"
        spec.write_text(json.dumps(json.loads(spec.read_text()) | {"weights": "random"}))
        outcome = run_here(capsys, "--workspace", other.root, "text")
        assert (outcome.code, outcome.err) == (
            0,
            "Warning: the network open_clip is untrained, so words will not find photos\n",
        )

    @pytest.mark.parametrize("name", ["tokenizer.json", "photo_open_clip.onnx", "tower.onnx"])
    def test_a_bundle_without_a_part_is_refused(self, workspace, tmp_path, name):
        bundle = shutil.copytree(workspace.bundle, tmp_path / "serving")
        (bundle / name).unlink()
        with pytest.raises(BundleError, match=rf"{name}: missing; run `sneakers bundle`$"):
            Finder.load(bundle)

    def test_a_bundle_that_does_not_list_the_tokenizer_is_refused(self, workspace, tmp_path):
        bundle = shutil.copytree(workspace.bundle, tmp_path / "serving")
        manifest = json.loads((bundle / "bundle.json").read_text())
        del manifest["files"]["tokenizer.json"]
        (bundle / "bundle.json").write_text(json.dumps(manifest))
        with pytest.raises(BundleError, match=r"bundle\.json: does not list tokenizer\.json; run `sneakers bundle`$"):
            verify(bundle)

    def test_a_tower_that_this_version_does_not_know_is_refused(self, workspace):
        spec = read_text_spec(workspace.text).model_copy(update={"tower": "later"})
        with pytest.raises(BundleError, match=r"there is no text tower 'later'; run `sneakers text`"):
            open_tower(spec, workspace.text)

    @pytest.mark.parametrize("content", [b"", b"{}", b"no JSON"])
    def test_a_damaged_tokenizer_is_one_line(self, workspace, tmp_path, content):
        (tmp_path / "tokenizer.json").write_bytes(content)
        with pytest.raises(BundleError, match=r"tokenizer\.json: missing or damaged; rebuild it$"):
            ClipTower.open(workspace.text / "tower.onnx", tmp_path / "tokenizer.json")

    @pytest.mark.parametrize(
        ("library", "command"),
        [
            ("tokenizers", ["find", "navy"]),
            ("tokenizers", ["predict", "none.jpg"]),
            ("open_clip", ["embed", "open_clip"]),
        ],
    )
    def test_without_a_library_the_command_line_names_the_extra(self, workspace, library, command):
        outcome = run_without(library, "--workspace", workspace.root, *command)
        assert outcome.failed_in_one_line(2, f"{library} is not installed", "pip install 'sneakers-ml[clip]'")


@pytest.fixture(scope="module")
def tower(workspace):
    return open_tower(read_text_spec(workspace.text), workspace.text, threads=1)


class TestTower:
    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("Arvo Drift 'Navy/Cream'", "arvo drift navy cream"),
            ("runners by ARVO", "runners by arvo"),  # words, not stems
            ("синие низкие найк", "blue low top nike"),
            ("нью баланс беговые кроссовки", "new balance running shoe"),
            ("arvo drift AR1212200", "arvo drift"),  # a code says nothing of a look
            ("Björk’s café", "björk café"),
            ("word " * 40, "word " * 40),
            ("", ""),
        ],
    )
    def test_it_reads_what_was_said_in_english(self, tower, model, text, sentence):
        expected = of_sentences(model, sentence)
        for _ in range(2):  # computed, and remembered
            np.testing.assert_allclose(tower.vectors([lexicon().read(text)]), expected, atol=1e-5)

    def test_a_sentence_may_be_longer_than_its_context(self, tower):
        long, longer = (lexicon().read("word " * count) for count in (CONTEXT, 3 * CONTEXT))
        np.testing.assert_array_equal(*tower.vectors([long, longer]))

    @pytest.mark.parametrize("count", [0, 1, 2, 5])
    def test_any_number_of_texts(self, tower, count):
        texts = [lexicon().read(text) for text in ("arvo", "brisko red", "corvane", "navy low", "")[:count]]
        rows = tower.vectors(texts)
        assert (rows.shape, rows.dtype) == ((count, 32), np.float32)
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), np.ones(count), atol=1e-5)

    def test_threads_get_what_one_would(self, workspace, tower):
        texts = [lexicon().read(f"arvo {colour} {number}") for colour in ("red", "navy") for number in range(20)]
        fresh = open_tower(read_text_spec(workspace.text), workspace.text, threads=1)
        with ThreadPoolExecutor(4) as pool:
            rows = list(pool.map(lambda text: fresh.vectors([text])[0], texts * 3))
        np.testing.assert_allclose(rows, np.tile(tower.vectors(texts), (3, 1)), atol=1e-6)


ASKED = (
    "import json, sys; from sneakers_ml.cli.app import app; app(sys.argv[1:], standalone_mode=False);"
    "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
)


class TestAnswers:
    def ask(self, workspace, *command):
        """The answer, in a process of its own, which must load nothing that trains."""
        arguments = [sys.executable, "-c", ASKED, "--workspace", str(workspace.root), *map(str, command), "--json"]
        result = subprocess.run(arguments, capture_output=True, text=True, check=True)
        answer, loaded = map(json.loads, result.stdout.splitlines())
        assert HEAVY & set(loaded) == set()
        assert "tokenizers" in loaded
        return answer

    def test_found_are_words_plus_the_weight_times_the_models_own_cosine(self, workspace, model):
        answer = self.ask(workspace, "find", "синие brisko")
        vectors = np.load(workspace.text / "text_vectors.npy").astype(np.float32)
        owners = CaptionedPhotos.read(workspace, lexicon(), "open_clip").rows["product_id"].to_numpy(str)
        cosines = vectors @ of_sentences(model, "blue brisko")[0]
        search = WordSearch(WordIndex.load(workspace.text), lexicon())
        shares = dict(zip(np.unique(owners), search.scores(search.understand("синие brisko")), strict=True))
        assert len(answer["similar"]) == 10
        for match in answer["similar"]:
            best = cosines[owners == match["product_id"]].max()
            assert match["score"] == pytest.approx(shares[match["product_id"]] + 0.25 * best, abs=1e-3)

    def test_a_photos_brand_and_neighbours_are_those_of_the_bundle_with_ngrams(self, workspace, tiny, capsys):
        query = tiny.queries[0].path
        answer = self.ask(workspace, "predict", query)
        ngrams = json.loads(run_here(capsys, "--workspace", tiny.root, "predict", query, "--json").out)
        assert (answer["brands"], answer["similar"]) == (ngrams["brands"], ngrams["similar"])

    def test_models_are_those_whose_names_the_model_finds_near_enough(self, workspace, tiny, model):
        manifest = verify(workspace.bundle)
        query = Query(images.read(tiny.queries[0].path, longest_side=640))
        embedder = open_extractor(manifest.extractor, workspace.bundle / "embedder.onnx", threads=1)
        describer = PhotoDescriber.load(workspace.bundle, manifest.text, embedder, threads=1)
        names = ["Tidal", "Drift", "Glide Pro"]
        photo = query.vector(load_extractor(workspace.extractor("open_clip"), threads=1))[0]
        cosines = of_sentences(model, *(f"arvo {name}" for name in names)) @ photo
        near = {name: cosine for name, cosine in zip(names, cosines, strict=True) if cosine >= manifest.text.floor}
        said = describer.describe(query, [("arvo", name) for name in names]).models
        assert near
        assert {one.word: one.score for one in said} == pytest.approx(near, abs=1e-4)
