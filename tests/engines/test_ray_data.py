"""The engine `ray` on this machine: the local engine's files, whatever is killed."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from sneakers_ml.embedding.store import load_features
from sneakers_ml.workspace.paths import Workspace
from tests.catalogue.test_photos import png, stock
from tests.support.command import Outcome
from tests.support.ray_nodes import ray_nodes
from tests.support.tiny import PARAMS

pytest.importorskip("ray", reason="needs the extra scale")
pytestmark = pytest.mark.scale

SHARD = 4
COUNT = 60
COMMAND = [sys.executable, "-c", "from sneakers_ml.cli import main; main()"]


def arguments(workspace, *stage):
    return [*COMMAND, "--workspace", str(workspace.root), *stage]


def run(workspace, *stage):
    result = subprocess.run(arguments(workspace, *stage), capture_output=True, text=True, check=False)
    return Outcome(result.returncode, result.stdout, result.stderr)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A workspace whose photos and vectors the local engine made."""
    workspace = Workspace(tmp_path_factory.mktemp("local"))
    workspace.params.write_text(f"{PARAMS}engine: {{shard: {SHARD}}}\n")
    stock(workspace, speed={f"photos/{number}.png": png(number) for number in range(COUNT)})
    for stage in (["photos"], ["embed", "hog"]):
        assert run(workspace, *stage).code == 0
    return workspace


@pytest.fixture
def workspace(done, tmp_path):
    """A copy without vectors."""
    shutil.copytree(done.root, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("features"))
    return Workspace(tmp_path)


def shards(workspace):
    return list((workspace.features / "hog.shards").glob("*.parquet"))


def assert_same(workspace, done):
    ours, theirs = (load_features(each.features, "hog") for each in (workspace, done))
    assert ours.vectors.tobytes() == theirs.vectors.tobytes()
    assert (ours.photo_ids, ours.meta) == (theirs.photo_ids, theirs.meta)
    assert len(list((workspace.features / "hog.shards").iterdir())) == COUNT // SHARD
    assert {file.name for file in workspace.features.iterdir()} == {"hog.json", "hog.shards"}


def test_photos_and_vectors_are_the_local_engines(workspace, done):
    expected = {file.name: file.read_bytes() for file in done.photos.rglob("*") if file.is_file()}
    shutil.rmtree(workspace.photos)
    for stage in (["photos"], ["embed", "hog"]):
        outcome = run(workspace, *stage, "--engine", "ray")
        assert (outcome.code, outcome.err) == (0, "")
    assert {file.name: file.read_bytes() for file in workspace.photos.rglob("*") if file.is_file()} == expected
    assert_same(workspace, done)


def test_a_photo_that_cannot_be_read_is_one_line(workspace):
    next((workspace.photos / "images").iterdir()).write_bytes(b"")
    outcome = run(workspace, "embed", "hog", "--engine", "ray")
    assert outcome.failed_in_one_line(1, "The file is empty", "sneakers photos")


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [("127.0.0.1:9", 1, "no cluster answers"), ("nowhere", 2, "host:port")],
)
def test_an_address_where_no_cluster_is_is_one_line(workspace, address, code, words):
    outcome = run(workspace, "embed", "hog", "--engine", "ray", "--address", address)
    assert outcome.failed_in_one_line(code, address, words)


def test_an_address_where_something_else_listens_is_one_line(workspace):
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        address = f"127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            outcome = run(workspace, "embed", "hog", "--engine", "ray", "--address", address)
        finally:
            server.shutdown()
            thread.join()
    assert outcome.failed_in_one_line(1, address, "no cluster answers", "something else listens")


def test_a_node_that_is_killed_loses_and_doubles_nothing(workspace, done):
    with ray_nodes() as nodes:
        command = arguments(workspace, "embed", "hog", "--engine", "ray", "--address", nodes.address)
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            while process.poll() is None and len(shards(workspace)) < 3:
                time.sleep(0.01)
            os.kill(nodes.raylets[1], signal.SIGKILL)
        assert process.returncode == 0
    assert_same(workspace, done)


def test_killed_at_random_it_goes_on(workspace, done):
    chance, kept = random.Random(20), 0
    for _ in range(5):
        with subprocess.Popen(arguments(workspace, "embed", "hog", "--engine", "ray")) as process:
            while process.poll() is None and len(shards(workspace)) == kept:
                time.sleep(0.002)
            time.sleep(chance.random() / 20)
            process.kill()
        kept = len(shards(workspace))
    assert run(workspace, "embed", "hog", "--engine", "ray").code == 0
    assert_same(workspace, done)


def test_photos_killed_at_random_go_on(workspace, done):
    expected = {file.name: file.read_bytes() for file in done.photos.rglob("*") if file.is_file()}
    shutil.rmtree(workspace.photos)
    work, chance, kept = workspace.photos.with_name("photos.part"), random.Random(20), 0
    for _ in range(5):
        with subprocess.Popen(arguments(workspace, "photos", "--engine", "ray")) as process:
            while process.poll() is None and len(list(work.glob("*.parquet"))) == kept:
                time.sleep(0.002)
            time.sleep(chance.random() / 20)
            process.kill()
        kept = len(list(work.glob("*.parquet")))
        assert not workspace.photos.exists() or kept == 0  # nothing by halves takes its place
    assert run(workspace, "photos", "--engine", "ray").code == 0
    assert {file.name: file.read_bytes() for file in workspace.photos.rglob("*") if file.is_file()} == expected
    assert not work.exists()
