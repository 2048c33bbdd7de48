"""Which settings does the API run with?"""

import msgspec
from datapress_common.gunicorn_settings import LogLevel
from datapress_common.settings import EnvironmentName, Version


class ApiSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings that are no secret, one per environment variable."""

    environment: EnvironmentName = "local"
    log_level: LogLevel = "info"
    api_version: Version = "1.0.0"
