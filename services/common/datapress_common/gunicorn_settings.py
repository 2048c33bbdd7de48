"""Which settings does Gunicorn take from the environment?"""

from typing import Annotated, Literal

import msgspec

LogLevel = Annotated[
    Literal["debug", "info", "warning", "error"],
    msgspec.Meta(description="debug, info, warning ou error"),
]


class GunicornSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a service listens, works and logs."""

    port: Annotated[
        int, msgspec.Meta(ge=1024, le=65535, description="un port entre 1024 et 65535")
    ] = 8000
    web_concurrency: Annotated[
        int, msgspec.Meta(ge=1, le=16, description="un nombre de processus entre 1 et 16")
    ] = 1
    gunicorn_threads: Annotated[
        int, msgspec.Meta(ge=1, le=64, description="un nombre de fils d'exécution entre 1 et 64")
    ] = 8
    gunicorn_keepalive: Annotated[
        int, msgspec.Meta(ge=0, le=300, description="une durée entre 0 et 300 secondes")
    ] = 5
    log_level: LogLevel = "info"
