"""Follow the Dockerfile's first stage without a container engine, then have the bot that comes out answer a photo.

The Bot API is the tests' own. What needs an engine stays unchecked: the base image, the user, the mounts.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.support.telegram import FakeTelegram, Person

ROOT = Path(__file__).resolve().parents[1]
KEPT_OUT = ("torch", "torchvision", "sklearn", "scrapy", "skimage", "matplotlib", "onnx", "catboost", "dvc", "nvidia")
"""Packages of other extras."""
LOADED = "import sys, bot.app, sneakers_ml.cli, sneakers_ml.serving.live; print(*sys.modules)"
START_S = 60.0


def stages(dockerfile: Path) -> list[list[tuple[str, str]]]:
    """The instructions of each stage, as (name, the rest of the line)."""
    text = dockerfile.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found: list[list[tuple[str, str]]] = []
    for line in lines:
        name, _, rest = line.partition(" ")
        if name == "FROM":
            found.append([])
        found[-1].append((name, " ".join(rest.split())))
    return found


def build(folder: Path) -> Path:
    """Carry out the first stage in a folder; the Python of its environment."""
    venv, work, tools = folder / "venv", folder / "build", folder / "tools"
    subprocess.run([sys.executable, "-m", "venv", str(tools)], check=True)
    environment = os.environ | {"PATH": f"{tools / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    for name, rest in stages(ROOT / "Dockerfile")[0]:
        if name == "ENV":
            environment |= dict(pair.split("=", 1) for pair in rest.split())
        elif name == "COPY":
            *sources, target = rest.split()
            for source in sources:
                to = work / target / Path(source).name if target.endswith("/") else work / target
                to.parent.mkdir(parents=True, exist_ok=True)
                if (ROOT / source).is_dir():
                    shutil.copytree(ROOT / source, to, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(ROOT / source, to)
        elif name == "RUN":
            print(f"== {rest}")
            subprocess.run(["sh", "-euc", rest.replace("/opt/venv", str(venv))], cwd=work, env=environment, check=True)
    return venv / "bin" / "python"


def answer(python: Path, home: Path, folder: Path, photo: Path) -> str:
    """The text that a bot of this Python answers a photo with; it must be healthy meanwhile and end on SIGTERM."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    health = [python, ROOT / "deploy" / "healthcheck.py", port, "/healthz"]
    with FakeTelegram() as telegram:
        environment = {
            "HOME": str(folder),
            "SNEAKERS_HOME": str(home.resolve()),
            "BOT_DATABASE": str(folder / "bot.sqlite3"),
            "BOT_PORT": port,
            "TELEGRAM_API_URL": telegram.url,
            "TELEGRAM_TOKEN": telegram.token,
        }
        bot = subprocess.Popen([python, "-m", "bot"], cwd=folder, env=environment)
        try:
            until = time.monotonic() + START_S
            while subprocess.run(health, check=False).returncode != 0:
                if bot.poll() is not None or time.monotonic() > until:
                    sys.exit("the bot did not become healthy")
                time.sleep(0.5)
            person = Person(1, "en")
            telegram.send_photo(person, photo.read_bytes())
            telegram.wait_for_answers(person, 2, timeout=START_S)  # the text, which says "Looking" first, and an album
            text = " | ".join(message.text for message in telegram.messages(person.id) if message.from_bot)
            bot.terminate()
            if bot.wait(timeout=START_S) != 0:
                sys.exit("the bot did not end well")
        finally:
            bot.kill()
    return text


def main() -> None:
    """Print what was seen; end with a line and exit code 1 where it isn't what the image promises."""
    parser = argparse.ArgumentParser(prog="python -m scripts.check_image", description=__doc__)
    parser.add_argument("photo", type=Path, help="of a sneaker that the bundle knows something like")
    parser.add_argument("--home", type=Path, default=ROOT, help="workspace with a bundle (%(default)s)")
    parser.add_argument("--folder", type=Path, help="an empty folder to build in, left as it is afterwards")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        python = build(folder)
        state = folder / "state"
        state.mkdir()

        def run(*command: str) -> subprocess.CompletedProcess[str]:
            bare = {"HOME": str(state)}
            return subprocess.run([python, *command], cwd=state, env=bare, capture_output=True, text=True, check=False)

        installed = {path.name for path in python.parents[1].glob("lib/python*/site-packages/*")}
        loaded = run("-c", LOADED)
        if loaded.returncode or (wrong := set(KEPT_OUT) & (installed | set(loaded.stdout.split()))):
            sys.exit(loaded.stderr or f"not for this image: {', '.join(sorted(wrong))}")
        print(f"== no token: {run('-m', 'bot').stderr.strip()}")
        print(f"== a photo: {answer(python, arguments.home, state, arguments.photo)}")
        size = sum(path.lstat().st_size for path in (folder / "venv").rglob("*"))
        print(f"== the environment has {size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
