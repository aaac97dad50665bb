"""The evaluation room: how good the brand models and the similarity search are, and where they fail.

`results` holds the inputs, `metrics`, `confidence` and `retrieval` the figures, `bootstrap` their intervals,
`comparison` the differences of models, `views` and `curve` what vectors lie together by and what more shoes would
bring, `plots`, `map_plots` and `failures` the pictures, `summary`, `markdown` and `report` the files for DVC and for
people. All of it works on arrays; `stage` alone knows the workspace.
"""

from __future__ import annotations

__all__: list[str] = []
