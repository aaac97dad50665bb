"""What the bot does under load, and in a long run: a real process with a real bundle, against a Bot API on loopback.

    .venv/bin/python -m benchmarks.bot_load --photos data/demo/queries
    .venv/bin/python -m benchmarks.bot_load --photos data/demo/queries --people 50 --count 5000

Claims: everybody of 200 who write within a minute is answered; the event loop is late by less than 50 ms (99th
percentile) while photos are looked at; photos a second are within 15 % of what the bare recognizer does on as many
threads, decoding and thumbnails included; memory, open files and database do not grow with the photos. Telegram allows
30 messages a second, so the bot is told a higher limit here: the figure is of the bot, not of that limit.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import httpx
import typer
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.common import photo_files, print_table, run
from bot.asking import ask
from bot.metrics import Metrics
from bot.searches import Search
from sneakers_ml.serving.live import LiveBundle
from sneakers_ml.workspace.paths import Workspace
from tests.support.telegram import TOKEN, FakeTelegram, Person

PORT = 18_600
WAIT_S = 60


def bare_rate(workspace: Workspace, photos: list[bytes], count: int, threads: int) -> tuple[float, float]:
    """Photos a second, and CPU ms a photo, of the same work on as many threads, without Telegram."""
    live = LiveBundle(workspace.bundle, threads=max(1, (os.cpu_count() or 1) // threads))
    search, metrics = Search(photos=("",)), Metrics()

    def one(number: int) -> None:
        ask(live.current, search, [photos[number % len(photos)]], 5, metrics)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, range(20)))
        started, used = time.perf_counter(), time.process_time()
        list(pool.map(one, range(count)))
    return count / (time.perf_counter() - started), 1e3 * (time.process_time() - used) / count


def lag_percentile(share: float) -> float:
    """The bucket of `bot_loop_lag_seconds` that this share of the measurements is within, in ms."""
    page = httpx.get(f"http://127.0.0.1:{PORT}/metrics", trust_env=False).text
    family = next(each for each in text_string_to_metric_families(page) if each.name == "bot_loop_lag_seconds")
    buckets = [(float(s.labels["le"]), s.value) for s in family.samples if s.name.endswith("_bucket")]
    return 1e3 * next(bound for bound, value in buckets if value >= share * buckets[-1][1])


def state(process: subprocess.Popen[bytes], database: Path) -> tuple[float, int, float]:
    """Memory in MB, open files, and the database with its log in MB."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text(encoding="ascii").split()[1])
    files = len(os.listdir(f"/proc/{process.pid}/fd"))  # noqa: PTH208 - names are enough
    size = sum(path.stat().st_size for path in database.parent.glob(f"{database.name}*"))
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6, files, size / 1e6


def cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    """Of all its threads so far."""
    fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def answered(telegram: FakeTelegram) -> int:
    return len(telegram.calls("sendMediaGroup")) + len(telegram.calls("sendPhoto"))


def main(
    photos: Annotated[Path, typer.Option(help="Folder of photos.")] = Path("data/demo/queries"),
    workspace: Annotated[Path, typer.Option(help="Workspace with a bundle.")] = Path(),
    people: int = 200,
    count: Annotated[int, typer.Option(help="Photos in all.")] = 400,
    threads: Annotated[int, typer.Option(help="Photos looked at side by side.")] = 2,
    within: Annotated[float, typer.Option(help="Seconds in which they are sent; 0: at once.")] = 0,
) -> None:
    """Print the bot's figures beside the bare recognizer's."""
    data = [path.read_bytes() for path in photo_files(photos, 40)]
    bare, bare_ms = bare_rate(Workspace(workspace), data, min(count, 400), threads)
    rows: list[tuple[object, ...]] = []
    with tempfile.TemporaryDirectory() as folder, FakeTelegram(keep_files=False) as telegram:
        database = Path(folder) / "bot.sqlite3"
        settings = {
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API_URL": telegram.url,
            "SNEAKERS_HOME": str(workspace.resolve()),
            "BOT_DATABASE": str(database),
            "BOT_PORT": str(PORT),
            "BOT_THREADS": str(threads),
            "BOT_MESSAGES_PER_SECOND": "10000",
            "BOT_PER_MINUTE": "100000",
        }
        process = subprocess.Popen([sys.executable, "-m", "bot"], env=os.environ | settings, stderr=subprocess.DEVNULL)
        try:
            telegram.wait_for_calls("getUpdates", timeout=WAIT_S)
            for number in range(20):  # everything that is loaded at first use
                telegram.send_photo(Person(number + 1), data[number % len(data)])
            telegram.wait_for(lambda: answered(telegram) >= 20, WAIT_S, "the first answers")
            started, used = time.perf_counter(), cpu_seconds(process)
            for number in range(count):
                telegram.send_document(Person(1000 + number % people), data[number % len(data)], name="shoe.jpg")
                time.sleep(within / count)
            for done in range(count // 10, count + 1, count // 10):
                telegram.wait_for(lambda done=done: answered(telegram) >= 20 + done, 600, "the answers")
                rows.append((done, *(f"{value:.1f}" for value in state(process, database))))
            seconds = time.perf_counter() - started
            bot_ms = 1e3 * (cpu_seconds(process) - used) / count
            lag = lag_percentile(0.99)
            texts = telegram.calls("editMessageText")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()
    print_table(["photos", "memory MB", "open files", "database MB"], rows)
    print_table(
        ["", "photos/s", "share of bare", "CPU ms a photo", "loop late, p99, below ms", "answers", "photos"],
        [
            ("bare recognizer", f"{bare:.1f}", "1.00", f"{bare_ms:.0f}", "", "", ""),
            (
                "bot",
                f"{count / seconds:.1f}",
                f"{count / seconds / bare:.2f}",
                f"{bot_ms:.0f}",
                f"{lag:g}",
                len(texts) - 20,
                count,
            ),
        ],
    )


if __name__ == "__main__":
    run(main)
