"""The HTTP routes and settings of the applications, from their factories: the one thing that a check imports."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import msgspec
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from runbook.errors import SettingsError
from runbook.settings import ApplicationSource


@dataclass(frozen=True, slots=True)
class Application:
    """One application: its URL map and the environment variables that its settings read.

    `routes` are the rules as Flask writes them; `variables` map each name to its default as text, None
    for one without; `types` to what it must be.
    """

    name: str
    url_map: Any
    routes: tuple[str, ...]
    variables: dict[str, str | None]
    ports: tuple[int, ...]
    types: dict[str, Any] = field(default_factory=dict)

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


def read_application(root: Path, name: str, source: ApplicationSource) -> Application:
    """The application imported; SettingsError if it cannot be made."""
    for folder in reversed(source.path):
        text = str(root / folder)
        if text not in sys.path:
            sys.path.insert(0, text)
    try:
        made = resolve_name(source.factory)(*source.arguments)
        fields = [one for settings in source.settings for one in msgspec.structs.fields(resolve_name(settings))]
    except Exception as error:
        cause = f"application « {name} » : {source.factory} ne donne pas d'application : {error}"
        raise SettingsError(f"{cause} ; corriger le code, ou [tool.runbook.model.applications.{name}]") from error
    defaults = {one.name.upper(): None if one.default is msgspec.NODEFAULT else str(one.default) for one in fields}
    return Application(
        name,
        made.url_map,
        tuple(sorted(rule.rule for rule in made.url_map.iter_rules())),
        {**defaults, **dict.fromkeys(source.variables)},
        tuple(source.ports),
        {one.name.upper(): one.type for one in fields},
    )
