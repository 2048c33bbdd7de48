"""Which settings does a service run with, and are they allowed?"""

import os
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, get_args

import msgspec

_Settings = TypeVar("_Settings", bound=msgspec.Struct)

_PORT_NUMBER = r"(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])"
_HTTP_URL = rf"https?://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::{_PORT_NUMBER})?(?:/[^\s?#]*)?"

EnvironmentName = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?\Z",
        description="1 à 32 minuscules, chiffres ou tirets, par exemple « recette »",
    ),
]
Version = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}\Z",
        description="1 à 64 lettres, chiffres, points, tirets, « + » ou « _ », par exemple « 1.0.0 »",
    ),
]
HttpUrl = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^{_HTTP_URL}\Z",
        description="une adresse http:// ou https:// sans identifiants ni paramètres",
    ),
]
OptionalHttpUrl = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^(?:{_HTTP_URL})?\Z",
        description="vide, ou une adresse http:// ou https:// sans identifiants ni paramètres",
    ),
]


class SettingError(SystemExit):
    """A refused setting: ends the process with one line and no traceback, unless somebody catches it."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"Configuration refusée : {name}{problem}")


def load(kind: type[_Settings], environ: Mapping[str, str] = os.environ) -> _Settings:
    """Read each field of `kind` from the variable of the same name in upper case.

    A variable that is not set leaves the field's default; raises `SettingError` for the first
    value that is not allowed.
    """
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        name = field.name.upper()
        text = environ.get(name)
        if text is None:
            continue
        try:
            values[field.name] = msgspec.convert(text, type=field.type, strict=False)
        except msgspec.ValidationError:
            raise SettingError(name, f"=« {text} » ; attendu : {_allowed(field.type)}.") from None
    return kind(**values)


def _allowed(annotation: Any) -> str:
    """The French description that the type of a field carries."""
    return next(
        meta.description
        for meta in get_args(annotation)
        if isinstance(meta, msgspec.Meta) and meta.description
    )
