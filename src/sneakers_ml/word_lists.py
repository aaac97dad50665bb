"""Lists of words that people edit: YAML checked against a model."""

from __future__ import annotations

from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from sneakers_ml.errors import DataError
from sneakers_ml.registry import problems_of

__all__ = ["WordList", "parse_file"]

Schema = TypeVar("Schema", bound="WordList")


class WordList(BaseModel):
    """A file or a part of one: known fields only, and a bare `off` or `1` is refused as it is no text."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice: the first entry would be lost without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) < len(node.value):
            keys = [self.construct_object(key, deep=True) for key, _ in node.value]
            twice = next(key for place, key in enumerate(keys) if key in keys[:place])
            raise yaml.constructor.ConstructorError(None, None, f"{twice!r} stands twice", node.start_mark)
        return mapping


def parse_file(name: str, text: str, schema: type[Schema]) -> Schema:
    """Check a file's text.

    Raises:
        DataError: it is no YAML, a key stands twice, or an entry does not fit; the message names file and entry.
    """
    try:
        content = yaml.load(text, _Loader)  # noqa: S506 (a SafeLoader)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that there is not
        raise DataError(f"{name}: not YAML ({' '.join(str(error).split())}). Mend the file.") from None
    try:
        return schema.model_validate(content, strict=False)
    except ValidationError as error:
        raise DataError(f"{name}: {problems_of(error)}. Mend the entry.") from None
