"""What every command has in common, and what only a process of its own can show."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from importlib.metadata import version

import pandas as pd
import pytest
import typer

from sneakers_ml.cli.app import app
from sneakers_ml.workspace.paths import Workspace
from tests.support.command import SCRIPT, run_process, run_unprivileged

GROUP = typer.main.get_command(app)
COMMANDS = sorted(GROUP.commands)


def test_the_commands_are_those_of_the_design():
    promised = {"import", "merge", "photos", "split", "embed", "train", "index", "evaluate", "text", "bundle"}
    promised |= {
        "predict",
        "similar",
        "find",
        "vectors",
        "bot",
        "doctor",
        "workspace",
        "remote",
        "demo",
        "crawl",
        "catalogue",
    }
    assert promised <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_in_a_sentence(sneakers, command):
    outcome = sneakers(command, "--help")
    assert outcome.code == 0
    first = (GROUP.commands[command].help or "").split("\n\n")[0]
    assert first[0].isupper()
    assert first.endswith(".")
    assert first.split()[0] in outcome.out
    for parameter in GROUP.commands[command].params:
        assert getattr(parameter, "help", None) or parameter.name == "help", parameter.name


def test_help_lists_every_command_in_its_group(sneakers):
    outcome = sneakers("--help")
    assert outcome.code == 0
    groups = dict(re.findall(r"─ ([A-Z][a-z ]+?) ─+╮(.*?)╰", outcome.out, flags=re.DOTALL))
    assert list(groups) == ["Options", "Ask", "Build", "Serve", "Set up"]
    listed = {name: re.findall(r"^│ (\w+)", lines, flags=re.MULTILINE) for name, lines in groups.items()}
    assert listed["Ask"] == ["predict", "similar", "find", "vectors"]
    assert {"crawl", "merge", "embed", "train", "text", "bundle", "catalogue"} <= set(listed["Build"])
    assert {"workspace", "remote", "doctor", "demo"} == set(listed["Set up"])
    assert sorted(command for name in groups if name != "Options" for command in listed[name]) == COMMANDS


def test_no_help_lists_extractors_or_classifiers(sneakers):
    for command in COMMANDS:
        shown = sneakers(command, "--help").out
        assert not any(name in shown for name in ("resnet152", "catboost", "sift,")), command


def test_the_version_is_that_of_the_package(sneakers):
    outcome = sneakers("--version")
    assert (outcome.code, outcome.out, outcome.err) == (0, f"sneakers {version('sneakers-ml')}\n", "")


def test_what_asks_no_photo_starts_without_serving():
    """`sneakers --help` and every stage start quickly: what answers is loaded by the commands that ask."""
    script = (
        "import json, sys; import sneakers_ml.cli.app;"
        "print(json.dumps(sorted({'.'.join(name.split('.')[:2]) for name in sys.modules})))"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    slow = {"numpy", "pandas", "faiss", "cv2", "onnxruntime", "PIL", "pyarrow", "scrapy", "telegram", "demo"}
    slow |= {"sneakers_ml.serving", "sneakers_ml.features", "sneakers_ml.images", "sneakers_ml.catalogue"}
    assert slow & set(json.loads(result.stdout)) == set()


@pytest.mark.parametrize("arguments", [("fly",), ("merge", "too-much"), ("--colour",), ("embed",), ("train", "hog")])
def test_a_wrong_use_is_exit_code_2(sneakers, arguments):
    outcome = sneakers(*arguments)
    assert outcome.code == 2
    assert "Usage: sneakers" in outcome.err


@pytest.mark.parametrize("arguments", [("merge", "a\x1b[31m\u202e"), ("fly\x1b[31m",), ("--x\x1b[31m",)])
def test_no_argument_moves_the_terminal(sneakers, arguments):
    outcome = sneakers(*arguments)
    assert outcome.code in (1, 2)
    assert r"\x1b" in outcome.err
    assert not set("\x1b\u202e") & set(outcome.err)


class TestWorkspace:
    def ask(self, tiny, cwd, *arguments, **environment):
        outcome = run_process(*arguments, "predict", tiny.queries[0].path, "--json", cwd=cwd, **environment)
        return outcome, json.loads(outcome.out)["brand"] if outcome.code == 0 else None

    def test_it_is_the_current_folder_unless_told(self, tiny, tmp_path):
        outcome, brand = self.ask(tiny, tiny.root)
        assert brand in ("arvo", "brisko", "corvane")
        outcome, _ = self.ask(tiny, tmp_path)
        assert outcome.failed_in_one_line(1, "models/serving/bundle.json", "no bundle here")

    def test_sneakers_home_says_another(self, tiny, tmp_path):
        assert self.ask(tiny, tmp_path, SNEAKERS_HOME=str(tiny.root))[1]

    def test_so_does_a_dotenv_file(self, tiny, tmp_path):
        (tmp_path / ".env").write_text(f"SNEAKERS_HOME={tiny.root}\n")
        assert self.ask(tiny, tmp_path)[1]

    def test_the_option_wins(self, tiny, tmp_path):
        (tmp_path / "empty").mkdir()
        assert self.ask(tiny, tmp_path, "--workspace", tiny.root, SNEAKERS_HOME=str(tmp_path / "empty"))[1]
        outcome, _ = self.ask(tiny, tmp_path, "--workspace", "empty", SNEAKERS_HOME=str(tiny.root))
        assert outcome.failed_in_one_line(1, "empty/models/serving/bundle.json")

    def test_a_setting_that_cannot_be_used_is_one_line(self, tmp_path):
        outcome = run_process("merge", cwd=tmp_path, BOT_AT_ONCE="many")
        assert outcome.failed_in_one_line(2, "BOT_AT_ONCE")


class TestProcess:
    def test_a_file_name_that_is_not_utf8(self, tiny, tmp_path):
        name = os.fsdecode(b"shoe-\xff\xfe.jpg")
        try:
            shutil.copyfile(tiny.queries[0].path, tmp_path / name)
        except OSError:
            pytest.skip("this file system takes UTF-8 names only")
        printed = run_process("--workspace", tiny.root, "predict", tmp_path, "--json", "--top", 1, cwd=tmp_path)
        assert (printed.code, printed.err) == (0, "")
        assert json.loads(printed.out)["photo"] == str(tmp_path / name)
        shown = run_process("--workspace", tiny.root, "predict", tmp_path, "--top", 1, cwd=tmp_path)
        assert (shown.code, shown.err) == (0, "")
        assert "shoe-??.jpg" in shown.out

    def test_a_terminal_that_has_no_cyrillic(self, tiny, tmp_path):
        outcome = run_process(
            "--workspace", tiny.root, "predict", "фото.jpg", "--json", cwd=tmp_path, PYTHONIOENCODING="ascii"
        )
        assert outcome.code == 1
        assert json.loads(outcome.out)["photo"] == "фото.jpg"

    def test_letters_that_a_terminal_does_not_have_are_question_marks(self, tiny, tmp_path):
        """Of a photo's name, and of a title in Cyrillic."""
        bundle = shutil.copytree(tiny.workspace.bundle, Workspace(tmp_path).bundle)
        products = pd.read_parquet(bundle / "products.parquet")
        products.assign(title="Кеды " + products["title"]).to_parquet(bundle / "products.parquet")
        manifest = json.loads((bundle / "bundle.json").read_text())
        manifest["files"]["products.parquet"] = hashlib.sha256((bundle / "products.parquet").read_bytes()).hexdigest()
        (bundle / "bundle.json").write_text(json.dumps(manifest))
        photo = shutil.copyfile(tiny.queries[0].path, tmp_path / "фото.jpg")
        for command, asked, shown in (("find", "красные arvo", "???? Arvo"), ("similar", photo, "????.jpg")):
            outcome = run_process(command, asked, "--top", 1, cwd=tmp_path, PYTHONIOENCODING="ascii")
            assert (outcome.code, outcome.err) == (0, "")
            assert shown in outcome.out
            assert "????" in outcome.out.partition("offers")[2]

    def test_a_reader_that_leaves_early_is_no_failure(self, tiny):
        photos = [str(query.path) for query in tiny.queries]
        process = subprocess.Popen(
            [SCRIPT, "--workspace", str(tiny.root), "predict", *photos * 3, "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.wait(timeout=60) == 1
        assert process.stderr.read() == ""
        process.stderr.close()

    @pytest.mark.parametrize("closing", ["--version >&-", "--help >&-", "merge >&- 2>&-", "--help | true"])
    def test_a_closed_output_is_no_traceback(self, tmp_path, closing):
        command = f'"{SCRIPT}" {closing}'
        result = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (result.returncode, result.stdout, result.stderr) == (int("merge" in closing), "", "")

    def test_the_end_of_an_output_that_nobody_reads_is_no_traceback(self, tiny):
        """What little there is is held back until the end."""
        reading, writing = os.pipe()
        os.close(reading)
        command = [SCRIPT, "--workspace", str(tiny.root), "find", "arvo", "--json"]
        result = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
        os.close(writing)
        assert (result.returncode, result.stderr) == (1, "")

    def test_an_output_that_is_full_is_one_line(self, tmp_path):
        full = tmp_path / "full"
        try:
            os.mknod(full, stat.S_IFCHR | 0o600, os.makedev(1, 7))  # Linux's full device, one of its own
            full.open("wb").close()
        except OSError:
            pytest.skip("no device can be made here")
        with full.open("wb") as stdout:
            result = subprocess.run(
                [SCRIPT, "--version"], stdout=stdout, stderr=subprocess.PIPE, text=True, check=False
            )
        assert (result.returncode, result.stderr) == (1, "sneakers: output: No space left on device\n")

    def test_what_may_not_be_looked_into_is_named_and_costs_only_itself(self, tiny, tmp_path):
        photos = tmp_path / "photos"
        for name in ("closed/a.jpg", "listed/b.jpg", "open/c.jpg", "open/secret.jpg"):
            (photos / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(tiny.queries[0].path, photos / name)
        modes = {"closed": 0o000, "listed": 0o444, "open/secret.jpg": 0o000}
        for name, mode in modes.items():
            (photos / name).chmod(mode)
        try:
            asked = run_unprivileged("--workspace", tiny.root, "predict", photos, "--json", "--top", 1, cwd=tmp_path)
            alone = run_unprivileged("--workspace", tiny.root, "predict", photos / "closed", cwd=tmp_path)
            imported = run_unprivileged("--workspace", "ws", "import", photos, "--source", "mine", cwd=tmp_path)
        finally:
            for name in modes:
                (photos / name).chmod(0o755)
        answers = {line["photo"]: line.get("error", "") for line in map(json.loads, asked.out.splitlines())}
        assert asked.code == 1
        assert answers.pop(str(photos / "open/c.jpg")) == ""
        assert answers.keys() == {str(photos / name) for name in ("closed", "listed/b.jpg", "open/secret.jpg")}
        assert "folder cannot be looked into" in answers[str(photos / "closed")]
        assert "file cannot be opened" in answers[str(photos / "open/secret.jpg")]
        assert (alone.code, alone.out) == (1, "")
        assert "cannot be looked into" in alone.err
        assert "rejected: 3" in imported.out
        for name in ("closed: The folder cannot", "listed/b.jpg: The file cannot", "open/secret.jpg: The file cannot"):
            assert f"  {name}" in imported.err

    def test_a_failure_has_no_traceback(self, tmp_path):
        assert run_process("photos", cwd=tmp_path).failed_in_one_line(2, "params.yaml")
