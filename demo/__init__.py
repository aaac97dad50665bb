"""The embedded data: `render` draws sneakers by invented brands, `shops` sells them on loopback."""

from __future__ import annotations

from demo.draw import DemoResult, render_demo
from demo.render.contact_sheet import contact_sheet

__all__ = ["DemoResult", "contact_sheet", "render_demo"]
