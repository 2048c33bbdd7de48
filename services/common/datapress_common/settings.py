"""With which settings does a service run?"""

import os
import re
from collections.abc import Mapping
from typing import Any, TypeVar, get_args

import msgspec

_Settings = TypeVar("_Settings", bound=msgspec.Struct)

_LONGEST_QUOTE = 80


class SettingError(SystemExit):
    """A refused setting: unless somebody catches it, the process ends with this one line."""


def load(kind: type[_Settings], environ: Mapping[str, str] = os.environ) -> _Settings:
    """Read each field of `kind` from the variable of the same name in upper case.

    A variable that is not set leaves the field its default; the first value that is not allowed
    raises `SettingError`.
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
            what = f"{name}={quote(text)}" if text else f"{name} est vide"
            raise refusal(what, _allowed(field.type)) from None
    return kind(**values)


def refusal(what: str, allowed: str) -> SettingError:
    """The error that names a setting and says what it takes."""
    return SettingError(f"Configuration refusée : {what} ; attendu : {allowed}.")


def quote(text: str) -> str:
    """A value as it can be shown: on one line, not too long, without a URL's user and password."""
    shown = re.sub(r"//[^/]*@", "//…@", repr(text)[1:-1])
    return f"« {shown if len(shown) <= _LONGEST_QUOTE else shown[:_LONGEST_QUOTE] + '…'} »"


def _allowed(annotation: Any) -> str:
    """The description that the type of a field carries."""
    return next(
        meta.description for meta in get_args(annotation) if isinstance(meta, msgspec.Meta) and meta.description
    )
