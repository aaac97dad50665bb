"""The embedded data: `render` draws sneakers by invented brands, `shops` sells them on loopback."""

from __future__ import annotations

from demo.draw import DemoResult, render_demo

__all__ = ["DemoResult", "render_demo"]
