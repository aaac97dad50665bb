"""The demo's data: a seeded renderer of sneakers by invented brands."""

from __future__ import annotations

from sneakers_ml.demo.render import DemoSummary, render_demo
from sneakers_ml.demo.sheet import contact_sheet

__all__ = ["DemoSummary", "contact_sheet", "render_demo"]
