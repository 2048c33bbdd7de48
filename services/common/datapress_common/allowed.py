"""Which values may a setting take, and how is that said to people?"""

from typing import Annotated, Literal

from msgspec import Meta

_PORT = r"(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])"
_NAME = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = rf"(?:{_NAME}(?:\.{_NAME})*\.?|\[[0-9A-Fa-f:]+(?:\.\d+){{0,3}}\])"
_URL = rf"https?://{_HOST}(?::{_PORT})?(?:/[A-Za-z0-9._~/-]*)?"

EnvironmentName = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?\Z",
        description="1 à 32 minuscules sans accent, chiffres ou tirets, par exemple recette",
    ),
]

LogLevel = Annotated[
    Literal["debug", "info", "warning", "error"],
    Meta(description="debug, info, warning ou error"),
]

Version = Annotated[
    str,
    Meta(
        pattern=r"^[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}\Z",
        description="1 à 64 lettres, chiffres, points ou tirets, par exemple 1.0.0",
    ),
]

HttpUrl = Annotated[
    str,
    Meta(
        pattern=rf"^{_URL}\Z",
        description="une adresse http:// ou https:// sans identifiants, par exemple http://api:8000",
    ),
]

OptionalHttpUrl = Annotated[
    str,
    Meta(
        pattern=rf"^(?:{_URL})?\Z",
        description="rien, ou une adresse http:// ou https:// sans identifiants",
    ),
]
