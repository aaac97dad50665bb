"""What a run notes of things gone wrong."""

from __future__ import annotations

from scrapy import Request
from twisted.python.failure import Failure

from scrapers.engine.run import PHOTO
from tests.scrapers.engine.parts import make_run


def test_an_item_that_a_pipeline_stumbled_over_is_reported(tmp_path):
    run = make_run(tmp_path)
    run.count_lost(item="listing 7", failure=Failure(OSError(28, "No space left on device")), response=None)
    assert run.invalid_items == [("listing 7", "OSError: [Errno 28] No space left on device")]
    run.journal.close()


def test_a_wall_is_many_refusals_in_a_row(tmp_path):
    run = make_run(tmp_path)
    page, photo = Request("http://127.0.0.1:8000/p/1"), Request("http://127.0.0.1:8000/1.jpg", meta={PHOTO: "1"})
    most = run.params.retries.refused_after
    assert not any(run.answered(page, 403) for _ in range(most - 1))
    assert not run.answered(page, 200)
    assert not any(run.answered(page, 401) for _ in range(most - 1)), "an answer in between begins anew"
    run.answered(photo, 200)  # photos have nothing to do with it
    assert run.answered(page, 403)
    run.journal.close()
