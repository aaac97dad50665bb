"""The demo's shops: storefronts on loopback that sell the rendered sneakers with the markup of five real shops.

`server.storefronts` serves them. It is not imported here, as drawing the demo needs no web server.
"""

from __future__ import annotations

from demo.shops.faults import Faults
from demo.shops.hits import Hit, Storefronts
from demo.shops.offer import SHOPS, Offer
from demo.shops.stock import build_stock
from demo.shops.truth import write_truth

__all__ = ["SHOPS", "Faults", "Hit", "Offer", "Storefronts", "build_stock", "write_truth"]
