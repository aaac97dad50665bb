"""What holds the repository together: locks in step, stages and params that name the same things."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

from scripts.check_requirements import EXTRAS, SCALE_EXTRAS, differences, exported, locked

ROOT = Path(__file__).resolve().parents[1]


def test_requirements_are_what_the_lock_exports_to() -> None:
    pins = locked(ROOT / "poetry.lock", EXTRAS, ("main", "dev"))
    assert differences(pins, exported(ROOT / "requirements.txt")) == []
    pins = locked(ROOT / "poetry.lock", SCALE_EXTRAS)
    assert differences(pins, exported(ROOT / "requirements-scale.txt")) == []


def test_all_extras_are_in_requirements_of_some_kind() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert {*EXTRAS, *SCALE_EXTRAS} == set(extras)


def test_the_check_sees_a_changed_version_and_a_changed_hash(tmp_path: Path) -> None:
    lock, requirements = tmp_path / "poetry.lock", tmp_path / "requirements.txt"
    lock.write_text(
        '[[package]]\nname = "one"\nversion = "1.0"\ngroups = ["main"]\n'
        'files = [{file = "one.whl", hash = "sha256:aa"}]\n'
        '[[package]]\nname = "two"\nversion = "2.0"\ngroups = ["main", "dev"]\n'
        "markers = {main = 'extra == \"more\"'}\n"
        'files = [{file = "two.whl", hash = "sha256:bb"}]\n'
    )
    requirements.write_text(
        "one==1.0 ; python_version >= '3' \\\n    --hash=sha256:aa\ntwo==2.0 \\\n    --hash=sha256:bb\n"
    )
    assert differences(locked(lock, ["more"]), exported(requirements)) == []
    assert differences(locked(lock, [], ["dev"]), exported(requirements)) == ["one==1.0"]
    assert differences(locked(lock, []), exported(requirements)) == ["two==2.0"]
    requirements.write_text("one==1.1 \\\n    --hash=sha256:aa\ntwo==2.0 \\\n    --hash=sha256:cc\n")
    assert differences(locked(lock, ["more"]), exported(requirements)) == ["one==1.0", "one==1.1", "two==2.0"]


def test_every_stage_runs_a_command_of_the_same_name() -> None:
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    commands = {name: stage["cmd"].split()[3] for name, stage in stages.items()}
    assert commands == {name: name.partition("-")[0] for name in stages}  # embed-fitted is a way to embed


def test_every_source_that_a_stage_depends_on_exists() -> None:
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    sources = {dep for stage in stages.values() for dep in stage["deps"] if dep.startswith("${code}")}
    missing = [dep for dep in sources if not (ROOT / dep.replace("${code}", "src/sneakers_ml")).exists()]
    assert not missing


def test_hidden_settings_of_dvc_keep_it_quiet() -> None:
    config = subprocess.run(
        [sys.executable, "-m", "dvc", "config", "core.analytics"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert config.stdout.strip() == "false"


def test_every_part_of_a_joined_extractor_has_its_line() -> None:
    """DVC cannot repeat a dependency for each entry of a list."""
    parts = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))["embed"]["concat"]["parts"]
    deps = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]["embed-joined"]["deps"]
    lines = [dep for dep in deps if "embed.concat.parts[" in dep]
    assert lines == [f"data/features/${{embed.concat.parts[{number}]}}.json" for number in range(len(parts))]
