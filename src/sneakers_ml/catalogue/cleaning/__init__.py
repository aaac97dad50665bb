"""Cleaning: what a shop says of a listing becomes brand, model, colour, gender, age, style code and price."""
