from __future__ import annotations

import hashlib
import json
import shutil
import time

import pandas as pd
import pytest

from sneakers_ml.errors import BundleError
from sneakers_ml.serving.manifest import verify
from sneakers_ml.serving.recognizer import Recognizer

PARTS = ("embedder.onnx", "brand.onnx", "index.faiss", "gallery.parquet", "products.parquet", "thumbnails.zip")
PARTS += ("tower.onnx", "photo_head.onnx", "text_vectors.npy", "words.npz", "readers.npz")


@pytest.fixture
def bundle(tiny, tmp_path):
    return shutil.copytree(tiny.workspace.bundle, tmp_path / "serving")


def edit(bundle, **changes):
    """Change bundle.json."""
    file = bundle / "bundle.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def part(bundle, name):
    """A section of bundle.json."""
    return json.loads((bundle / "bundle.json").read_text())[name]


def vouch_for(bundle, name):
    """Make bundle.json agree with what the file holds now."""
    digest = hashlib.sha256((bundle / name).read_bytes()).hexdigest()
    edit(bundle, files=part(bundle, "files") | {name: digest})
    return digest


def test_it_is_one_folder_that_may_be_moved_and_lists_all_its_files(bundle):
    manifest = verify(bundle)
    assert sorted(manifest.files) == sorted(PARTS)
    assert sorted(path.name for path in bundle.iterdir()) == sorted([*PARTS, "bundle.json"])
    assert manifest.brand.labels == ("arvo", "brisko", "corvane")


def test_it_loads_within_two_seconds(tiny):
    Recognizer.load(tiny.workspace.bundle)
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        Recognizer.load(tiny.workspace.bundle)
        best = min(best, time.perf_counter() - started)
    assert best < 2


@pytest.mark.parametrize("name", PARTS)
class TestParts:
    def test_a_missing_file_is_named(self, bundle, name):
        (bundle / name).unlink()
        with pytest.raises(BundleError, match=rf"{name}: missing; run `sneakers bundle`"):
            Recognizer.load(bundle)

    def test_a_changed_file_is_named(self, bundle, name):
        data = bytearray((bundle / name).read_bytes())
        data[len(data) // 2] ^= 1
        (bundle / name).write_bytes(data)
        with pytest.raises(BundleError, match=rf"{name}: changed since"):
            Recognizer.load(bundle)

    def test_a_file_that_the_manifest_does_not_list_is_named(self, bundle, name):
        files = part(bundle, "files")
        del files[name]
        edit(bundle, files=files)
        with pytest.raises(BundleError, match=rf"bundle\.json: does not list {name}"):
            Recognizer.load(bundle)


class TestManifest:
    def test_a_missing_bundle_says_how_to_build_one(self, tmp_path):
        with pytest.raises(BundleError, match=r"bundle\.json: no bundle here; build one with `dvc repro`"):
            Recognizer.load(tmp_path / "nowhere")

    @pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"format": 5}', "\x00" * 40])
    def test_a_damaged_manifest_is_named(self, bundle, content):
        (bundle / "bundle.json").write_text(content)
        with pytest.raises(BundleError, match=r"bundle\.json: damaged|bundle\.json: format None"):
            Recognizer.load(bundle)

    def test_bytes_that_are_no_text_are_damage(self, bundle):
        (bundle / "bundle.json").write_bytes(b"\xff\xfe\x80")
        with pytest.raises(BundleError, match="damaged"):
            Recognizer.load(bundle)

    def test_a_folder_that_is_a_file_is_no_bundle(self, tmp_path):
        (tmp_path / "serving").write_text("")
        with pytest.raises(BundleError, match=r"bundle\.json"):
            Recognizer.load(tmp_path / "serving")

    @pytest.mark.parametrize("other", [0, 1, 2, 3, 4, "5", None])
    def test_another_format_is_refused(self, bundle, other):
        edit(bundle, format=other)
        with pytest.raises(BundleError, match=f"format {other}, this version reads 5"):
            Recognizer.load(bundle)


class TestConsistency:
    """Files that the manifest vouches for and that still don't belong together."""

    def test_a_gallery_of_products_that_are_not_described(self, bundle):
        products = pd.read_parquet(bundle / "products.parquet")
        products[1:].to_parquet(bundle / "products.parquet")
        vouch_for(bundle, "products.parquet")
        with pytest.raises(BundleError, match="gallery and products don't belong together"):
            Recognizer.load(bundle)

    def test_a_gallery_of_fewer_photos_than_the_index(self, bundle):
        gallery = pd.read_parquet(bundle / "gallery.parquet")
        gallery[1:].to_parquet(bundle / "gallery.parquet")
        digest = vouch_for(bundle, "gallery.parquet")
        edit(bundle, text=part(bundle, "text") | {"gallery_sha256": digest})
        with pytest.raises(BundleError, match="don't belong together"):
            Recognizer.load(bundle)

    @pytest.mark.parametrize("change", [{"dim": 64}, {"extractor": "hog"}, {"model": "efficientnet_lite0-sgd"}])
    def test_an_index_of_another_extractor(self, bundle, change):
        edit(bundle, index=part(bundle, "index") | change)
        with pytest.raises(BundleError, match="parts are of different extractors"):
            Recognizer.load(bundle)

    def test_a_brand_model_other_than_described(self, bundle, tiny):
        shutil.copyfile(tiny.workspace.brand_model("hog-svm") / "model.onnx", bundle / "brand.onnx")
        vouch_for(bundle, "brand.onnx")
        with pytest.raises(BundleError, match=r"brand\.onnx: not the graph"):
            Recognizer.load(bundle)

    @pytest.mark.parametrize("name", ["tower.onnx", "photo_head.onnx"])
    def test_a_tower_or_a_head_other_than_described(self, bundle, tiny, name):
        shutil.copyfile(tiny.workspace.brand_model("hog-svm") / "model.onnx", bundle / name)
        vouch_for(bundle, name)
        with pytest.raises(BundleError, match=rf"{name}: not the graph that its description names"):
            Recognizer.load(bundle)

    @pytest.mark.parametrize("weights", ["refitted", None])
    def test_words_that_were_learnt_on_another_extractor(self, bundle, weights):
        text = part(bundle, "text")
        parts = [text["parts"][0] | {"weights": weights}, text["parts"][1]] if weights else []
        edit(bundle, text=text | {"parts": parts})
        with pytest.raises(BundleError, match="parts are of different extractors; run `dvc repro`"):
            Recognizer.load(bundle)

    def test_words_of_another_gallery(self, bundle):
        gallery = pd.read_parquet(bundle / "gallery.parquet")
        gallery[::-1].to_parquet(bundle / "gallery.parquet")
        vouch_for(bundle, "gallery.parquet")
        with pytest.raises(
            BundleError, match="words are of another gallery; run `sneakers text` and `sneakers bundle`"
        ):
            Recognizer.load(bundle)

    def test_the_graph_of_a_part_that_is_missing_or_of_another_make(self, bundle):
        text = part(bundle, "text")
        text["parts"][1]["graph_sha256"] = "0" * 64
        edit(bundle, text=text)
        with pytest.raises(BundleError, match=r"photo_colours\.onnx: not the graph that its description names"):
            Recognizer.load(bundle)

    def test_an_embedder_that_is_no_graph(self, bundle):
        (bundle / "embedder.onnx").write_bytes(b"no graph")
        extractor = part(bundle, "extractor") | {"graph_sha256": vouch_for(bundle, "embedder.onnx")}
        text = part(bundle, "text")
        edit(bundle, extractor=extractor, text=text | {"parts": [extractor, text["parts"][1]]})
        with pytest.raises(BundleError, match=r"embedder\.onnx: cannot be loaded"):
            Recognizer.load(bundle)

    @pytest.mark.parametrize(("name", "key"), [("tower.onnx", "tower_sha256"), ("photo_head.onnx", "head_sha256")])
    def test_a_tower_or_a_head_that_is_no_graph(self, bundle, name, key):
        (bundle / name).write_bytes(b"no graph")
        digest = vouch_for(bundle, name)
        edit(bundle, text=part(bundle, "text") | {key: digest})
        with pytest.raises(BundleError, match=f"{name}: cannot be loaded"):
            Recognizer.load(bundle)

    @pytest.mark.parametrize("content", [b"", b"no arrays"])
    def test_readers_that_were_damaged_before_they_were_bundled(self, bundle, content):
        (bundle / "readers.npz").write_bytes(content)
        vouch_for(bundle, "readers.npz")
        with pytest.raises(BundleError, match=r"readers\.npz: missing or damaged; run `sneakers text`"):
            Recognizer.load(bundle)
