"""Streamlit's server in this process, set up for this page."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from streamlit import config
from streamlit.web import bootstrap

from sneakers_ml.errors import UsageError
from sneakers_ml.images import MAX_BYTES
from sneakers_ml.web import page
from sneakers_ml.web.loaded import load
from sneakers_ml.workspace.paths import Workspace

__all__ = ["OPTIONS", "prepare", "run_server"]

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


def prepare(workspace: Workspace, host: str, port: int) -> None:
    """Look whether the page can be served, and load the bundle before anybody asks: the first visitor doesn't wait.

    Raises:
        UsageError: when nothing can listen there.
        BundleError: when the bundle is missing, damaged or of another version.
    """
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(f"cannot listen at {host}, port {port}: {reason}; try another --port or --host") from None
    os.environ["SNEAKERS_HOME"] = str(workspace.root.resolve())  # where the script looks
    load(workspace.bundle.resolve())


def run_server(host: str, port: int) -> None:
    """Serve the page until SIGINT or SIGTERM."""
    options = OPTIONS | {"server.address": host, "server.port": port}
    config._main_script_path = str(_SCRIPT)  # as `streamlit run` does, so that no settings of another app are read
    bootstrap.load_config_options(options)
    bootstrap.run(str(_SCRIPT), False, [], options)
