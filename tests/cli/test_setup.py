from __future__ import annotations

from sneakers_ml.workspace.params import load_params
from tests.support.command import run_process


def test_a_workspace_is_made_and_renewed(tmp_path):
    (tmp_path / "brands.txt").write_text("\ufeffNike\n\nNew Balance\n", encoding="utf-8")
    made = run_process("workspace", "mine", "--brands", "brands.txt", "--train-source", "catalogue", cwd=tmp_path)
    assert (made.code, made.err) == (0, "")
    params = load_params(tmp_path / "mine" / "params.yaml")
    assert params.split.brands == ("Nike", "New Balance")
    assert params.split.train_sources == ("catalogue",)
    assert (tmp_path / "mine" / params.code / "cli" / "app.py").is_file()
    assert (tmp_path / "mine" / ".dvc" / "config").is_file()
    stage = run_process("--workspace", "mine", "merge", cwd=tmp_path)
    assert stage.failed_in_one_line(1, "mine/data/raw", "`sneakers import`")


def test_wrong_brands_are_one_line(tmp_path):
    (tmp_path / "one.txt").write_text("Nike\n")
    assert run_process("workspace", "mine", "--brands", "one.txt", cwd=tmp_path).failed_in_one_line(2, "two are needed")
    assert not (tmp_path / "mine").exists()
