"""Cleaning: what a shop says of a listing becomes brand, model, colour, gender, age, style code and price."""

from __future__ import annotations

from sneakers_ml.catalogue.cleaning.clean import clean
from sneakers_ml.catalogue.cleaning.cleaned import Cleaned, Removed

__all__ = ["Cleaned", "Removed", "clean"]
