"""With which settings does the front run?"""

from typing import Annotated

from msgspec import Meta, Struct

from datapress_common.allowed import (
    EnvironmentName,
    HttpUrl,
    LogLevel,
    OptionalHttpUrl,
    Version,
)

# The page answers within three seconds: no wait may take more than the page can spare.
Timeout = Annotated[float, Meta(ge=0.1, le=2.5, description="un nombre de secondes de 0.1 à 2.5")]


class FrontSettings(Struct, frozen=True, kw_only=True):
    """One field per environment variable."""

    environment: EnvironmentName = "local"
    log_level: LogLevel = "info"
    front_version: Version = "1.0.0"
    # Two addresses of one API: where this process calls it, and where a browser finds it.
    api_base_url: HttpUrl = "http://localhost:8000"
    api_public_url: OptionalHttpUrl = "http://localhost:8000"
    api_connect_timeout: Timeout = 1.0
    api_read_timeout: Timeout = 2.0
