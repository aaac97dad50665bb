"""The demo's data: a seeded renderer of sneakers by invented brands."""

from __future__ import annotations

from demo.render.render import DemoResult, render_demo
from demo.render.sheet import contact_sheet

__all__ = ["DemoResult", "contact_sheet", "render_demo"]
