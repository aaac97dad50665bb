from __future__ import annotations

import hashlib
import json
import shutil
import threading
import time
import zipfile

import numpy as np
import pandas as pd
import pytest

from sneakers_ml.errors import BundleError
from sneakers_ml.serving.finder import Finder
from sneakers_ml.serving.live import Serving
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


def damage(change):
    """A change of a file's bytes."""

    def damaged(bundle, name):
        (bundle / name).write_bytes(change((bundle / name).read_bytes()))

    return damaged


def rows(**changes):
    """A change of the columns of a table."""

    def changed(bundle, name):
        table = pd.read_parquet(bundle / name)
        for column, value in changes.items():
            table = table.drop(columns=column) if value is None else table.assign(**{column: [value] * len(table)})
        table.to_parquet(bundle / name)

    return changed


def arrays(**changes):
    """A change of the arrays of an npz."""

    def changed(bundle, name):
        stored = dict(np.load(bundle / name))
        np.savez(bundle / name, **{key: array for key, array in (stored | changes).items() if array is not None})

    return changed


def pictures(change):
    """A change of the zip of thumbnails: its names and bytes, in order."""

    def changed(bundle, name):
        with zipfile.ZipFile(bundle / name) as archive:
            stored = {each: archive.read(each) for each in archive.namelist()}
        with zipfile.ZipFile(bundle / name, "w") as archive:
            for each, content in change(list(stored.items())):
                archive.writestr(each, content)

    return changed


DAMAGED = {
    "products, cut": ("products.parquet", damage(lambda data: data[:-200])),
    "products, empty": ("products.parquet", damage(lambda _: b"")),
    "products, pages flipped": ("products.parquet", damage(lambda data: data[:8] + bytes(400) + data[408:])),
    "products, no titles": ("products.parquet", rows(title=None)),
    "products, numbers for titles": ("products.parquet", rows(title=7)),
    "products, texts for offers": ("products.parquet", rows(offers="none")),
    "products, other offers": ("products.parquet", rows(offers=[{"stall": "x"}])),
    "gallery, noise": ("gallery.parquet", damage(lambda data: b"PAR1" + bytes(60) + b"PAR1")),
    "gallery, numbers for photos": ("gallery.parquet", rows(photo_id=7)),
    "gallery, no hashes": ("gallery.parquet", lambda bundle, name: rename_photos(bundle / name)),
    "index, cut": ("index.faiss", damage(lambda data: data[: len(data) // 2])),
    "index, of other photos": ("index.faiss", damage(lambda data: data[:-8] + bytes(8))),
    "thumbnails, cut": ("thumbnails.zip", damage(lambda data: data[:-40])),
    "thumbnails, no zip": ("thumbnails.zip", damage(lambda data: bytes(len(data)))),
    "thumbnails, one short": ("thumbnails.zip", pictures(lambda stored: stored[1:])),
    "vectors, cut": ("text_vectors.npy", damage(lambda data: data[:-40])),
    "vectors, of text": ("text_vectors.npy", lambda bundle, name: np.save(bundle / name, np.full((144, 64), "x"))),
    "vectors, of objects": (
        "text_vectors.npy",
        damage(lambda data: data.replace(b"<f2", b"|O8").replace(b"<f4", b"|O8")),
    ),
    "words, cut": ("words.npz", damage(lambda data: data[:-200])),
    "words, a column short": ("words.npz", lambda bundle, name: shorten(bundle / name)),
    "words, of no document": ("words.npz", arrays(documents=np.full(1, 10**6), scores=np.ones(1, np.float32))),
    "readers, no weights": ("readers.npz", arrays(**{"colours.weights": None})),
    "readers, other weights": ("readers.npz", arrays(**{"colours.weights": np.ones((3, 2), np.float32)})),
    "readers, weights of text": ("readers.npz", arrays(**{"colours.weights": np.full((3, 2), "x")})),
    "brand, cut": ("brand.onnx", damage(lambda data: data[:-400])),
    "embedder, flipped": ("embedder.onnx", damage(lambda data: b"\xff" * 40 + data[40:])),
}


def rename_photos(path):
    gallery = pd.read_parquet(path)
    gallery.assign(photo_id=[f"photo {number}" for number in range(len(gallery))]).to_parquet(path)


def shorten(path):
    stored = dict(np.load(path))
    np.savez(path, **stored | {"starts": stored["starts"][:-1]})


@pytest.mark.parametrize("what", DAMAGED)
def test_what_was_damaged_before_it_was_bundled_is_refused_in_one_line(bundle, what):
    """All hashes fit."""
    name, change = DAMAGED[what]
    change(bundle, name)
    vouch_everywhere(bundle, name)
    with pytest.raises(BundleError) as caught:
        Serving.load(bundle, threads=1)
    assert len(str(caught.value).splitlines()) == 1
    assert bundle.name in str(caught.value)


def vouch_everywhere(bundle, name):
    """Have the manifest name the file's hash wherever it named the old one."""
    old = part(bundle, "files")[name]
    new = hashlib.sha256((bundle / name).read_bytes()).hexdigest()
    (bundle / "bundle.json").write_text((bundle / "bundle.json").read_text().replace(old, new))


@pytest.mark.parametrize("settings", [{}, {"side": "wide"}, {"side": 64, "shape": 2}])
def test_settings_that_no_extractor_has_are_refused_in_one_line(bundle, settings):
    extractor = part(bundle, "extractor") | {"settings": settings}
    text = part(bundle, "text")
    edit(bundle, extractor=extractor, text=text | {"parts": [extractor, text["parts"][1]]})
    with pytest.raises(BundleError) as caught:
        Recognizer.load(bundle)
    assert len(str(caught.value).splitlines()) == 1


def test_words_that_contradict_each_other_are_refused_in_one_line(bundle):
    text = part(bundle, "text")
    text["words"]["uses"]["casual"]["en"].append("red")
    edit(bundle, text=text)
    with pytest.raises(BundleError, match=r"serving: damaged before it was bundled \(DataError: words\.yaml: 'red'"):
        Finder.load(bundle)


def test_a_damaged_picture_is_told_when_it_is_shown(bundle):
    pictures(lambda stored: [(name, b"RIFF" + data[4:60]) for name, data in stored])(bundle, "thumbnails.zip")
    vouch_everywhere(bundle, "thumbnails.zip")
    recognizer = Recognizer.load(bundle)
    with pytest.raises(BundleError, match=r"picture of [0-9a-f]+ is damaged; run `sneakers bundle`"):
        recognizer.thumbnail(recognizer.samples(1)[0])


def test_a_file_of_another_folder_is_none_of_the_bundle(bundle):
    outside = bundle.parent / "outside"
    outside.write_text("secret")
    for name in ("../outside", str(outside), "..", "part/../../outside"):
        edit(bundle, files=part(bundle, "files") | {name: hashlib.sha256(b"secret").hexdigest()})
        with pytest.raises(BundleError, match=r"bundle\.json: lists '.*', which is no file of this folder"):
            Recognizer.load(bundle)


def test_nesting_without_end_is_damage(bundle):
    (bundle / "bundle.json").write_text("[" * 200_000)
    with pytest.raises(BundleError, match=r"bundle\.json: damaged"):
        Recognizer.load(bundle)


def test_a_bundle_that_is_just_being_put_in_place_is_waited_for(bundle):
    """Between the two renames of the stage `bundle` there is none."""
    new = bundle.rename(bundle.with_name(".serving.0123.tmp"))
    timer = threading.Timer(0.2, new.rename, [bundle])
    timer.start()
    try:
        assert Recognizer.load(bundle).brands == ("arvo", "brisko", "corvane")
    finally:
        timer.join()


def test_where_none_comes_the_wait_ends(tmp_path):
    (tmp_path / ".serving.0123.tmp").mkdir()
    started = time.perf_counter()
    with pytest.raises(BundleError, match="no bundle here"):
        Recognizer.load(tmp_path / "serving")
    assert time.perf_counter() - started < 5
