"""`sneakers remote`, then DVC itself, against a real S3 server: push, wipe, pull, reproduce with nothing to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sneakers_ml.errors import SettingsError, UsageError
from sneakers_ml.workspace.crawl_tracking import track_crawls
from sneakers_ml.workspace.paths import Workspace
from sneakers_ml.workspace.remote import chosen_remote, write_remote
from sneakers_ml.workspace.settings import Settings
from tests.support.command import run_process
from tests.support.s3 import BUCKET, KEY, SECRET, s3_server

NAMES = ("S3_BUCKET", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
PIPELINE = """\
stages:
  gather:
    cmd: mkdir data/gathered && cp data/raw/*/*.jsonl data/gathered/ && touch ran
    deps: [data/raw]
    outs: [data/gathered]
"""


def settings(**values):
    return Settings(_env_file=None, **{name.lower(): value for name, value in values.items()})


class TestChosenRemote:
    def test_its_address_and_its_hidden_keys(self):
        whole = settings(S3_BUCKET="shoes", AWS_ACCESS_KEY_ID=KEY, AWS_SECRET_ACCESS_KEY=SECRET)
        remote = chosen_remote(whole, {})
        assert (remote.url, remote.server, remote.region) == ("s3://shoes/sneakers", "AWS", None)
        assert [key.get_secret_value() for key in remote.credentials] == [KEY, SECRET]
        assert SECRET not in repr(remote)
        assert chosen_remote(whole, {NAMES[1]: KEY, NAMES[2]: SECRET}).credentials is None

    @pytest.mark.parametrize("missing", [NAMES[:1], NAMES[1:2], NAMES[1:], NAMES])
    def test_what_is_missing_is_named(self, missing):
        values = {"S3_BUCKET": "shoes", "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
        with pytest.raises(SettingsError, match=f"^{', '.join(missing)}: not set") as raised:
            chosen_remote(settings(**{name: value for name, value in values.items() if name not in missing}), {})
        assert SECRET not in str(raised.value)

    @pytest.mark.parametrize("secret", [f"{SECRET}\n", f"{SECRET[:20]} {SECRET[20:]}"])
    def test_a_secret_badly_copied(self, secret):
        with pytest.raises(SettingsError, match=r"^AWS_SECRET_ACCESS_KEY: holds a blank") as raised:
            chosen_remote(settings(S3_BUCKET="shoes", AWS_ACCESS_KEY_ID=KEY, AWS_SECRET_ACCESS_KEY=secret), {})
        assert SECRET[:20] not in str(raised.value)

    def test_one_key_exported_and_one_in_the_file(self):
        whole = settings(S3_BUCKET="shoes", AWS_ACCESS_KEY_ID=KEY, AWS_SECRET_ACCESS_KEY=SECRET)
        with pytest.raises(SettingsError, match="AWS_ACCESS_KEY_ID stands in the environment"):
            chosen_remote(whole, {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": ""})


def test_a_folder_without_dvc_is_named(tmp_path):
    remote = chosen_remote(settings(S3_BUCKET="shoes", AWS_ACCESS_KEY_ID=KEY, AWS_SECRET_ACCESS_KEY=SECRET), {})
    with pytest.raises(UsageError, match="make it one with `sneakers workspace"):
        write_remote(tmp_path, remote)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with s3_server(tmp_path_factory.mktemp("s3")) as running:
        yield running


class Repository:
    """A folder under git and DVC with one crawled shop and one stage after it, and commands that run in it."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root = root
        self.base = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "DVC_SITE_CACHE_DIR": str(home / "site"),
            "GIT_CONFIG_NOSYSTEM": "1",
        }

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.root, env=self.base | environment, capture_output=True, text=True, check=False
        )

    def well(self, *command: str, **environment: str) -> str:
        """What a command that must go well printed."""
        result = self.run(*command, **environment)
        said = result.stdout + result.stderr
        assert result.returncode == 0, said
        assert SECRET not in said
        return said

    def sneakers(self, *arguments: str, **environment: str):
        return run_process(*arguments, cwd=self.root, **self.base, **environment)

    def bytes(self) -> dict[str, bytes]:
        files = (path for path in (self.root / "data").rglob("*") if path.is_file())
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in files}

    def wipe(self) -> None:
        for name in ("data/raw/superkicks", "data/gathered", ".dvc/cache", ".dvc/tmp", "ran"):
            path = self.root / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        shutil.rmtree(Path(self.base["HOME"]) / "site", ignore_errors=True)


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    folder = tmp_path_factory.mktemp("remote")
    (folder / "home").mkdir()
    made = Repository(folder / "repository", folder / "home")
    made.root.mkdir()
    (made.root / "dvc.yaml").write_text(PIPELINE)
    (made.root / ".gitignore").write_text(".env\n/ran\n")
    made.well("git", "init", "--quiet")
    made.well("dvc", "init", "--quiet")
    made.well("dvc", "config", "core.analytics", "false")
    shop = made.root / "data" / "raw" / "superkicks"
    (shop / "photos").mkdir(parents=True)
    (shop / "listings.jsonl").write_text('{"listing_id": "1"}\n')
    for number in range(3):
        (shop / "photos" / f"{number}.jpg").write_bytes(bytes(range(number, 200)) * 50)
    assert track_crawls(Workspace(made.root), ["superkicks"], environment={})
    return made


def test_push_wipe_pull_and_nothing_to_do(repository, server):
    (repository.root / ".env").write_text("".join(f"{name}={value}\n" for name, value in server.environment().items()))
    outcome = repository.sneakers("remote")
    assert (outcome.code, outcome.err) == (0, "")
    assert f"remote s3://{BUCKET}/sneakers" in outcome.out
    assert "access: ok" in outcome.out
    assert "copied from .env to .dvc/credentials.local" in outcome.out
    assert SECRET not in outcome.out
    assert KEY not in outcome.out

    repository.well("dvc", "repro")
    before = repository.bytes()
    assert "pushed" in repository.well("dvc", "push")
    assert len(server.objects()) == 6  # three photos, the file that both folders hold, and a list of files of each
    assert all(name.startswith("sneakers/files/md5/") for name in server.objects())

    repository.wipe()
    missing = repository.run("dvc", "repro")
    assert missing.returncode != 0
    assert "pull-or-crawl-superkicks': missing data 'source': data/raw/superkicks" in missing.stderr
    repository.well("dvc", "pull")
    assert repository.bytes() == before
    assert "Data and pipelines are up to date" in repository.well("dvc", "repro")
    assert not (repository.root / "ran").exists()

    credentials = repository.root / ".dvc" / "credentials.local"
    assert credentials.stat().st_mode & 0o777 == 0o600
    repository.well("git", "add", "--all")
    held = repository.well("git", "ls-files").split()
    assert "dvc.lock" in held
    assert not any(name in held for name in (".env", ".dvc/credentials.local", ".dvc/config.local"))
    grep = repository.run("git", "grep", "--cached", "--quiet", "--fixed-strings", "-e", SECRET, "-e", KEY)
    assert grep.returncode == 1


def test_a_wrong_secret_is_said_by_the_command_and_by_dvc(repository, server):
    (repository.root / ".env").unlink(missing_ok=True)
    wrong = SECRET[:-1] + "+"
    environment = server.environment(AWS_SECRET_ACCESS_KEY=wrong, S3_PREFIX="elsewhere")
    outcome = repository.sneakers("remote", **environment)
    assert outcome.failed_in_one_line(1, "the secret is wrong", "AWS_SECRET_ACCESS_KEY")
    assert not (repository.root / ".dvc" / "credentials.local").exists()  # exported keys are written nowhere
    push = repository.run("dvc", "push", **environment)
    assert push.returncode != 0
    assert "403" in push.stderr  # all that an answer to a HEAD request can say; `sneakers remote` says the rest
    assert "Forbidden" in push.stderr
    for said in (outcome.out, outcome.err, push.stdout, push.stderr):
        assert not any(hidden in said for hidden in (wrong, SECRET, KEY))
    for path in (repository.root / ".dvc").rglob("*"):
        assert not path.is_file() or wrong.encode() not in path.read_bytes()


def test_no_check_needs_no_server_and_a_later_call_replaces_the_remote(repository):
    (repository.root / ".env").unlink(missing_ok=True)
    ignored = repository.root / ".dvc" / ".gitignore"
    ignored.unlink()  # as in a repository that DVC made without git
    keys = {"S3_BUCKET": "boots", "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    outcome = repository.sneakers("remote", "--no-check", S3_PREFIX="a/b", AWS_DEFAULT_REGION="ru-central1", **keys)
    assert (outcome.code, outcome.err) == (0, "")
    assert {"/config.local", "/credentials.local", "/cache"} <= set(ignored.read_text().split())
    assert "access: not tried" in outcome.out
    assert "keys: in the environment" in outcome.out
    listed = repository.well("dvc", "config", "--local", "--list").split()
    assert "remote.storage.url=s3://boots/a/b" in listed
    assert "remote.storage.region=ru-central1" in listed
    assert not any("endpointurl" in line or "credentialpath" in line for line in listed)


def test_nothing_set_is_one_line_that_names_all(repository, tmp_path):
    outcome = run_process("--workspace", repository.root, "remote", cwd=tmp_path)
    assert outcome.failed_in_one_line(2, *NAMES, ".env")
