from __future__ import annotations

import shutil
import subprocess
import sys

import pytest
import yaml

from sneakers_ml.errors import ParamsError, UsageError
from sneakers_ml.workspace.make import make_workspace, read_brands
from sneakers_ml.workspace.params import load_params
from sneakers_ml.workspace.paths import PROJECT_ROOT


class TestReadBrands:
    def test_one_a_line(self, tmp_path):
        (tmp_path / "brands.txt").write_bytes("\ufeffNike\r\n\n  New Balance \nНайк\n".encode())
        assert read_brands(tmp_path / "brands.txt") == ["Nike", "New Balance", "Найк"]

    @pytest.mark.parametrize("content", [b"", b"\n\n", b"Nike\n"])
    def test_two_are_needed(self, tmp_path, content):
        (tmp_path / "brands.txt").write_bytes(content)
        with pytest.raises(UsageError, match="two are needed"):
            read_brands(tmp_path / "brands.txt")

    def test_a_file_that_cannot_be_read(self, tmp_path):
        (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
        for name in ("nowhere.txt", "photo.jpg", "."):
            with pytest.raises(UsageError, match="give a text file with a brand a line"):
                read_brands(tmp_path / name)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A fresh workspace; DVC takes a second to make its repository, so tests share it and work on copies."""
    folder = tmp_path_factory.mktemp("made") / "deep" / "ws"
    make_workspace(folder, {})
    return folder


@pytest.fixture
def workspace(made, tmp_path):
    return shutil.copytree(made, tmp_path / "deep" / "ws", symlinks=True)


class TestMakeWorkspace:
    def test_it_has_the_projects_pipeline_and_parameters(self, made):
        assert (made / "dvc.yaml").read_bytes() == (PROJECT_ROOT / "dvc.yaml").read_bytes()
        own, project = load_params(made / "params.yaml"), load_params(PROJECT_ROOT / "params.yaml")
        assert (made / own.code).resolve() == PROJECT_ROOT / "src" / "sneakers_ml"
        assert (own.finetune.profile, project.finetune.profile) == ("cpu", "demo")
        changed = {
            "code": True,
            "embed": True,
            "train": True,
            "finetune": True,
            "split": {"brands"},
            "index": {"known_kept"},
        }
        assert own.model_dump(exclude=changed) == project.model_dump(exclude=changed)
        assert (own.split.brands, own.index.known_kept) == (None, 0.9)  # the project's are the demo's
        assert set(project.embed.names) - set(own.embed.names) == {"resnet152"}
        assert set(project.train.extractors) - set(own.train.extractors) == {"resnet152", "concat"}

    def test_with_a_graphics_card_it_has_every_extractor(self, tmp_path):
        make_workspace(tmp_path / "ws", {}, "gpu")
        own, project = load_params(tmp_path / "ws" / "params.yaml"), load_params(PROJECT_ROOT / "params.yaml")
        assert own.finetune.profile == "gpu"
        assert (own.embed, own.train) == (project.embed, project.train)

    def test_an_existing_workspace_keeps_its_profile(self, tmp_path):
        make_workspace(tmp_path / "ws", {}, "gpu")
        make_workspace(tmp_path / "ws", {}, "cpu")
        assert load_params(tmp_path / "ws" / "params.yaml").finetune.profile == "gpu"

    def test_dvc_knows_its_stages_there(self, made):
        result = subprocess.run(
            [sys.executable, "-m", "dvc", "stage", "list", "--name-only"],
            cwd=made,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        assert {"merge", "photos", "split", "index", "evaluate", "bundle"} <= set(result.stdout.split())

    def test_what_its_owner_changed_stays(self, workspace):
        params = workspace / "params.yaml"
        text = params.read_text().replace("min_photos: 30", "min_photos: 7")
        params.write_text(f"{text}\n# a note of mine\n")
        (workspace / "dvc.yaml").write_text("stages: {}\n")
        make_workspace(workspace, {"brands": ["no", "New Balance", "a: b"], "train_sources": ["catalogue"]})
        split = load_params(params).split
        assert (split.brands, split.train_sources) == (("no", "New Balance", "a: b"), ("catalogue",))
        assert split.min_photos == 7
        assert "# a note of mine" in params.read_text()
        assert (workspace / "dvc.yaml").read_bytes() == (PROJECT_ROOT / "dvc.yaml").read_bytes()

    def test_brands_in_lines_of_their_own_are_replaced(self, workspace):
        params = workspace / "params.yaml"
        lines = "  brands: # mine\n    - Asics\n    # not any more: Fila\n    - Vans\n"
        before = yaml.safe_load(params.read_text())
        params.write_text(
            "".join(lines if line.startswith("  brands:") else line for line in params.read_text().splitlines(True))
        )
        make_workspace(workspace, {"brands": ["Nike", "Puma"]})
        before["split"]["brands"] = ["Nike", "Puma"]
        before["code"] = yaml.safe_load(params.read_text())["code"]
        assert yaml.safe_load(params.read_text()) == before

    def test_repeating_it_changes_nothing(self, workspace):
        make_workspace(workspace, {"brands": ["Nike", "Puma"]})
        once = (workspace / "params.yaml").read_text()
        make_workspace(workspace, {"brands": ["Nike", "Puma"]})
        assert (workspace / "params.yaml").read_text() == once

    def test_the_link_to_the_sources_is_renewed_and_nothing_else_is_removed_for_it(self, workspace):
        link = workspace / ".code"
        link.unlink()
        link.symlink_to("where the project was before")
        make_workspace(workspace, {})
        assert link.resolve() == PROJECT_ROOT / "src" / "sneakers_ml"
        link.unlink()
        link.mkdir()
        with pytest.raises(UsageError, match=r"\.code: is in the way"):
            make_workspace(workspace, {})
        assert link.is_dir()

    def test_compiled_files_of_the_sources_are_no_change(self, workspace):
        """Of a folder outside, DVC would count each `__pycache__` that a run leaves there."""
        sources = workspace / "sources"
        (sources / "__pycache__").mkdir(parents=True)
        (sources / "module.py").write_text("x = 1\n")
        (workspace / ".code").unlink()
        (workspace / ".code").symlink_to("sources")
        (workspace / "dvc.yaml").write_text("stages: {s: {cmd: echo > out, deps: [.code], outs: [out]}}\n")

        def repro():
            command = [sys.executable, "-m", "dvc", "repro"]
            return subprocess.run(command, cwd=workspace, capture_output=True, text=True, check=True).stdout

        assert "Running stage" in repro()
        (sources / "__pycache__" / "module.cpython-311.pyc").write_bytes(b"compiled")
        assert "didn't change" in repro()
        (sources / "module.py").write_text("x = 2\n")
        assert "Running stage" in repro()

    def test_the_project_itself_is_no_other_workspace(self):
        with pytest.raises(UsageError, match="the project itself"):
            make_workspace(PROJECT_ROOT, {})

    def test_parameters_without_the_key_are_named_and_stay(self, workspace):
        (workspace / "params.yaml").write_text("photos: {}\n")
        with pytest.raises(UsageError, match="no line `code:`"):
            make_workspace(workspace, {})
        assert (workspace / "params.yaml").read_text() == "photos: {}\n"

    def test_parameters_that_do_not_fit_are_named(self, workspace):
        (workspace / "params.yaml").write_text("code: x\nphotos: {}\n")
        with pytest.raises(ParamsError, match="split"):
            make_workspace(workspace, {})

    def test_a_workspace_from_before_there_were_engines_gets_their_section(self, workspace):
        params = workspace / "params.yaml"
        lines = params.read_text().splitlines(keepends=True)
        start = lines.index(next(line for line in lines if line.startswith("engine:")))
        params.write_text("".join(lines[:start] + lines[lines.index("\n", start) + 1 :]))
        assert "engine" not in yaml.safe_load(params.read_text())
        make_workspace(workspace, {})
        assert yaml.safe_load(params.read_text())["engine"]["vectors"] == "npy"
        before = params.read_text()
        make_workspace(workspace, {})
        assert params.read_text() == before
