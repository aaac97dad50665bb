from __future__ import annotations

import json
import math
import shutil

import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score

import tests.support.tinybackbone  # noqa: F401 - registers itself
from sneakers_ml.embedding.prepare import prepare_extractor
from sneakers_ml.errors import DataError, ParamsError, UsageError
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.features.extractor import load_extractor
from sneakers_ml.networks.backbone import BACKBONES
from sneakers_ml.networks.finetune import Run, finetune, train_network
from sneakers_ml.networks.sampling import Sampler
from sneakers_ml.networks.validation import validate
from sneakers_ml.workspace.params import EmbedParams
from sneakers_ml.workspace.paths import Workspace
from tests.networks.builders import draw, make_workspace, toy_params, toy_photos
from tests.support.tinybackbone import TinyBackbone, TinyParams

BRANDS = ("arvo", "brisko")
LONG = {"steps": 140, "head_lr": 0.01, "seed": 0}


@BACKBONES.register("tinysteps", TinyParams)
def in_steps(settings):
    backbone = TinyBackbone()
    backbone.side_step = 14
    return backbone


def make(root, models=range(6)):
    """Six models of two brands to learn from, four to validate on, half of them of an unseen source.

    There are test photos too, whose files are gone.
    """
    rows = []
    for brand, name in enumerate(BRANDS):
        for model in models:
            common = {"product": f"{name}-{model}", "brand": name}
            rows += [common | {"picture": draw(brand, model, photo)} for photo in range(4)]
        for model in (6, 7, 8, 9):
            place = {"source": "outlet", "unseen": True} if model > 7 else {}
            place |= {"product": f"{name}-{model}", "split": "val"}
            rows += [place | {"brand": name, "picture": draw(brand, model, photo)} for photo in range(3)]
        rows.append({"product": f"{name}-5", "brand": name, "split": "test", "picture": draw(brand, 5)})
    workspace = make_workspace(Workspace(root), rows, {row["product"]: {} for row in rows})
    for number, row in enumerate(rows):
        if row.get("split") == "test":
            (workspace.photos / f"images/{number:02}.png").unlink()
    return workspace


class Killed(Exception):
    pass


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run from beginning to end: its workspace and what came out."""
    workspace = make(tmp_path_factory.mktemp("whole"))
    return workspace, finetune(workspace, "tinybackbone", toy_params(**LONG))


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """One that was killed twenty steps after its checkpoint and started again, and the steps that were left then."""
    workspace, params, steps = make(tmp_path_factory.mktemp("broken")), toy_params(**LONG), []

    def kill(done, total):
        if done == 120:
            raise Killed

    with pytest.raises(Killed):
        finetune(workspace, "tinybackbone", params, kill)
    assert [file.name for file in workspace.networks.iterdir()] == ["tinybackbone.checkpoint"]
    result = finetune(workspace, "tinybackbone", params, lambda *progress: steps.append(progress))
    return workspace, result, steps


def history(logs, name):
    rows = (logs / "plots" / "metrics" / f"{name}.tsv").read_text().splitlines()
    assert rows[0] == f"step\t{name.rpartition('/')[2]}"
    return [float(row.split("\t")[1]) for row in rows[1:]]


class TestWhatIsLearnt:
    def test_brands_and_models_that_were_not_trained_on_are_told(self, whole):
        result = whole[1]
        assert (result.steps, result.photos, result.labels) == (140, 48, 2)
        assert result.macro_f1 > 0.95
        assert result.recall_at_1 > 0.9
        assert (result.weights, result.warning) == ("random", "tinybackbone is untrained")

    def test_losses_fall_and_figures_are_kept(self, whole):
        logs = whole[0].finetune_report("tinybackbone")
        brand, model = history(logs, "train/brand"), history(logs, "train/model")
        assert len(brand) == len(model) == 140
        assert brand[0] == pytest.approx(math.log(2), abs=0.1)
        assert np.mean(brand[-10:]) < 0.45
        assert np.mean(model[-20:]) < 0.85 * np.mean(model[:10])
        macro_f1 = history(logs, "validation/macro_f1")
        assert len(macro_f1) == 7
        assert max(macro_f1) > 0.95


class TestWhatIsWritten:
    def test_the_network_is_an_extractor_that_answers_as_it_did_on_validation(self, whole):
        workspace, result = whole
        folder = workspace.extractor("tuned_tinybackbone")
        spec = prepare_extractor("tuned_tinybackbone", EmbedParams(names=()), folder)
        assert (spec.name, spec.dim, spec.brands) == ("tuned_tinybackbone", spec.searched + 2, BRANDS)
        shown = [(brand, model, photo) for brand in (0, 1) for model in (6, 7, 8, 9) for photo in range(3)]
        shoes = [cut(photo, shoe_region(photo)) for photo in (draw(*one) for one in shown)]
        rows = load_extractor(folder, threads=1).transform(shoes)
        named, truth = rows[:, spec.searched :].argmax(axis=1), [one[0] for one in shown]
        assert f1_score(truth, named, average="macro") == pytest.approx(result.macro_f1)

    def test_its_logs_are_those_of_dvclive(self, whole):
        """The history of each figure, and the last ones beside those of the step that is kept."""
        workspace, result = whole
        logs = workspace.finetune_report("tinybackbone")
        metrics = json.loads((logs / "metrics.json").read_text())
        assert metrics["kept"] == {"macro_f1": result.macro_f1, "recall_at_1": result.recall_at_1}
        assert metrics["validation"].keys() == metrics["kept"].keys()
        assert metrics["train"].keys() == {"brand", "model", "colourway"}
        assert not list(workspace.root.rglob("dvc.yaml"))

    def test_dvc_shows_and_plots_them(self, whole, tmp_path):
        from dvc.repo import Repo

        logs = tmp_path / "logs"
        shutil.copytree(whole[0].finetune_report("tinybackbone"), logs)
        with Repo.init(str(tmp_path), no_scm=True) as repo:
            (metrics,) = repo.metrics.show(targets=[str(logs / "metrics.json")])[""]["data"].values()
            assert metrics["data"]["kept"] == {"macro_f1": whole[1].macro_f1, "recall_at_1": whole[1].recall_at_1}
            (plots,) = repo.plots.show(targets=[str(logs / "plots" / "metrics" / "train" / "brand.tsv")]).values()
            (rows,) = plots["sources"]["data"].values()
            assert [row["step"] for row in rows["data"]] == [str(step) for step in range(140)]

    def test_nothing_else_is_left(self, whole):
        assert [file.name for file in whole[0].networks.iterdir()] == ["tinybackbone"]


class TestARunThatWasKilled:
    def test_goes_on_from_its_checkpoint_and_takes_it_away(self, broken):
        workspace, _, steps = broken
        assert (steps[0], steps[-1]) == ((101, 140), (140, 140))
        assert [file.name for file in workspace.networks.iterdir()] == ["tinybackbone"]

    def test_ends_with_the_same_network_and_figures(self, whole, broken):
        assert broken[1] == whole[1]
        for name in ("model.onnx", "extractor.json"):
            one, other = (run[0].network("tinybackbone") / name for run in (whole, broken))
            assert one.read_bytes() == other.read_bytes()

    def test_leaves_the_same_logs(self, whole, broken):
        one, other = (run[0].finetune_report("tinybackbone") for run in (whole, broken))
        files = sorted(file.relative_to(one) for file in one.rglob("*") if file.is_file())
        assert len(files) == 6
        for file in files:
            assert (one / file).read_bytes() == (other / file).read_bytes()


def train(folder, **update):
    """The network, what came out, the logs and the photos that validated."""
    validation = toy_photos(models=range(6, 10), photos=3)
    torch.manual_seed(0)
    run = Run(folder / "checkpoint", folder / "logs", "key")
    network, result = train_network(TinyBackbone(), TinyParams(), toy_params(**update), toy_photos(), validation, run)
    return network, result, folder / "logs", validation


def test_a_run_that_was_killed_at_its_end_has_nothing_more_to_train(tmp_path):
    """Its logs are gone too, as where DVC takes a stage's outputs away before it runs it again."""
    steps = []

    def kill(done, total):
        steps.append(done)
        if done == total:
            raise Killed

    def again():
        torch.manual_seed(0)
        run = Run(tmp_path / "checkpoint", tmp_path / "logs", "key", kill)
        photos, validation = toy_photos(photos=2), toy_photos(models=range(6, 8), photos=2)
        return train_network(TinyBackbone(), TinyParams(), toy_params(steps=100, batch=4), photos, validation, run)

    with pytest.raises(Killed):
        again()
    shutil.rmtree(tmp_path / "logs")
    _, result = again()
    assert steps[-1] == result.steps == len(steps) == 100
    metrics = json.loads((tmp_path / "logs" / "metrics.json").read_text())
    assert metrics["kept"] == {"macro_f1": result.macro_f1, "recall_at_1": result.recall_at_1}


def test_training_stops_without_progress_and_keeps_the_best_step(tmp_path):
    network, result, logs, validation = train(tmp_path, **(LONG | {"evaluate_every": 5, "patience": 30}))
    sums = np.add(history(logs, "validation/macro_f1"), history(logs, "validation/recall_at_1"))
    assert result.kept == 5 * (1 + int(sums.argmax()))  # the first of the best
    assert result.steps == result.kept + 31 < 140
    sampler = Sampler(toy_photos(), size=16, true_colours=0.5, seed=0)
    fitted_on = toy_photos().rows(sampler.draw(2500))
    figures = validate(network, network.state_dict(), fitted_on, validation, 32)
    assert figures == {"macro_f1": result.macro_f1, "recall_at_1": result.recall_at_1}


def test_the_heads_learn_alone_at_first(tmp_path):
    torch.manual_seed(0)
    untouched = TinyBackbone().state_dict()
    network, *_ = train(tmp_path, steps=3, probe_steps=3)
    own = network.backbone.state_dict()
    assert all(torch.equal(own[name], value) for name, value in untouched.items())  # its means and variances too
    network, *_ = train(tmp_path, steps=4, probe_steps=3)
    assert not torch.equal(network.backbone.first[0].weight, untouched["first.0.weight"])


@pytest.mark.parametrize(
    "update",
    [
        {"model": {"loss": "arcface"}, "colourway": {"loss": "arcface", "weight": 0.5}},
        {"model": {"loss": "multi_similarity"}},
        {"mixed_precision": True},
        {"true_colours": 0},
        {"side": 40},
    ],
)
def test_other_settings_run(tmp_path, update):
    _, result, logs, _ = train(tmp_path, **({"steps": 3, "probe_steps": 1} | update))
    assert result.steps == result.kept == 3
    assert np.isfinite([history(logs, f"train/{name}") for name in ("brand", "model", "colourway")]).all()


def test_what_is_served_may_have_another_side(tmp_path):
    workspace = make(tmp_path)
    finetune(workspace, "tinybackbone", toy_params(steps=1, served_side=48))
    spec = json.loads((workspace.network("tinybackbone") / "extractor.json").read_text())
    assert spec["settings"]["side"] == 48


class TestWhatCannotBeTrained:
    def test_names_that_are_not_there(self, tmp_path):
        with pytest.raises(UsageError, match=r"no backbone 'alexnet'; choose from efficientnet_lite0, .*vit_small"):
            finetune(Workspace(tmp_path), "alexnet", toy_params())
        with pytest.raises(UsageError, match="no loss 'triplet'"):
            finetune(Workspace(tmp_path), "tinybackbone", toy_params(colourway={"loss": "triplet"}))

    @pytest.mark.parametrize("sides", [{"side": 32}, {"side": 42, "served_side": 50}])
    def test_sides_that_do_not_fit(self, tmp_path, sides):
        with pytest.raises(
            ParamsError, match=r"finetune: tinysteps takes sides of a multiple of 14 px, not (32|50) px"
        ):
            finetune(Workspace(tmp_path), "tinysteps", toy_params(**sides))

    def test_settings_that_do_not_fit(self, tmp_path):
        with pytest.raises(ParamsError, match=r"finetune\.tinybackbone\.depth: Extra inputs are not permitted"):
            finetune(Workspace(tmp_path), "tinybackbone", toy_params(tinybackbone={"depth": 3}))

    @pytest.mark.parametrize(
        "change", [{"split": "train"}, {"known": False}, {"split": "val"}], ids=["none to validate", "unlearnt", "none"]
    )
    def test_photos_that_are_too_few(self, tmp_path, change):
        rows = [
            {"product": f"{brand}{model}", "brand": name, "picture": draw(brand, model), "split": split} | change
            for brand, name in enumerate(BRANDS)
            for model, split in enumerate(["train", "val"])
        ]
        workspace = make_workspace(Workspace(tmp_path), rows, {row["product"]: {} for row in rows})
        with pytest.raises(DataError, match="too few photos to train and to validate on; run `sneakers split`"):
            finetune(workspace, "tinybackbone", toy_params())
