"""Streamlit's server in this process, set up for this page."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import streamlit as st
from starlette.formparsers import MultiPartParser
from streamlit.web import bootstrap
from uvicorn import Config, Server

from sneakers_ml.errors import UsageError
from sneakers_ml.images import MAX_BYTES
from sneakers_ml.web import page
from sneakers_ml.web.loaded import load
from sneakers_ml.workspace.paths import Workspace

__all__ = ["OPTIONS", "serve"]

_SCRIPT = Path(page.__file__).with_name("__main__.py")
_COLOURS = {
    "light": {
        "primaryColor": "#c8451b",
        "backgroundColor": "#ffffff",
        "secondaryBackgroundColor": "#f5f3f0",
        "textColor": "#221f1c",
        "borderColor": "#e2ddd6",
    },
    "dark": {
        "primaryColor": "#ff7a45",
        "backgroundColor": "#161413",
        "secondaryBackgroundColor": "#22201e",
        "textColor": "#f1ede8",
        "borderColor": "#3a3633",
    },
}
OPTIONS: dict[str, object] = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
    "logger.hideWelcomeMessage": True,  # to write it, Streamlit asks a site on the internet for our address
    "server.fileWatcherType": "none",
    "server.headless": True,
    "server.maxUploadSize": MAX_BYTES // 2**20,
    "theme.baseRadius": "0.75rem",
    **{f"theme.{mode}.{name}": colour for mode, colours in _COLOURS.items() for name, colour in colours.items()},
}
"""Options of Streamlit; a visitor's system chooses between the two themes."""


def serve(workspace: Workspace, host: str, port: int, on_ready: Callable[[], None]) -> None:
    """Serve the page until SIGINT or SIGTERM.

    The bundle is loaded before anybody asks, so that the first visitor doesn't wait for it.

    Args:
        workspace: with a bundle.
        host: name or address to listen at.
        port: where.
        on_ready: called once all is loaded, just before the first visitor is answered.

    Raises:
        UsageError: when nothing can listen there.
        BundleError: when the bundle is missing, damaged or of another version.
    """
    with _listening(host, port) as listener:
        load(workspace.bundle.resolve())
        os.environ["SNEAKERS_HOME"] = str(workspace.root.resolve())  # where the script looks
        bootstrap.load_config_options(OPTIONS | {"server.address": host, "server.port": port})
        MultiPartParser.spool_max_size = 2 * MAX_BYTES  # an upload larger than that part of it goes to a file else
        server = Server(Config(st.App(_SCRIPT), access_log=False, log_level="warning", timeout_graceful_shutdown=2))
        for number in (signal.SIGINT, signal.SIGTERM):  # which the server handles, and then raises once more
            signal.signal(number, signal.SIG_IGN)
        on_ready()
        server.run(sockets=[listener])


def _listening(host: str, port: int) -> socket.socket:
    """A socket that tells what it is: of one that says TCP, asyncio sends small answers at once.

    Streamlit's own socket doesn't, and a browser that loads its eighty files waits 40 ms for each.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(f"cannot listen at {host}, port {port}: {reason}; try another --port or --host") from None
    return listener
