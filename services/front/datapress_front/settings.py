"""Which settings does the front run with?"""

from typing import Annotated

import msgspec
from datapress_common.gunicorn_settings import LogLevel
from datapress_common.settings import EnvironmentName, HttpUrl, OptionalHttpUrl, Version

# The page promises an answer within three seconds: no timeout may exceed what is left of them.
Timeout = Annotated[
    float, msgspec.Meta(ge=0.1, le=2.5, description="une durée entre 0.1 et 2.5 secondes")
]


class FrontSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The front's settings, one per environment variable."""

    environment: EnvironmentName = "local"
    log_level: LogLevel = "info"
    front_version: Version = "1.0.0"
    api_base_url: HttpUrl = "http://localhost:8000"
    api_public_url: OptionalHttpUrl = "http://localhost:8000"
    api_connect_timeout: Timeout = 1.0
    api_read_timeout: Timeout = 2.0
