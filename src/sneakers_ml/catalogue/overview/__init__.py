"""The catalogue in figures: what the shops brought, what was joined and why, what was set aside."""

from __future__ import annotations

from sneakers_ml.catalogue.overview.report import write_overview

__all__ = ["write_overview"]
