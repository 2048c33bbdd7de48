"""The HTTP routes and settings of the Flask applications, from the applications themselves."""

import contextlib
import importlib
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from runbook.errors import SettingsError
from runbook.settings import ApplicationSource


@dataclass(frozen=True, slots=True)
class Application:
    """One application: its URL map and the environment variables that its settings read.

    `routes` are the rules as Flask writes them, `/static/<path:filename>` too; `variables` map each
    name to its default as text, None for one without default.
    """

    name: str
    url_map: Any
    routes: tuple[str, ...]
    variables: dict[str, str | None]
    ports: tuple[int, ...]

    def answers(self, path: str, method: str = "GET") -> bool:
        """Whether a route of the application takes this path and method."""
        try:
            self.url_map.bind("localhost").match(path, method=method)
        except RequestRedirect:
            return True
        except HTTPException:
            return False
        return True

    def methods(self, path: str) -> list[str]:
        """The methods that some route takes for this path; empty where no route has it."""
        return sorted(self.url_map.bind("localhost").allowed_methods(path))


@dataclass(slots=True)
class Heard:
    """What applications answered so far: target, application, path, headers and whether it reached the others → response, None if it does not start.

    `unknown_names` are the attributes that their templates asked of objects which have others: name → those.
    """

    answers: dict[tuple[str, str, str, tuple[tuple[str, str], ...], bool], TestResponse | None] = field(
        default_factory=dict
    )
    unknown_names: dict[str, list[str]] = field(default_factory=dict)


def read_applications(root: Path, sources: dict[str, ApplicationSource]) -> dict[str, Application]:
    """Import each application and ask it; SettingsError if it cannot be made."""
    return {name: _application(root, name, source) for name, source in sources.items()}


def _application(root: Path, name: str, source: ApplicationSource) -> Application:
    for folder in reversed(source.path):
        text = str(root / folder)
        if text not in sys.path:
            sys.path.insert(0, text)
    try:
        made = named(source.factory)(*source.arguments)
        variables = {
            variable: default
            for settings in source.settings
            for variable, default in _variables(named(settings)).items()
        }
    except Exception as error:
        raise SettingsError(
            f"application « {name} » : {source.factory} ne donne pas d'application : {error}"
        ) from error
    rules = tuple(sorted(rule.rule for rule in made.url_map.iter_rules()))
    return Application(name, made.url_map, rules, {**variables, **dict.fromkeys(source.variables)}, tuple(source.ports))


def named(reference: str) -> Any:
    """What `module:attribute` names."""
    module, _, attribute = reference.partition(":")
    return getattr(importlib.import_module(module), attribute)


@contextlib.contextmanager
def given(environment: Mapping[str, str]) -> Iterator[None]:
    """This process with these variables too, for code of the repository that reads its environment itself."""
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _variables(kind: Any) -> dict[str, str | None]:
    """One variable a field of a msgspec structure, named in upper case."""
    return {
        field.name.upper(): None if field.default is msgspec.NODEFAULT else str(field.default)
        for field in msgspec.structs.fields(kind)
    }
