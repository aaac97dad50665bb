"""Vectors to neighbours: stores of vectors, and the gallery of products built on one."""
