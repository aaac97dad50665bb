from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import onnx
import open_clip
import pytest
import torch
from safetensors.torch import save_model

from sneakers_ml.embedding.open_clip import OpenClipParams, prepare
from sneakers_ml.errors import DataError, ParamsError, ParityError
from sneakers_ml.features.extractor import Context, load_extractor
from sneakers_ml.files import file_sha256
from sneakers_ml.inference.session import OPSET, OnnxSession
from sneakers_ml.workspace.paths import PROJECT_ROOT
from tests.support.corpus import draw_shoe
from tests.support.tinyclip import CONTEXT, NAME, another_model, register_tiny_clip

TEXTS = ["nike air max", "blue", "", "puma " * 30, "red suede"]


@pytest.fixture(scope="module", autouse=True)
def known(tmp_path_factory):
    register_tiny_clip(tmp_path_factory.mktemp("config"))


def make(folder, warnings=None, **settings):
    folder.mkdir(exist_ok=True)
    context = Context(folder.parent, warnings=[] if warnings is None else warnings)
    spec = prepare(OpenClipParams(model=NAME, **settings), folder, context)
    spec.save(folder)
    return spec


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A model and a file of its weights."""
    model, file = another_model(7), tmp_path_factory.mktemp("published") / "mine.pt"
    torch.save({"epoch": 3, "state_dict": model.state_dict()}, file)
    return model, file


@pytest.fixture(scope="module")
def made(published, tmp_path_factory):
    folder = tmp_path_factory.mktemp("extractors") / "open_clip"
    return make(folder, weights=str(published[1])), folder


def unit(rows):
    return torch.nn.functional.normalize(rows, dim=1).detach().numpy()


class TestGraphs:
    @pytest.mark.parametrize("count", [1, 2, 5])
    def test_photos_get_the_vectors_of_open_clips_own_model(self, published, made, count):
        photos = np.random.default_rng(count).normal(size=(count, 3, 32, 32)).astype(np.float32)
        rows = OnnxSession(made[1] / "model.onnx", threads=1).run(photos)
        np.testing.assert_allclose(rows, unit(published[0].encode_image(torch.from_numpy(photos))), atol=1e-5)

    @pytest.mark.parametrize("count", [1, 2, 5])
    def test_texts_do_too(self, published, made, count):
        ids = open_clip.get_tokenizer(NAME)(TEXTS[:count])
        rows = OnnxSession(made[1] / "text.onnx", threads=1).run(ids.numpy())
        np.testing.assert_allclose(rows, unit(published[0].encode_text(ids)), atol=1e-5)

    @pytest.mark.parametrize(("name", "rest"), [("model.onnx", [3, 32, 32]), ("text.onnx", [CONTEXT])])
    def test_a_graph_is_one_file_of_the_promised_opset_with_a_free_first_axis(self, made, name, rest):
        model = onnx.load(made[1] / name)
        onnx.checker.check_model(model)
        assert [opset.version for opset in model.opset_import if opset.domain == ""] == [OPSET]
        first, *others = model.graph.input[0].type.tensor_type.shape.dim
        assert first.dim_param
        assert [axis.dim_value for axis in others] == rest
        content = (made[1] / name).read_bytes()
        assert str(PROJECT_ROOT).encode() not in content
        assert b"site-packages" not in content

    def test_the_folder_holds_both_encoders_and_the_tokenizer(self, made):
        files = {file.name for file in made[1].iterdir()}
        assert files == {"extractor.json", "model.onnx", "text.onnx", "tokenizer.json"}

    def test_a_shoe_is_scaled_as_the_model_was_trained(self, made):
        spec, folder = made
        assert spec.settings["side"] == 32
        assert spec.settings["mean"] == pytest.approx([255 * share for share in open_clip.OPENAI_DATASET_MEAN])
        assert spec.settings["std"] == pytest.approx([255 * share for share in open_clip.OPENAI_DATASET_STD])
        assert (spec.dim, spec.kind, spec.graph_sha256) == (32, "onnx", file_sha256(folder / "model.onnx"))
        rows = load_extractor(folder, threads=1).transform([draw_shoe(), draw_shoe(48, 96, seed=1)])
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)

    def test_a_graph_that_cannot_be_proved_is_not_kept(self, published, tmp_path):
        state = published[0].state_dict()
        broken = state | {"visual.proj": torch.full_like(state["visual.proj"], torch.nan)}
        torch.save(broken, tmp_path / "mine.pt")
        with pytest.raises(
            ParityError, match=r"model\.onnx: the exported network differs from open_clip's by up to nan"
        ):
            make(tmp_path / "open_clip", weights=str(tmp_path / "mine.pt"))


class TestRandom:
    def test_it_is_the_same_to_the_byte_whatever_happened_before(self, tmp_path):
        for name in ("one", "two"):
            torch.manual_seed(len(list(tmp_path.iterdir())))
            before = torch.random.get_rng_state()
            assert make(tmp_path / name, weights="random").weights == "random"
            assert torch.equal(torch.random.get_rng_state(), before)
        for file in (tmp_path / "one").iterdir():
            assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes(), file.name


class TestFile:
    def test_its_name_and_hash_are_told(self, published, made):
        assert made[0].weights == f"file mine.pt {file_sha256(published[1])[:12]}"

    def test_a_missing_one_is_named(self, tmp_path):
        with pytest.raises(DataError, match=r"^embed\.open_clip\.weights: there is no file .*gone\.pt; name a file"):
            make(tmp_path / "open_clip", weights=str(tmp_path / "gone.pt"))

    @pytest.mark.parametrize("content", [b"", b"no weights"])
    def test_a_damaged_one_is_one_line(self, tmp_path, content):
        (tmp_path / "mine.pt").write_bytes(content)
        self.refused(tmp_path)

    def test_one_of_another_model_is_one_line(self, tmp_path):
        torch.save({"weight": torch.zeros(3)}, tmp_path / "mine.pt")
        self.refused(tmp_path)

    def test_nothing_in_it_is_executed(self, tmp_path):
        torch.save({"state_dict": Path("whole object")}, tmp_path / "mine.pt")
        self.refused(tmp_path)

    def refused(self, folder):
        with pytest.raises(DataError, match=rf"mine\.pt holds no weights of {NAME} \(.*\); name others$") as caught:
            make(folder / "open_clip", weights=str(folder / "mine.pt"))
        assert "\n" not in str(caught.value)
        assert not (folder / "open_clip" / "model.onnx").exists()


class Shop(SimpleHTTPRequestHandler):
    """The files of a folder, and one that is no HTTP."""

    def do_GET(self):
        if self.path == "/garbled.pt":
            self.wfile.write(b"no\x0bHTTP\r\n")
            self.close_connection = True
        else:
            super().do_GET()

    def log_message(self, *_):
        pass


@contextmanager
def serving(folder):
    """Its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Shop, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def fill_cache(cache, model):
    """The hub's own layout."""
    folder, commit = cache / "models--some--one", "0" * 40
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text(commit)
    (folder / "snapshots" / commit).mkdir(parents=True)
    save_model(model, folder / "snapshots" / commit / "open_clip_model.safetensors")


@pytest.fixture(scope="module")
def fetched(published, tmp_path_factory):
    """What a process with a home of its own made of published weights, by tag, and where."""
    home, files = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("files")
    (files / "mlfoundations").mkdir()
    for name in ("mine.pt", "mlfoundations/mine-00000000.pt"):
        shutil.copy(published[1], files / name)
    fill_cache(home / "hub", published[0])
    with serving(files) as address, socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # and does not listen
        closed = f"http://127.0.0.1:{silent.getsockname()[1]}"
        scaling = {"mean": (0.5, 0.5, 0.5), "std": (0.25, 0.5, 0.75), "quick_gelu": True}
        weights = {
            "served": {"url": f"{address}/mine.pt"} | scaling,
            "kept": {"url": f"{closed}/mine.pt"},
            "missing": {"url": f"{address}/other.pt"},
            "unreachable": {"url": f"{closed}/other.pt"},
            "garbled": {"url": f"{address}/garbled.pt"},
            "damaged": {"url": f"{address}/mlfoundations/mine-00000000.pt"},  # whose name tells a hash
            "hub_kept": {"hf_hub": "some/one/"},
            "hub_missing": {"hf_hub": "some/other/"},
        }
        result = subprocess.run(
            [sys.executable, "-m", "tests.support.clip_process", home, json.dumps(weights)],
            cwd=PROJECT_ROOT,
            env=os.environ
            | {"HOME": str(home), "HF_HUB_CACHE": str(home / "hub"), "HF_HUB_OFFLINE": "1", "no_proxy": "127.0.0.1"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return json.loads(result.stdout), home


@pytest.mark.slow
class TestAuto:
    """By open_clip's and the hub's own code, from a server on this machine."""

    def test_what_open_clip_fetches_is_taken_with_the_scaling_and_the_activation_that_belong_to_it(self, fetched, made):
        told, home = fetched[0]["served"], fetched[1]
        assert (told["weights"], told["warnings"]) == (f"{NAME} served", [])
        assert told["settings"]["mean"] == [127.5] * 3
        assert told["settings"]["std"] == [63.75, 127.5, 191.25]
        photos = np.ones((1, 3, 32, 32), np.float32)
        quick, plain = (OnnxSession(one / "model.onnx").run(photos) for one in (home / "served", made[1]))
        assert 1e-6 < np.abs(quick - plain).max() < 0.1  # of the same weights, but x * sigmoid(1.702 x) for GELU

    @pytest.mark.parametrize("tag", ["kept", "hub_kept"])
    def test_out_of_its_reach_the_cache_is_taken(self, fetched, made, tag):
        told, home = fetched[0][tag], fetched[1]
        assert (told["weights"], told["warnings"], told["said"]) == (f"{NAME} {tag}", [], "")
        assert (home / tag / "model.onnx").read_bytes() == (made[1] / "model.onnx").read_bytes()

    @pytest.mark.parametrize(
        ("tag", "reason"),
        [
            ("missing", "HTTP Error 404: File not found"),
            ("unreachable", "Connection refused"),
            ("garbled", "(no HTTP)"),
            ("damaged", "SHA256 checksum does not"),
            ("hub_missing", "Failed to download file"),
        ],
    )
    def test_a_hub_that_does_not_give_it_leaves_the_network_untrained_and_says_so_in_one_line(
        self, fetched, tag, reason
    ):
        told = fetched[0][tag]
        assert told["weights"] == "random"
        (warning,) = told["warnings"]
        assert warning.startswith(
            f"embed.open_clip.weights: {NAME} {tag} is not in open_clip's cache and its hub did not give it ("
        )
        assert warning.endswith("set embed.open_clip.weights to a file with the weights")
        assert "\n" not in warning
        assert reason in warning
        assert not told["disturbed"]
        if tag != "damaged":  # of which open_clip shows how far it is
            assert told["said"] == ""

    def test_weights_that_open_clip_does_not_know_are_refused(self, tmp_path):
        with pytest.raises(ParamsError, match=rf"pretrained: open_clip knows no weights {NAME} other; .* model: none$"):
            make(tmp_path / "open_clip", pretrained="other")


class TestModel:
    def prepare(self, folder, model):
        prepare(OpenClipParams(model=model, weights="random"), folder, Context(folder))

    def test_one_that_open_clip_does_not_know_is_refused(self, tmp_path):
        with pytest.raises(ParamsError, match=r"open_clip has no 'ViT-B-23'; choose one of open_clip\.list_models\(\)"):
            self.prepare(tmp_path, "ViT-B-23")

    def test_one_that_cannot_be_built_is_one_line(self, tmp_path):
        vision = {"image_size": 32, "timm_model_name": "none\nsuch"}
        register_tiny_clip(tmp_path, "tiny-clip-unbuilt", vision_cfg=vision)
        with pytest.raises(ParamsError, match=r"tiny-clip-unbuilt cannot be built here \(.*none such.*\); choose"):
            self.prepare(tmp_path, "tiny-clip-unbuilt")

    def test_the_default_weights_are_published_for_the_default_model(self):
        default = OpenClipParams()
        assert default.pretrained in open_clip.list_pretrained_tags_by_model(default.model)
