"""Registries: what can be chosen by name registers itself beside its code, with its section of params.yaml."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from sneakers_ml.errors import ParamsError, UsageError

__all__ = ["Registry", "Section", "problems_of"]

Entry = TypeVar("Entry")


class Section(BaseModel):
    """A section of params.yaml: an unknown key is an error, not a silent default. This one has no keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def problems_of(error: ValidationError, *prefix: str) -> str:
    """What pydantic found wrong, in one line: `split.seed: Input should be …; split.min_photos: …`."""
    problems = ((".".join(map(str, (*prefix, *one["loc"]))), one["msg"]) for one in error.errors(include_url=False))
    return "; ".join(": ".join(filter(None, problem)) for problem in problems)


class Registry(Generic[Entry]):
    """Entries of one kind by name.

    A name that nobody has registered yet is looked for in the modules of some packages, of which only the one is
    imported whose source registers it: to add an entry, add a file there, or register it from anywhere else.
    """

    def __init__(self, kind: str, *packages: str, section: str = "") -> None:
        """An empty registry.

        Args:
            kind: what an entry is, for messages.
            packages: where the modules lie that register themselves.
            section: section of params.yaml within which each entry has its own.
        """
        self._kind, self._packages, self._section = kind, packages, section
        self._entries: dict[str, Entry] = {}
        self._settings: dict[str, type[Section]] = {}

    def register(self, name: str, settings: type[Section] = Section) -> Callable[[Entry], Entry]:
        """A decorator that registers a class or function under a name, with the model of its settings."""

        def add(entry: Entry) -> Entry:
            self._entries[name], self._settings[name] = entry, settings
            return entry

        return add

    def __getitem__(self, name: str) -> Entry:
        """The entry of that name.

        Raises:
            UsageError: when there is none, with the names to choose from.
        """
        if name not in self._entries:
            for module in self._modules(name):
                import_module(module)
        if name not in self._entries:
            raise UsageError(f"there is no {self._kind} {name!r}; choose from {', '.join(self.names())}")
        return self._entries[name]

    def names(self) -> list[str]:
        """All names, sorted; imports every module of the packages."""
        for module in self._modules(None):
            import_module(module)
        return sorted(self._entries)

    def settings(self, name: str, sections: Mapping[str, Any]) -> Any:
        """The settings of an entry, an instance of the model it was registered with.

        Args:
            name: of the entry.
            sections: all sections of the registry as params.yaml holds them, by name.

        Raises:
            UsageError: when there is no such entry.
            ParamsError: naming each key that does not fit, or a section that is no entry's.
        """
        for other in sections:
            if other not in self._entries and not self._modules(other):  # which are not loaded for that
                raise ParamsError(f"params.yaml: {self._section}.{other}: there is no {self._kind} of that name")
        self[name]
        try:
            return self._settings[name].model_validate(sections.get(name) or {})
        except ValidationError as error:
            raise ParamsError(f"params.yaml: {problems_of(error, self._section, name)}") from None

    def check(self, sections: Mapping[str, Any]) -> None:
        """Look at all sections before hours of work; loads what each entry needs.

        Raises:
            ParamsError: as `settings`, for the first section that does not fit.
        """
        for name in sections:
            self.settings(name, sections)

    def _modules(self, name: str | None) -> list[str]:
        """Modules of the packages whose source registers that name (None: any); none is imported for it."""
        call = re.compile(r'\.register\(\s*"' + (re.escape(name) + '"' if name is not None else ""))
        found = []
        for package in self._packages:
            for info in iter_modules(import_module(package).__path__, f"{package}."):
                file = find_spec(info.name)
                if file and file.origin and call.search(Path(file.origin).read_text(encoding="utf-8")):
                    found.append(info.name)
        return found
