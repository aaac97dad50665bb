from __future__ import annotations

import socket

from tests.support.command import run_process, run_without


def test_the_bot_needs_a_token(tiny, tmp_path):
    outcome = run_process("--workspace", tiny.root, "bot", cwd=tmp_path)
    assert outcome.failed_in_one_line(2, "TELEGRAM_TOKEN is not set")


def test_the_bot_needs_a_bundle_and_does_not_show_the_token(tmp_path):
    outcome = run_process("bot", cwd=tmp_path, TELEGRAM_TOKEN="1:secret", TELEGRAM_API_URL="http://127.0.0.1:9")
    assert outcome.failed_in_one_line(1, "bundle.json", "no bundle here")
    assert "secret" not in outcome.err + outcome.out


def test_the_page_needs_a_bundle(tmp_path):
    outcome = run_process("web", cwd=tmp_path)
    assert outcome.failed_in_one_line(1, "bundle.json", "no bundle here")


def test_the_page_says_which_setting_is_wrong_before_it_starts(tiny, tmp_path):
    outcome = run_process("--workspace", tiny.root, "web", cwd=tmp_path, BOT_THREADS="none")
    assert outcome.failed_in_one_line(2, "BOT_THREADS")


def test_the_page_says_that_its_port_is_taken(tiny, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        outcome = run_process("--workspace", tiny.root, "web", "--port", taken.getsockname()[1], cwd=tmp_path)
    assert outcome.failed_in_one_line(2, "cannot listen", "in use", "--port")


def test_the_page_names_the_extra_that_it_needs(tiny):
    outcome = run_without("streamlit", "--workspace", tiny.root, "web")
    assert outcome.failed_in_one_line(2, "streamlit is not installed", "sneakers-ml[web]")
