from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sneakers_ml.parallel import ordered_map


def test_results_come_in_the_items_order_whichever_is_done_first():
    def slow_when_even(number):
        time.sleep(0.02 * (number % 2 == 0))
        return number * number

    assert list(ordered_map(slow_when_even, range(20), workers=4)) == [number * number for number in range(20)]


def test_no_items_no_results():
    assert list(ordered_map(str, [], workers=2)) == []


def test_it_reads_two_items_ahead_a_worker_and_no_more():
    read = []

    def items():
        for number in range(100):
            read.append(number)
            yield number

    results = ordered_map(lambda number: number, items(), workers=3)
    for taken in range(1, 11):
        next(results)
        assert len(read) <= taken + 2 * 3
    results.close()
    assert len(read) < 20


def test_the_workers_work_side_by_side():
    meeting = threading.Barrier(3, timeout=10)
    assert len(list(ordered_map(lambda _: meeting.wait(), range(3), workers=3))) == 3


def test_an_error_comes_where_its_result_would_have_come():
    results = ordered_map(lambda number: 10 // number, [5, 2, 0, 1], workers=2)
    assert [next(results), next(results)] == [2, 5]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_what_has_not_begun_is_given_up_with_the_reader():
    begun, before = [], threading.active_count()

    def work(number):
        begun.append(number)
        time.sleep(0.05)

    results = ordered_map(work, range(50), workers=1)
    next(results)
    results.close()
    assert len(begun) <= 3
    assert threading.active_count() == before


def test_an_error_of_the_items_is_the_readers_to_see():
    def items():
        yield 1
        raise KeyError("gone")

    results = ordered_map(str, items(), workers=1)
    with pytest.raises(KeyError, match="gone"):
        list(results)


WORKER = """
import multiprocessing, os, signal, sys, time
from concurrent.futures import ProcessPoolExecutor
from sneakers_ml.parallel import end_with_parent

if __name__ == "__main__":
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), end_with_parent) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        time.sleep(60)
"""


def test_a_worker_of_a_pool_ends_when_the_process_that_started_it_is_killed(tmp_path):
    script = tmp_path / "pool.py"
    script.write_text(WORKER, encoding="utf-8")
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        assert Path(f"/proc/{worker}").exists()
        process.kill()
    until = time.monotonic() + 20
    while Path(f"/proc/{worker}").exists() and "zombie" not in Path(f"/proc/{worker}/status").read_text():
        assert time.monotonic() < until
        time.sleep(0.05)
