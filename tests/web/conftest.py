from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from streamlit.testing.v1 import AppTest

from sneakers_ml.serving.live import Serving
from tests.support.tiny import Tiny

__all__: list[str] = []


def script(folder: str, trusted: tuple[str, ...] = ()) -> None:
    """What Streamlit runs; its source is taken out of this file, so it imports what it needs."""
    from pathlib import Path

    from sneakers_ml.web.page import show_page
    from sneakers_ml.workspace.paths import Workspace

    show_page(Workspace(Path(folder)), trusted)


@dataclass
class Visit:
    """A visitor's page, without a browser."""

    app: AppTest

    def run(self) -> Visit:
        """Run the script anew and see that nothing was raised."""
        self.app.run()
        assert [each.message for each in self.app.exception] == []
        return self

    def press(self, key: str) -> Visit:
        """Press a button by its key, or by its label where it has none."""
        button = next(each for each in self.app.button if key in (each.key, each.label))
        button.click()
        return self.run()

    def upload(self, data: bytes, name: str = "photo.jpg") -> Visit:
        self.app.file_uploader(key="file").set_value((name, data, "application/octet-stream"))
        return self.run()

    @property
    def address(self) -> dict[str, str | list[str]]:
        return dict(self.app.query_params)

    @property
    def shown(self) -> list[str]:
        """Photos of the results, in their order."""
        keys = [each.key or "" for each in self.app.button]
        return [key.removeprefix("like-") for key in keys if key.startswith("like-")]

    @property
    def html(self) -> str:
        """All of the page's own HTML."""
        return "".join(each.proto.body for each in self.app.get("html"))

    @property
    def said(self) -> list[str]:
        """Errors and hints."""
        return [each.value for each in (*self.app.error, *self.app.info)]

    @property
    def brand(self) -> str:
        found = re.search(r'<h2 class="brand">(.*?)</h2>', self.html)
        return found[1] if found else ""


@pytest.fixture
def visit(tiny: Tiny) -> Callable[..., Visit]:
    """`visit(words="blue")` opens the page with these parameters in its address."""

    def opened(trusted: tuple[str, ...] = (), **params: str | list[str]) -> Visit:
        app = AppTest.from_function(script, args=(str(tiny.root), trusted), default_timeout=20)
        for name, value in params.items():
            app.query_params[name] = value
        return Visit(app).run()

    return opened


@pytest.fixture(scope="session")
def serving(tiny: Tiny) -> Serving:
    return Serving.load(tiny.workspace.bundle, threads=1)


@dataclass
class PictureSite:
    """A site on this machine that hands out one file; `asked` are the paths that were asked for."""

    host: str
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def site(tiny: Tiny) -> Iterator[PictureSite]:
    data = tiny.queries[0].path.read_bytes()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            self.send_response(200 if self.path == "/shoe.jpg" else 404)
            self.end_headers()
            self.wfile.write(data if self.path == "/shoe.jpg" else b"")

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = PictureSite(f"127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()
