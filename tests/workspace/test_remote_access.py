"""What `sneakers remote` finds out, on a real S3 server and on one that refuses in the words of S3."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from sneakers_ml.errors import SneakersError
from sneakers_ml.workspace.remote import chosen_remote
from sneakers_ml.workspace.remote_access import check_access
from sneakers_ml.workspace.settings import Settings
from tests.support.s3 import KEY, SECRET, s3_server

OBJECT = "/shoes/sneakers/.sneakers-access-"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    """A machine's proxy is not asked for addresses of loopback."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with s3_server(tmp_path_factory.mktemp("s3")) as running:
        yield running


def failure(environment):
    """The sentence that a check of this environment's remote ends with; None when all is well."""
    settings = Settings(_env_file=None, **{name.lower(): value for name, value in environment.items()})
    try:
        check_access(chosen_remote(settings, environment={}))
    except SneakersError as error:
        said = str(error)
        assert said.startswith("S3: ")
        assert "\n" not in said
        assert not any(hidden in said for hidden in (KEY, SECRET, SECRET[:-1]))
        return said
    return None


class TestARealServer:
    def test_all_is_well_and_nothing_is_left(self, server):
        (server.bucket / "of-others.txt").write_text("stays")
        assert failure(server.environment()) is None
        assert server.objects() == {"of-others.txt"}

    def test_a_bucket_that_is_not_there(self, server):
        said = failure(server.environment(S3_BUCKET="boots"))
        assert f"there is no bucket boots at {server.address}" in said
        assert f"`aws s3 mb s3://boots --endpoint-url {server.address}`" in said
        assert not (server.bucket.parent / "boots").exists()

    def test_a_wrong_key(self, server):
        assert "does not know the access key" in failure(server.environment(AWS_ACCESS_KEY_ID=KEY[::-1]))

    def test_a_wrong_secret(self, server):
        said = failure(server.environment(AWS_SECRET_ACCESS_KEY=SECRET[:-1] + "+"))
        assert said == f"S3: {server.address} says that the secret is wrong; check AWS_SECRET_ACCESS_KEY"

    def test_a_bucket_that_cannot_be_written(self, tmp_path):
        with s3_server(tmp_path, "--read-only") as server:
            assert "could not write in s3://shoes/sneakers" in failure(server.environment())

    def test_https_spoken_to_a_plain_server(self, server):
        said = failure(server.environment(S3_ENDPOINT_URL=server.address.replace("http:", "https:")))
        assert "no secure connection" in said

    @pytest.mark.parametrize("address", ["http://", "http://:0"])
    def test_an_address_that_is_none(self, server, address):
        assert failure(server.environment(S3_ENDPOINT_URL=address)) is not None


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    said = failure(environment(f"http://127.0.0.1:{port}"))
    assert said.startswith(f"S3: http://127.0.0.1:{port} is not reachable")


def environment(address):
    keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    return {"S3_ENDPOINT_URL": address, "S3_BUCKET": "shoes", **keys}


@contextmanager
def refusing(status: int, body: str, *refused: str) -> Iterator[str]:
    """A server that answers like S3, but refuses requests whose "METHOD path" starts with one of `refused`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            if self.headers.get("Expect") != "100-continue":
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
            refuse = f"{self.command} {self.path}".startswith(refused)
            content = (body if refuse else "<ListBucketResult/>" if "list-type" in self.path else "").encode()
            self.send_response(status if refuse else 200)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_DELETE = answer

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_port}"
        finally:
            http.shutdown()
            thread.join()


def error(code):
    return f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{SECRET} is in the message</Message></Error>"


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ("GET /shoes?", "the key may not list in s3://shoes/sneakers; allow it s3:ListBucket there"),
        (f"PUT {OBJECT}", "the key may not write in s3://shoes/sneakers; allow it s3:PutObject there"),
        (f"GET {OBJECT}", "the key may not read in s3://shoes/sneakers; allow it s3:GetObject there"),
        (f"DELETE {OBJECT}", "the key may not delete in s3://shoes/sneakers; allow it s3:DeleteObject there"),
    ],
)
def test_a_right_that_the_key_lacks(request_, sentence):
    with refusing(403, error("AccessDenied"), request_) as address:
        assert sentence in failure(environment(address))


@pytest.mark.parametrize(
    ("status", "code", "word"),
    [
        (400, "AuthorizationHeaderMalformed", "AWS_DEFAULT_REGION"),
        (400, "ExpiredToken", "AWS_SESSION_TOKEN"),
        (403, "RequestTimeTooSkewed", "clocks"),
        (409, "Odd{code}", "could not list in s3://shoes/sneakers (Odd{code})"),
    ],
)
def test_other_refusals(status, code, word):
    with refusing(status, error(code), "GET /shoes?") as address:
        assert word in failure(environment(address))


def test_a_web_server_is_no_s3_server():
    with refusing(404, "<html><p>Not here<br></html>", "GET /") as address:
        assert f"{address} answers 404, and not as an S3 server would" in failure(environment(address))


def test_a_server_that_answers_all_is_well():
    """The server that refuses is a fair one: refusing nothing, it passes."""
    with refusing(403, "", "POST") as address:
        assert failure(environment(address)) is None
