"""The bundle that all visitors share, renewed when a new one takes its place."""

from __future__ import annotations

import logging
from pathlib import Path

import streamlit as st

from sneakers_ml.errors import BundleError
from sneakers_ml.serving.live import LiveBundle, Serving

__all__ = ["load", "serving_now"]

LOOK_EVERY_S = 5

log = logging.getLogger(__name__)


@st.cache_resource(show_spinner=False)
def load(folder: Path) -> LiveBundle:
    """The bundle of a folder, loaded once in this process.

    Raises:
        BundleError: when there is none that can be used.
    """
    return LiveBundle(folder)


@st.cache_resource(show_spinner=False, ttl=LOOK_EVERY_S)
def _look_for_another(folder: Path) -> None:
    """Runs again once its result has expired. Visitors see nothing of a broken bundle: the one before serves on."""
    try:
        load(folder).refresh()
    except BundleError as error:
        log.warning("the bundle before serves on: %s", error)


def serving_now(folder: Path) -> Serving:
    """What answers, to be kept until an answer is whole.

    Raises:
        BundleError: when there is no bundle to begin with.
    """
    live = load(folder)
    _look_for_another(folder)
    return live.current
