"""Settings are read in a process of their own, so that neither the environment nor a `.env` at hand plays a part."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from pydantic import ValidationError

from sneakers_ml.workspace.paths import PROJECT_ROOT
from sneakers_ml.workspace.settings import Settings

READ = """
import sys
from sneakers_ml.errors import SneakersError
from sneakers_ml.workspace.settings import load_settings
try:
    print(load_settings().model_dump_json())
except SneakersError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


def read(folder, **environment):
    """Exit code, settings and message of a process in `folder` with this environment only."""
    done = subprocess.run(
        [sys.executable, "-c", READ],
        cwd=folder,
        env={"PYTHONPATH": str(PROJECT_ROOT / "src"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr.strip()


def test_the_environment_wins_over_the_env_file_and_secrets_stay_hidden(tmp_path):
    (tmp_path / ".env").write_text("TELEGRAM_TOKEN=1:hush\nBOT_PER_USER=4\nBOT_THREADS=\nOTHER_PROGRAM=x\n")
    code, settings, _ = read(tmp_path, BOT_PER_USER="8", SNEAKERS_HOME="/srv/sneakers", S3_BUCKET="")
    assert code == 0
    assert settings["bot_per_user"] == 8
    assert settings["bot_threads"] == 2  # empty is unset
    assert settings["s3_bucket"] is None
    assert settings["sneakers_home"] == "/srv/sneakers"
    assert settings["telegram_token"] == "**********"


def test_values_that_cannot_work_are_one_line_that_names_each_variable(tmp_path):
    code, _, message = read(tmp_path, BOT_PER_USER="many", TELEGRAM_API_URL="telegram.example", BOT_DEADLINE="5")
    assert code == 2
    assert message.startswith("environment: ")
    assert "\n" not in message
    assert "BOT_PER_USER: Input should be a valid integer" in message
    assert "TELEGRAM_API_URL: Value error, must start with http:// or https://" in message
    assert "BOT_DEADLINE" not in message


def test_a_bucket_and_its_folder_are_plain_names(tmp_path):
    code, _, message = read(
        tmp_path, S3_BUCKET="shoes/mine", S3_PREFIX="s3://shoes", S3_ENDPOINT_URL="s3.example", AWS_DEFAULT_REGION="any"
    )
    assert code == 2
    assert "S3_BUCKET: Value error, must be the bucket's name alone" in message
    assert "S3_PREFIX: Value error, must be a name of letters" in message
    assert "S3_ENDPOINT_URL: Value error, must start with http:// or https://" in message
    code, settings, _ = read(tmp_path, S3_BUCKET="my.shoes-1", S3_PREFIX="a/b_c", S3_ENDPOINT_URL="https://s3.example/")
    assert code == 0
    assert (settings["s3_bucket"], settings["s3_prefix"]) == ("my.shoes-1", "a/b_c")
    assert settings["s3_endpoint_url"] == "https://s3.example"


def test_nothing_need_be_set():
    settings = Settings(_env_file=None)
    assert settings.bot_deadline == 30
    with pytest.raises(ValidationError, match="frozen"):
        settings.bot_per_user = 3  # type: ignore[misc]


def test_the_example_env_file_names_every_variable_and_no_other():
    lines = (PROJECT_ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = {
        line.lstrip("# ").partition("=")[0]
        for line in lines
        if "=" in line and " " not in line.partition("=")[0].lstrip("# ")
    }
    assert {name.lower() for name in named} == set(Settings.model_fields)
