from __future__ import annotations

import pytest

from scrapers.engine.journal import Journal, PhotoProblem
from tests.scrapers.engine.parts import make_listing


@pytest.fixture
def written(tmp_path):
    """A journal of two photos and two listings, closed."""
    path = tmp_path / "journal.jsonl"
    journal = Journal.open(path)
    journal.add_photo("https://a/1", "photos/1.jpg")
    journal.add_listing(make_listing(1, photo_files=["photos/1.jpg"]), [PhotoProblem("https://a/9", "HTTP 404")])
    journal.add_photo("https://a/2", "photos/2.jpg")
    journal.add_listing(make_listing(2), [PhotoProblem("https://a/8", "small", thumbnail=True)])
    journal.close()
    return path


def test_it_reads_what_it_wrote(written):
    journal = Journal.open(written)
    assert journal.photos == {"https://a/1": "photos/1.jpg", "https://a/2": "photos/2.jpg"}
    assert journal.listings == {"1": make_listing(1, photo_files=["photos/1.jpg"]), "2": make_listing(2)}
    assert journal.photo_problems["https://a/8"] == PhotoProblem("https://a/8", "small", thumbnail=True)
    journal.close()


def test_cut_anywhere_the_whole_lines_stay_and_it_goes_on_behind_them(written, tmp_path):
    data = written.read_bytes()
    ends = [at + 1 for at, byte in enumerate(data) if byte == 10]
    assert len(ends) == 4
    for cut in range(0, len(data) + 1, 7):
        path = tmp_path / "cut.jsonl"
        path.write_bytes(data[:cut])
        journal = Journal.open(path)
        whole = sum(end <= cut for end in ends)
        assert len(journal.listings) + len(journal.photos) == whole
        journal.add_photo("https://a/new", "photos/new.jpg")
        journal.close()
        assert path.read_bytes().startswith(data[: ends[whole - 1] if whole else 0] + b'{"photo":"https://a/new"')


def test_a_line_that_makes_no_sense_ends_it(written):
    written.write_bytes(written.read_bytes() + b'{"listing": 3}\n{"photo": "x", "file": "y"}\n')
    journal = Journal.open(written)
    assert set(journal.listings) == {"1", "2"}
    assert "x" not in journal.photos
    journal.close()


def test_a_line_is_there_as_soon_as_it_is_added(tmp_path):
    journal = Journal.open(tmp_path / "journal.jsonl")
    journal.add_photo("https://a/1", "photos/1.jpg")
    assert (tmp_path / "journal.jsonl").read_bytes().endswith(b"\n")
    journal.close()
    with pytest.raises(ValueError, match="closed"):
        journal.add_photo("https://a/2", "photos/2.jpg")
