"""The demo's shops: storefronts on loopback that sell the rendered sneakers with the markup of five real shops.

`server.storefronts` serves them. It is not imported here, as drawing the demo needs no web server.
"""

from __future__ import annotations

from demo.shops.faults import Faults
from demo.shops.stock.offer import SHOPS, Offer
from demo.shops.stock.stock import build_stock
from demo.shops.stock.truth import write_truth

__all__ = ["SHOPS", "Faults", "Offer", "build_stock", "write_truth"]
