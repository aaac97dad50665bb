"""The examination of an installation, and what `sneakers doctor` prints of it."""

from __future__ import annotations

import shutil

import pytest

from sneakers_ml.cli.doctor import examine
from sneakers_ml.workspace.paths import Workspace
from sneakers_ml.workspace.settings import Settings
from tests.support.command import run_process

SECRETS = {
    "TELEGRAM_TOKEN": "123456789:AAsecret-token_of-the-bot",
    "AWS_ACCESS_KEY_ID": "AKIASECRETKEY",
    "AWS_SECRET_ACCESS_KEY": "very/secret+key",
}
TOKEN = SECRETS["TELEGRAM_TOKEN"]


def settings(**values):
    """Settings as the environment would give them, without its .env."""
    return Settings(_env_file=None, **values)


def findings(workspace, **values):
    return {finding.what: finding for finding in examine(workspace, settings(**values))}


def words(outcome):
    """What is printed, without the lines of the table and the colons of the list; broken cells are joined again."""
    return " ".join(outcome.out.replace("│", " ").replace(": ", " ").split())


def test_a_whole_workspace_is_in_order(tiny):
    found = findings(tiny.workspace)
    for what in ("workspace", "extractor hog", "extractor efficientnet_lite0", "model hog-svm", "bundle"):
        assert found[what].good is True, found[what]
    assert found["extractor efficientnet_lite0"].detail.startswith("1280 numbers")
    assert found["model hog-svm"].detail.startswith("3 brands, validation macro-F1 ")
    assert found["bundle"].detail == "efficientnet_lite0-svm, 144 photos, hashes verified"


def test_the_packages_of_a_development_machine_are_all_there(tiny):
    found = findings(tiny.workspace)
    for use in ("serving", "train"):
        assert found[f"packages for {use}"].good is True, found[f"packages for {use}"]
    assert found["python"].good is None


def test_an_empty_folder_has_no_bundle_and_no_parameters(tmp_path):
    found = findings(Workspace(tmp_path))
    assert (found["workspace"].good, found["bundle"].good) == (False, False)
    assert "no bundle here" in found["bundle"].detail
    assert not any(what.startswith(("extractor", "model")) for what in found)


def test_what_is_damaged_is_named_and_the_rest_is_examined(tiny, tmp_path):
    workspace = tiny.copy(tmp_path)
    (workspace.extractor("hog") / "extractor.json").write_text("{")
    (workspace.brand_model("hog-svm") / "model.json").unlink()
    (workspace.bundle / "thumbnails.zip").write_bytes(b"")
    shutil.copytree(workspace.extractor("hog"), workspace.extractors / ".hog.0123.tmp")  # what a kill may leave
    found = findings(workspace)
    assert (found["extractor hog"].good, found["extractor efficientnet_lite0"].good) == (False, True)
    assert (found["model hog-svm"].good, found["model efficientnet_lite0-svm"].good) == (False, True)
    assert "thumbnails.zip: changed" in found["bundle"].detail
    assert not any(".tmp" in what for what in found)


@pytest.mark.parametrize(
    ("values", "what", "good"),
    [
        ({}, "telegram token", False),
        ({"telegram_token": TOKEN}, "telegram token", True),
        ({}, "S3 bucket", False),
        ({"s3_bucket": "shoes"}, "S3 bucket", True),
        ({"aws_access_key_id": "id"}, "S3 keys", False),
        ({"aws_secret_access_key": "secret"}, "S3 keys", False),
        ({"aws_access_key_id": "id", "aws_secret_access_key": "secret"}, "S3 keys", True),
    ],
)
def test_what_is_set(tmp_path, values, what, good):
    finding = findings(Workspace(tmp_path), **values)[what]
    assert finding.good is good
    assert ("is not set" in finding.detail) is not good


class TestCommand:
    def test_it_says_what_is_there_and_never_a_secret(self, tiny, tmp_path):
        for more in ((), ("--all",)):
            outcome = run_process(
                "--workspace", tiny.root, "doctor", *more, cwd=tmp_path, S3_BUCKET="shoes", COLUMNS="200", **SECRETS
            )
            assert (outcome.code, outcome.err) == (0, "")
            assert "is not set" not in outcome.out
            said = words(outcome)
            assert "efficientnet_lite0-svm, 144 photos, hashes verified" in said
            for there in ("telegram token set", "S3 bucket shoes", "S3 keys set"):
                assert there in said
            for secret in SECRETS.values():
                assert secret not in outcome.out
                assert secret.split(":")[-1][:12] not in outcome.out

    def test_it_is_short_and_counts_models(self, sneakers, tiny):
        outcome = sneakers("--workspace", tiny.root, "doctor")
        extractors, models = (
            len(list(folder.iterdir())) for folder in (tiny.workspace.extractors, tiny.workspace.brand_models)
        )
        assert f"extractors: {extractors}\n  models: {models}\n" in outcome.out
        assert len(outcome.out.splitlines()) < 20
        assert "hog-svm" not in outcome.out

    def test_all_lists_every_extractor_and_model(self, sneakers, tiny):
        listed = words(sneakers("--workspace", tiny.root, "doctor", "--all"))
        for kind, folder in (("extractor", tiny.workspace.extractors), ("model", tiny.workspace.brand_models)):
            for each in folder.iterdir():
                assert f"{kind} {each.name}" in listed

    def test_problems_come_first_and_say_what_to_do(self, sneakers, tiny, tmp_path):
        workspace = tiny.copy(tmp_path)
        models = len(list(workspace.brand_models.iterdir()))
        (workspace.brand_model("hog-svm") / "model.json").unlink()
        lines = sneakers("--workspace", tmp_path, "doctor").out.splitlines()
        assert lines[0] == "problems"
        (problem,) = [line for line in lines[: lines.index("in order")] if "model hog-svm: " in line]
        assert "missing; run `sneakers train EXTRACTOR CLASSIFIER`" in problem
        assert f"  models: {models - 1}" in lines

    def test_a_token_in_a_dotenv_file_is_seen_and_not_shown(self, tmp_path):
        (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in SECRETS.items()))
        outcome = run_process("doctor", cwd=tmp_path)
        assert "telegram token set" in words(outcome)
        assert "bundle.json: no bundle here" in outcome.out
        assert not any(secret in outcome.out + outcome.err for secret in SECRETS.values())

    def test_an_empty_workspace_is_examined_too(self, tmp_path):
        outcome = run_process("doctor", cwd=tmp_path)
        assert outcome.code == 0
        assert "TELEGRAM_TOKEN is not set" in outcome.out
        assert f"workspace: {tmp_path} has no params.yaml" in outcome.out


def test_no_finding_holds_a_secret(tmp_path):
    secrets = {"telegram_token": TOKEN, "aws_access_key_id": "AKIAIDID", "aws_secret_access_key": "s3-secret-key"}
    found = findings(Workspace(tmp_path), s3_bucket="shoes", **secrets)
    text = " ".join(f"{finding.what} {finding.detail}" for finding in found.values())
    assert not any(secret in text or secret.split(":")[-1] in text for secret in secrets.values())
