"""The stages as commands; that the whole pipeline runs is shown by the tiny workspace itself."""

from __future__ import annotations

import json
import shutil

import pytest

from sneakers_ml.embedding.store import load_features
from sneakers_ml.workspace.paths import Workspace
from tests.support.command import run_without
from tests.support.corpus import make_corpus, write_photo
from tests.support.tiny import PARAMS


@pytest.fixture
def empty(tmp_path):
    """A workspace with parameters and nothing else."""
    (tmp_path / "params.yaml").write_text(PARAMS)
    return Workspace(tmp_path)


@pytest.mark.parametrize(
    ("stage", "before"),
    [
        ("merge", "import"),
        ("photos", "merge"),
        ("split", "photos"),
        ("embed hog", "photos"),
        ("embed efficientnet_lite0", "photos"),
        ("train hog svm", "embed hog"),
        ("evaluate", "embed hog"),
        ("index", "evaluate"),
        ("text", "evaluate"),
        ("bundle", "evaluate"),
    ],
)
def test_a_stage_without_its_input_names_the_stage_to_run(sneakers, empty, stage, before):
    outcome = sneakers("--workspace", empty.root, *stage.split())
    assert outcome.failed_in_one_line(1, f"`sneakers {before}`")
    assert not empty.bundle.exists()


@pytest.mark.parametrize(
    "stage", ["photos", "split", "embed hog", "train hog svm", "index", "text", "evaluate", "bundle"]
)
def test_a_stage_without_parameters_says_where_they_belong(sneakers, tmp_path, stage):
    outcome = sneakers("--workspace", tmp_path, *stage.split())
    assert outcome.failed_in_one_line(2, str(tmp_path / "params.yaml"), "sneakers workspace")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("folds: 2", "folds: 1"), ("train.folds",)),
        (("codec: fp16", "codec: pq"), ("index.codec",)),
        (("seed: 3", "seeds: 3"), ("split.seeds",)),
        (("photos: {", "photos: {{"), ("not valid YAML",)),
    ],
)
def test_parameters_that_cannot_be_used_are_named(sneakers, empty, change, words):
    empty.params.write_text(PARAMS.replace(*change))
    assert sneakers("--workspace", empty.root, "split").failed_in_one_line(2, "params.yaml", *words)


class TestNames:
    """An extractor or a classifier that isn't there."""

    @pytest.mark.parametrize("name", ["vgg", "../hog", ""])
    def test_of_embed(self, sneakers, tiny, tmp_path, name):
        workspace = tiny.copy(tmp_path)
        outcome = sneakers("--workspace", workspace.root, "embed", name)
        assert outcome.failed_in_one_line(2, repr(name), "choose from colours, concat, efficientnet_lite0, hog")

    def test_of_train(self, sneakers, tiny, tmp_path):
        workspace = tiny.copy(tmp_path)
        outcome = sneakers("--workspace", workspace.root, "train", "hog", "forest")
        assert outcome.failed_in_one_line(2, "'forest'", "svm")
        assert not workspace.brand_model("hog-forest").exists()


class TestEngines:
    def test_one_that_is_not_there_is_named(self, sneakers, empty):
        for stage in ("photos", "embed hog"):
            outcome = sneakers("--workspace", empty.root, *stage.split(), "--engine", "spark")
            assert outcome.failed_in_one_line(2, "no engine 'spark'", "choose from local, ray")

    def test_an_address_is_of_a_cluster(self, sneakers, empty):
        outcome = sneakers("--workspace", empty.root, "embed", "hog", "--address", "127.0.0.1:6379")
        assert outcome.failed_in_one_line(2, "--address", "--engine ray")

    def test_without_its_package_it_says_what_to_install(self, empty):
        outcome = run_without("ray", "--workspace", empty.root, "embed", "hog", "--engine", "ray")
        assert outcome.failed_in_one_line(2, "ray is not installed", "sneakers-ml[scale]")

    @pytest.mark.parametrize(
        ("section", "words"),
        [
            ("{name: ray}", "set vectors: shards"),
            ("{name: spark, vectors: shards}", "no engine 'spark'"),
            ("{vectors: parquet}", "engine.vectors"),
            ("{local: {workers: 0}}", "engine.local.workers"),
            ("{spark: {}}", "engine.spark"),
        ],
    )
    def test_a_section_that_cannot_be_used_is_named(self, sneakers, empty, section, words):
        empty.params.write_text(f"{PARAMS}engine: {section}\n")
        assert sneakers("--workspace", empty.root, "embed", "hog").failed_in_one_line(2, words)

    def test_params_can_ask_for_shards_on_this_machine(self, sneakers, tiny, tmp_path):
        workspace = tiny.copy(tmp_path)
        workspace.params.write_text(f"{PARAMS}engine: {{vectors: shards, shard: 50}}\n")
        before = (workspace.features / "hog.npy").read_bytes()
        assert sneakers("--workspace", workspace.root, "embed", "hog").code == 0
        assert len(list((workspace.features / "hog.shards").iterdir())) == 3
        assert load_features(workspace.features, "hog").vectors.tobytes() == before[-144 * 288 * 4 :]
        model = (workspace.brand_model("hog-svm") / "model.onnx").read_bytes()
        assert sneakers("--workspace", workspace.root, "train", "hog", "svm").code == 0
        assert (workspace.brand_model("hog-svm") / "model.onnx").read_bytes() == model


def test_stages_run_again_give_the_same_files(sneakers, tiny, tmp_path):
    """Split, vectors, classifier, index and bundle depend on their inputs and seeds alone."""
    workspace = tiny.copy(tmp_path)
    kept = [workspace.split, workspace.features / "hog.npy", workspace.features / "hog.json"]
    kept += [folder / name for folder in (workspace.brand_model("hog-svm"),) for name in ("model.onnx", "model.json")]
    kept += sorted(workspace.index.iterdir()) + sorted(workspace.bundle.iterdir())
    before = {file: file.read_bytes() for file in kept}
    for stage in ("split", "embed hog", "train hog svm", "index", "bundle"):
        outcome = sneakers("--workspace", workspace.root, *stage.split())
        assert (outcome.code, outcome.err) == (0, "")
    assert [file for file in kept if file.read_bytes() != before[file]] == []


class TestImport:
    def test_the_whole_corpus_of_odd_and_hostile_files(self, sneakers, tmp_path):
        cases = make_corpus(tmp_path / "photos" / "Nike")
        bad = {case.name: case for case in cases if not case.readable}
        ask = ("--workspace", tmp_path / "ws", "import", tmp_path / "photos", "--source", "mine")
        outcome = sneakers(*ask)
        assert outcome.code == 0
        assert f"rejected: {len(bad)}" in outcome.out
        assert f"listings: {len(cases) - len(bad)}" in outcome.out
        shown = outcome.err.splitlines()
        assert len(shown) == 11  # ten reasons, and where all of them are
        assert "rejected.csv" in shown[-1]
        for line in shown[:-1]:
            name, reason = line.strip().removeprefix("Nike/").split(": ", 1)
            assert bad[name].reason in reason
        source = Workspace(tmp_path / "ws").source("mine")
        first = (source / "listings.jsonl").read_bytes()
        assert sneakers(*ask).code == 0
        assert (source / "listings.jsonl").read_bytes() == first

    def test_a_folder_where_nothing_can_be_read(self, sneakers, tmp_path):
        (tmp_path / "photos" / "nike").mkdir(parents=True)
        (tmp_path / "photos" / "nike" / "a.jpg").write_text("words")
        outcome = sneakers("--workspace", tmp_path, "import", tmp_path / "photos", "--source", "mine")
        assert outcome.code == 1
        assert outcome.err.splitlines()[-1].startswith(f"sneakers: {tmp_path / 'photos'}: no photo could be read")

    def test_without_a_source_every_manifest_is_one(self, sneakers, tmp_path):
        for name in ("Shop One", "two"):
            write_photo(tmp_path / "photos" / f"{name}.jpg", seed=len(name))
            (tmp_path / "photos" / f"{name}.csv").write_text(f"brand,file\nNike,{name}.jpg\n")
        assert sneakers("--workspace", tmp_path, "import", tmp_path / "photos").code == 0
        raw = Workspace(tmp_path).raw
        assert sorted(path.name for path in raw.iterdir()) == ["shop-one", "two"]
        for source in raw.iterdir():
            listings = (source / "listings.jsonl").read_text().splitlines()
            assert [json.loads(line)["shop"] for line in listings] == [source.name]

    def test_without_a_source_a_folder_of_brands_is_named_after_itself(self, sneakers, tmp_path):
        write_photo(tmp_path / "My Photos" / "nike" / "a.jpg")
        assert sneakers("--workspace", tmp_path, "import", tmp_path / "My Photos").code == 0
        assert (Workspace(tmp_path).source("my-photos") / "listings.jsonl").is_file()

    @pytest.mark.parametrize("source", ["../up", "A B", ""])
    def test_a_source_with_a_name_that_cannot_work(self, sneakers, tmp_path, source):
        write_photo(tmp_path / "photos" / "nike" / "a.jpg")
        outcome = sneakers("--workspace", tmp_path / "ws", "import", tmp_path / "photos", "--source", source)
        assert (outcome.code == 2) == bool(source)
        assert not (tmp_path / "up").exists()

    def test_how_a_table_was_understood_and_each_faulty_cell_is_said(self, sneakers, tmp_path):
        rows = ["image;vendor;price;size"]
        for number in range(12):
            write_photo(tmp_path / f"{number}.jpg", seed=number)
            rows.append(f"{number}.jpg;Nike;0;42")
        (tmp_path / "m.csv").write_text("\n".join(rows))
        outcome = sneakers("--workspace", tmp_path / "ws", "import", tmp_path / "m.csv", "--source", "mine")
        assert outcome.code == 0
        for line in (
            "columns taken: image as file, vendor as brand",
            "columns not known, so not read: size",
            "cells left empty (price, currency, view): 12",
        ):
            assert f"  {line}\n" in outcome.out
        *first, last = outcome.err.splitlines()
        assert [line.partition(": ")[0] for line in first] == [f"  row {row}, price '0'" for row in range(2, 12)]
        assert last == f"  … all 12 in {Workspace(tmp_path / 'ws').source('mine') / 'faults.csv'}"

    def test_a_manifest_that_cannot_be_used_costs_only_itself(self, sneakers, tmp_path):
        (tmp_path / "a.csv").write_text("path,image,brand\n1.jpg,1.jpg,Nike\n")
        (tmp_path / "b.csv").write_text("file,brand\n1.jpg,Nike\n")
        write_photo(tmp_path / "1.jpg")
        outcome = sneakers("--workspace", tmp_path / "ws", "import", tmp_path)
        assert outcome.failed_in_one_line(1, "a.csv", "path and image")
        assert "imported b" in outcome.out

    def test_names_in_a_folder_are_harmless(self, sneakers, tmp_path):
        (tmp_path / "photos").mkdir()
        (tmp_path / "photos" / "[red]:shoe:\x1b[31m\u202e\n.jpg").touch()
        outcome = sneakers("--workspace", tmp_path / "ws", "import", tmp_path / "photos", "--source", "mine")
        assert r"  [red]:shoe:\x1b[31m\u202e\n.jpg: The photo lies outside" in outcome.err

    def test_one_manifest_that_cannot_be_read_is_named(self, sneakers, tmp_path):
        (tmp_path / "m.csv").write_text("brand;picture of\nNike;a.jpg\n")
        outcome = sneakers("--workspace", tmp_path, "import", tmp_path / "m.csv", "--source", "mine")
        assert outcome.failed_in_one_line(1, "m.csv", "file")


def test_evaluate_prints_figures_with_their_intervals(sneakers, tiny, tmp_path):
    workspace = tiny.copy(tmp_path)
    outcome = sneakers("--workspace", workspace.root, "evaluate")
    assert (outcome.code, outcome.err) == (0, "")
    figures = json.loads((workspace.reports / "metrics.json").read_text())["brand"]["hog-svm"]["all"]
    assert f"{figures['macro_f1']:.3f}" in outcome.out
    assert f"[{figures['macro_f1_low']:.3f}," in outcome.out
    assert "serves: efficientnet_lite0-svm" in outcome.out
    before = tiny.workspace.choice.read_bytes()
    assert workspace.choice.read_bytes() == before


def test_a_damaged_table_names_itself_and_the_stage(sneakers, tiny, tmp_path):
    workspace = tiny.copy(tmp_path)
    workspace.photo_table.write_bytes(workspace.photo_table.read_bytes()[:-50])
    outcome = sneakers("--workspace", workspace.root, "split")
    assert outcome.failed_in_one_line(1, "photos.parquet", "damaged", "`sneakers photos`")
    shutil.rmtree(workspace.photos)


def test_settings_of_later_stages_are_looked_at_before_the_long_ones(sneakers, tiny, tmp_path):
    workspace = tiny.copy(tmp_path)
    text = workspace.params.read_text(encoding="utf-8")
    for old, new, named in (
        ("rbf_C: [3.0]", "rbf_C: []", "train.svm.rbf_C: Tuple should have at least 1 item"),
        ("sift: {words: 8", "sift: {wrods: 8", "embed.sift.wrods: Extra inputs are not permitted"),
    ):
        assert old in text
        workspace.params.write_text(text.replace(old, new), encoding="utf-8")
        assert sneakers("--workspace", workspace.root, "photos").failed_in_one_line(2, f"params.yaml: {named}")
