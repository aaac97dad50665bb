from __future__ import annotations

import csv


def test_it_draws_the_sneakers_asked_for(sneakers, tmp_path):
    outcome = sneakers("demo", tmp_path / "demo", "--brands", 1, "--models", 1, "--queries", 1, "--seed", 3)
    assert (outcome.code, outcome.err) == (0, "")
    with (tmp_path / "demo" / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert f"photos: {len(rows)}" in outcome.out
    assert all((tmp_path / "demo" / row["file"]).is_file() for row in rows)


def test_sizes_out_of_range_are_a_wrong_use(sneakers, tmp_path):
    assert sneakers("demo", tmp_path / "demo", "--brands", 0).failed_in_one_line(2, "brands")
    assert not (tmp_path / "demo").exists()


def test_a_folder_of_something_else_is_left_alone(sneakers, tmp_path):
    (tmp_path / "diary.txt").write_text("mine")
    assert sneakers("demo", tmp_path).failed_in_one_line(1, "not a demo")
    assert (tmp_path / "diary.txt").read_text() == "mine"
