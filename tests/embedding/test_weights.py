from __future__ import annotations

import hashlib
import io
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import torch

from sneakers_ml.embedding.weights import Hub, find_weights
from sneakers_ml.errors import DataError

SETTING = "embed.toy.weights"


def packed(value):
    content = io.BytesIO()
    torch.save(value, content)
    return content.getvalue()


STATE = {"layer.weight": torch.arange(6.0).reshape(2, 3), "layer.bias": torch.tensor([1.0, -1.0])}
PUBLISHED = packed(STATE)
NAME = f"toy-{hashlib.sha256(PUBLISHED).hexdigest()[:8]}.pth"


class Shop(BaseHTTPRequestHandler):
    """Answers by the folder that is asked for."""

    def do_GET(self):
        self.server.asked.append(self.path)
        getattr(self, self.path.split("/")[1])()

    def good(self):
        self._send(PUBLISHED, len(PUBLISHED))

    def other(self):
        self._send(b"<html>please log in</html>", 26)

    def short(self):
        self._send(PUBLISHED[:-7], len(PUBLISHED))

    def gone(self):
        self.send_error(404)

    def silent(self):
        self.server.over.wait(10)

    def _send(self, content, length):
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A client that had enough is no error here."""


@pytest.fixture(scope="module")
def server():
    server = Server(("127.0.0.1", 0), Shop)
    server.asked, server.over = [], threading.Event()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def hub(server, tmp_path):
    server.asked.clear()

    def make(folder, **limits):
        url = f"http://127.0.0.1:{server.server_port}/{folder}/{NAME}"
        return Hub("Toy_Weights.V1", url, tmp_path / "cache", **limits)

    return make


def same(state):
    return state.keys() == STATE.keys() and all(torch.equal(state[name], STATE[name]) for name in STATE)


class TestAuto:
    def test_the_hub_is_asked_once_and_the_cache_from_then_on(self, hub, server):
        for _ in range(2):
            found = find_weights("auto", hub("good"), SETTING)
            assert (found.origin, found.warning) == ("Toy_Weights.V1", "")
            assert same(found.state)
        assert server.asked == [f"/good/{NAME}"]
        assert [file.name for file in hub("good").cache.iterdir()] == [NAME]

    def test_a_damaged_file_in_the_cache_is_fetched_anew(self, hub):
        hub("good").cache.mkdir()
        hub("good").file.write_bytes(PUBLISHED[:100])
        assert same(find_weights("auto", hub("good"), SETTING).state)
        assert hub("good").file.read_bytes() == PUBLISHED

    @pytest.mark.parametrize(
        ("folder", "reason"),
        [
            ("other", "invalid hash value"),
            ("short", "invalid hash value"),
            ("gone", "Not Found"),
            ("silent", "timed out"),
        ],
    )
    def test_a_hub_that_does_not_give_it_leaves_the_network_untrained_and_says_what_to_do(self, hub, folder, reason):
        place = hub(folder, timeout=0.3)
        started = time.monotonic()
        found = find_weights("auto", place, SETTING)
        assert time.monotonic() - started < 5
        assert (found.origin, found.state) == ("random", None)
        assert found.warning.startswith(f"{SETTING}: {NAME} is not in {place.cache} and 127.0.0.1 did not give it (")
        assert reason in found.warning
        assert "untrained" in found.warning
        assert f"put that file into that folder, or set {SETTING}" in found.warning
        assert "\n" not in found.warning
        assert list(place.cache.glob("*")) == []

    @pytest.mark.parametrize(("content", "origin"), [(PUBLISHED, "Toy"), (b"no weights", "random")])
    def test_a_file_whose_name_bears_no_hash_is_taken_as_it_is(self, tmp_path, content, origin):
        (tmp_path / "toy_pretrain.pth").write_bytes(content)
        found = find_weights("auto", Hub("Toy", "http://127.0.0.1:1/toy_pretrain.pth", tmp_path, timeout=1), SETTING)
        assert found.origin == origin
        assert (tmp_path / "toy_pretrain.pth").read_bytes() == content

    def test_a_hub_out_of_reach_is_no_error(self, tmp_path):
        place = Hub("Toy", f"http://127.0.0.1:1/{NAME}", tmp_path / "cache", timeout=1)
        assert "Connection refused" in find_weights("auto", place, SETTING).warning

    def test_a_cache_that_cannot_be_written_is_no_error(self, hub):
        place = hub("good")
        place.cache.write_bytes(b"a file where the folder should be")
        assert find_weights("auto", place, SETTING).origin == "random"


class TestRandom:
    def test_nothing_is_asked_and_nothing_is_warned_of(self, hub, server):
        found = find_weights("random", hub("good"), SETTING)
        assert (found.origin, found.state, found.warning) == ("random", None, "")
        assert server.asked == []


class TestFile:
    def test_its_name_and_hash_are_told(self, hub, server, tmp_path):
        file = tmp_path / "mine.pth"
        file.write_bytes(PUBLISHED)
        found = find_weights(str(file), hub("good"), SETTING)
        assert same(found.state)
        assert found.origin == f"file mine.pth {hashlib.sha256(PUBLISHED).hexdigest()[:12]}"
        assert server.asked == []

    def test_a_missing_file_is_named(self, hub, tmp_path):
        with pytest.raises(DataError, match=rf"{SETTING}: there is no file .*gone\.pth; name a \.pth file"):
            find_weights(str(tmp_path / "gone.pth"), hub("good"), SETTING)

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "cannot be read as weights"),
            (b"not weights at all", "cannot be read as weights"),
            (PUBLISHED[: len(PUBLISHED) // 2], "cannot be read as weights"),
            (packed(re.compile("a whole object, which would have to be executed")), "cannot be read as weights"),
            (packed([torch.zeros(2)]), "holds no state dict"),
            (packed({}), "holds no state dict"),
            (packed({"epoch": 3}), "holds no state dict"),
            (packed({"w": torch.tensor([1.0, float("nan")])}), "not finite"),
        ],
    )
    def test_a_file_of_something_else_is_one_clear_error(self, hub, tmp_path, content, reason):
        file = tmp_path / "mine.pth"
        file.write_bytes(content)
        with pytest.raises(DataError, match=reason) as caught:
            find_weights(str(file), hub("good"), SETTING)
        assert str(caught.value).startswith(f"{SETTING}: {file} ")
        assert "\n" not in str(caught.value)
