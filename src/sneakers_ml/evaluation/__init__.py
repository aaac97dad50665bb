"""The evaluation room: how good the brand models and the similarity search are, and where they fail.

`results` holds the inputs, `metrics`, `confidence` and `retrieval` the figures, `bootstrap` their intervals, `plots`
and `failures` the pictures, `summary`, `markdown` and `report` the files for DVC and for people. All of it works on
arrays.
"""

from __future__ import annotations

__all__: list[str] = []
