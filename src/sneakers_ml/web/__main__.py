"""What Streamlit runs for each visitor and each of their clicks; `sneakers web` names it."""

from __future__ import annotations

from pathlib import Path

from sneakers_ml.web.page import show_page
from sneakers_ml.workspace.paths import Workspace
from sneakers_ml.workspace.settings import load_settings

settings = load_settings()
show_page(Workspace(settings.sneakers_home or Path()), settings.link_hosts)
