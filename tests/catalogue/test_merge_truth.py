"""The demo's shops, crawled by the real spiders and merged, against the truth of which listings are one product."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.common import pair_score
from demo.shops import write_truth
from tests.support.flat_demo import make_flat_demo

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_flat_demo(tmp_path_factory.mktemp("flat"), brands=4, models=6)
    write_truth(folder)
    return folder


def merged(demo: Path, option: str) -> dict[str, float]:
    result = subprocess.run(
        [sys.executable, "-m", "benchmarks.merge_truth", str(demo), option],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    answer: dict[str, float] = json.loads(result.stdout)
    return answer


def test_with_style_codes_nearly_every_pair_is_found(demo):
    score = merged(demo, "--style-codes")
    assert score["pairs"] > 100
    assert (score["sneakers missing"], score["other things kept"]) == (0, 0)
    assert score["precision"] >= 0.99
    assert score["recall"] >= 0.97


@pytest.mark.slow
def test_without_any_style_code_titles_do(demo):
    score = merged(demo, "--no-style-codes")
    assert (score["sneakers missing"], score["other things kept"]) == (0, 0)
    assert score["precision"] >= 0.97
    assert score["recall"] >= 0.85


def test_pairs_by_hand():
    """Found {1, 2, 3}, {4}; true {1, 2}, {3, 4}: three pairs were put together, two belong, one is right."""
    assert pair_score(["x", "x", "x", "y"], ["1", "1", "2", "2"]) == (2, pytest.approx(1 / 3), 0.5)
