"""With which settings does the API run?"""

from msgspec import Struct

from datapress_common.allowed import EnvironmentName, LogLevel, Version


class ApiSettings(Struct, frozen=True, kw_only=True):
    """The settings that are no secret, one field per environment variable."""

    environment: EnvironmentName = "local"
    log_level: LogLevel = "info"
    api_version: Version = "1.0.0"
