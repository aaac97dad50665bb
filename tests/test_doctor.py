from __future__ import annotations

import shutil

import pytest

from sneakers_ml.doctor import examine
from sneakers_ml.workspace.paths import Workspace
from sneakers_ml.workspace.settings import Settings

TOKEN = "123456:AAvery-secret"


def settings(**values):
    """Settings as the environment would give them, without its .env."""
    return Settings(_env_file=None, **values)


def findings(workspace, **values):
    return {finding.what: finding for finding in examine(workspace, settings(**values))}


def test_a_whole_workspace_is_in_order(tiny):
    found = findings(tiny.workspace)
    for what in ("workspace", "extractor hog", "extractor efficientnet_lite0", "model hog-svm", "bundle"):
        assert found[what].good is True, found[what]
    assert found["extractor efficientnet_lite0"].detail.startswith("1280 numbers")
    assert found["model hog-svm"].detail.startswith("3 brands, validation macro-F1 ")
    assert found["bundle"].detail == "efficientnet_lite0-svm, 108 photos, hashes verified"


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


def test_no_finding_holds_a_secret(tmp_path):
    secrets = {"telegram_token": TOKEN, "aws_access_key_id": "AKIAIDID", "aws_secret_access_key": "s3-secret-key"}
    found = findings(Workspace(tmp_path), s3_bucket="shoes", **secrets)
    told = " ".join(f"{finding.what} {finding.detail}" for finding in found.values())
    assert not any(secret in told or secret.split(":")[-1] in told for secret in secrets.values())
