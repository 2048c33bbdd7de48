"""Would an application accept this value of a variable?"""

from functools import cache
from typing import Any, get_args

import msgspec

from runbook.checking.offered.applications import named
from runbook.checking.offered.model import Model


def refused(model: Model, application: str, variable: str, value: str) -> str | None:
    """What the application would have taken instead; None if it takes the value or reads it elsewhere."""
    source = model.settings.model.applications.get(application)
    for reference in source.settings if source else []:
        kind = _fields(named(reference)).get(variable)
        if kind is not None:
            try:
                msgspec.convert(value, type=kind, strict=False)
            except msgspec.ValidationError as error:
                told = [
                    meta.description for meta in get_args(kind) if isinstance(meta, msgspec.Meta) and meta.description
                ]
                return told[0] if told else str(error)
    return None


@cache
def _fields(structure: type) -> dict[str, Any]:
    """The type of each variable that a settings structure reads; the structure itself is the key, for modules may be imported anew."""
    return {field.name.upper(): field.type for field in msgspec.structs.fields(structure)}
