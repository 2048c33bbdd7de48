"""What does a caller ask of the indicators, and is it possible?"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar, get_args

import msgspec
from msgspec import Meta, Struct
from werkzeug.exceptions import BadRequest

from datapress_api.table import LONGEST_NAME, LONGEST_UNIT

_Asked = TypeVar("_Asked", bound=Struct)

_LARGEST_PAGE = 1000
_WORDS = r"^[0-9A-Za-zÀ-ÖØ-öø-ÿŒœ](?:[0-9A-Za-zÀ-ÖØ-öø-ÿŒœ '’,.()/%&-]*[0-9A-Za-zÀ-ÖØ-öø-ÿŒœ.)%])?\Z"

# A spreadsheet takes no such name for a formula, a terminal none for an order.
Name = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LONGEST_NAME,
        pattern=_WORDS,
        description=f"1 à {LONGEST_NAME} lettres, chiffres, espaces ou ponctuations simples",
    ),
]
Unit = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LONGEST_UNIT,
        pattern=r"^[0-9A-Za-zÀ-ÖØ-öø-ÿ%€$£°/ ]+\Z",
        description=f"1 à {LONGEST_UNIT} lettres ou signes, par exemple k€",
    ),
]
Month = Annotated[str, Meta(pattern=r"^(?:19|20)\d\d-(?:0[1-9]|1[0-2])\Z", description="un mois, par exemple 2026-11")]
Value = Annotated[float, Meta(ge=-1e12, le=1e12, description="un nombre entre -1000 milliards et 1000 milliards")]


class Filters(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which indicators, how many at a time, and in which form."""

    nom: Name | None = None
    depuis: Month | None = None
    jusqua: Month | None = None
    page: Annotated[int, Meta(ge=1, le=10_000, description="un numéro de page, de 1 à 10000")] = 1
    taille: Annotated[
        int, Meta(ge=1, le=_LARGEST_PAGE, description=f"un nombre d'indicateurs par page, de 1 à {_LARGEST_PAGE}")
    ] = 50
    format: Annotated[Literal["json", "csv"], Meta(description="json ou csv")] = "json"


class NewIndicator(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An indicator to add."""

    nom: Name
    periode: Month
    valeur: Value
    unite: Unit
    source: Name


class Refused(BadRequest):
    """A request that asks for something impossible, and says in French what was expected."""

    def __init__(self, detail: str) -> None:
        super().__init__()
        self.detail = detail


def read(kind: type[_Asked], given: Mapping[str, Any], *, strict: bool) -> _Asked:
    """The request as a `kind`; `strict` when numbers must be numbers, as in JSON. Raises `Refused`."""
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    for name in given:
        if name not in fields:
            raise Refused(f"champ inconnu : {_shown(name)} ; attendu : {', '.join(fields)}")
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name not in given:
            if field.required:
                raise Refused(f"champ absent : {name} ; attendu : {_expected(field.type)}")
            continue
        try:
            values[name] = msgspec.convert(given[name], type=field.type, strict=strict)
        except msgspec.ValidationError:
            raise Refused(f"{name} ; attendu : {_expected(field.type)}") from None
    return kind(**values)


def _expected(annotation: Any) -> str:
    """The description that a field's type carries."""
    for part in (annotation, *get_args(annotation)):
        for meta in get_args(part):
            if isinstance(meta, Meta) and meta.description:
                return meta.description
    raise AssertionError(annotation)


def _shown(name: str) -> str:
    return repr(name)[1:-1][:40]
