from __future__ import annotations

from tests.support.command import run_process


def test_the_bot_needs_a_token(tiny, tmp_path):
    outcome = run_process("--workspace", tiny.root, "bot", cwd=tmp_path)
    assert outcome.failed_in_one_line(2, "TELEGRAM_TOKEN is not set")


def test_the_bot_needs_a_bundle_and_does_not_show_the_token(tmp_path):
    outcome = run_process("bot", cwd=tmp_path, TELEGRAM_TOKEN="1:secret", TELEGRAM_API_URL="http://127.0.0.1:9")
    assert outcome.failed_in_one_line(1, "bundle.json", "no bundle here")
    assert "secret" not in outcome.err + outcome.out
