"""The model report and the catalogue's map, which the stage `evaluate` writes as one page that needs no network."""

from __future__ import annotations

import streamlit as st

from sneakers_ml.workspace.paths import Workspace

__all__ = ["show_map", "show_report"]

_HEIGHT = 800
_MAP_ONLY = "<style>body > nav, main > :not(#map) { display: none; }</style>"


def show_report(workspace: Workspace) -> None:
    """All of the report."""
    if (page := _read(workspace)) is not None:
        with st.container(key="report"):
            st.iframe(page, height=_HEIGHT, alt="Model report")


def show_map(workspace: Workspace) -> None:
    """The report's map of the catalogue alone."""
    if (page := _read(workspace)) is None:
        return
    if '<section id="map">' not in page:
        st.info("The report has no map: it needs photos of sneakers that the models know.", icon=":material/info:")
        return
    with st.container(key="report"):
        st.iframe(page.replace("</head>", f"{_MAP_ONLY}</head>", 1), height=_HEIGHT, alt="Map of the catalogue")


def _read(workspace: Workspace) -> str | None:
    """The report, to be saved too; None where there is none, which is said."""
    file = workspace.reports / "index.html"
    try:
        page = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        st.info("There is no report yet. `sneakers evaluate`, or `dvc repro`, writes it.", icon=":material/info:")
        return None
    st.download_button("Save the report", page, "sneakers-report.html", "text/html", icon=":material/download:")
    return page
