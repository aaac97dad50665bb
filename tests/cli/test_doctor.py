from __future__ import annotations

import shutil

from tests.support.command import run_process

SECRETS = {
    "TELEGRAM_TOKEN": "123456789:AAsecret-token_of-the-bot",
    "AWS_ACCESS_KEY_ID": "AKIASECRETKEY",
    "AWS_SECRET_ACCESS_KEY": "very/secret+key",
}


def words(outcome):
    """What the table says, without its lines: a cell broken over lines is joined again."""
    return " ".join(outcome.out.replace("│", " ").split())


def test_it_says_what_is_there_and_never_a_secret(tiny, tmp_path):
    outcome = run_process("--workspace", tiny.root, "doctor", cwd=tmp_path, S3_BUCKET="shoes", COLUMNS="200", **SECRETS)
    assert (outcome.code, outcome.err) == (0, "")
    for said in ("TELEGRAM_TOKEN", "is not set"):
        assert said not in outcome.out
    for there in (
        "efficientnet_lite0-svm, 108 photos, hashes verified",
        "telegram token set",
        "S3 bucket shoes",
        "S3 keys set",
    ):
        assert there in words(outcome)
    for secret in SECRETS.values():
        assert secret not in outcome.out
        assert secret.split(":")[-1][:12] not in outcome.out


def test_a_token_in_a_dotenv_file_is_seen_and_not_shown(tmp_path):
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in SECRETS.items()))
    outcome = run_process("doctor", cwd=tmp_path, COLUMNS="200")
    assert "telegram token set" in words(outcome)
    assert "bundle.json: no bundle here" in words(outcome)
    assert not any(secret in outcome.out + outcome.err for secret in SECRETS.values())


def test_an_empty_workspace_is_examined_too(tmp_path):
    outcome = run_process("doctor", cwd=tmp_path, COLUMNS="200")
    assert outcome.code == 0
    assert "TELEGRAM_TOKEN is not set" in words(outcome)
    assert shutil.which("sneakers") is None or str(tmp_path) in outcome.out
