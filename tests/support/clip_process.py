"""The extractor `open_clip` of tiny-clip, by published weights, as a process: its home and its hub's are its own.

Arguments: a folder, and JSON of weights by tag as `published` takes them. It makes an extractor in a folder of each
tag's name, in their order, and prints JSON by tag: `weights`, `warnings`, `settings`, `said` (on standard error and to
the log) and `disturbed` (whether it left logging otherwise than it was).
"""

from __future__ import annotations

import json
import logging
import sys
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

from sneakers_ml.embedding.open_clip import OpenClipParams, prepare
from sneakers_ml.features.extractor import Context
from tests.support.tinyclip import NAME, published, register_tiny_clip

__all__: list[str] = []


def make(folder: Path, tag: str, said: StringIO) -> dict[str, Any]:
    """The extractor by the weights of a tag."""
    said.truncate(said.seek(0))
    warnings: list[str] = []
    before = logging.root.handlers[:], logging.root.manager.disable
    (folder / tag).mkdir()
    with redirect_stderr(said):
        spec = prepare(OpenClipParams(model=NAME, pretrained=tag), folder / tag, Context(folder, warnings=warnings))
    return {
        "weights": spec.weights,
        "warnings": warnings,
        "settings": spec.settings,
        "said": said.getvalue(),
        "disturbed": before != (logging.root.handlers, logging.root.manager.disable),
    }


def main() -> None:
    """The process."""
    folder, weights, said = Path(sys.argv[1]), json.loads(sys.argv[2]), StringIO()
    logging.basicConfig(stream=said)
    register_tiny_clip(folder)
    with published(weights):
        sys.stdout.write(json.dumps({tag: make(folder, tag, said) for tag in weights}))


if __name__ == "__main__":
    main()
