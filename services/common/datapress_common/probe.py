"""Does the service in this container answer? The images' HEALTHCHECK, which needs no curl."""

import http.client
import sys
from http import HTTPStatus

from datapress_common.gunicorn_settings import GunicornSettings
from datapress_common.settings import load

_PATH = "/health/live"
# Where a service that listens on all addresses can be called.
_REACHED_AT = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


def main() -> None:
    """End with 0 if the liveness route answers 200 within two seconds, else with 1 and a line."""
    settings = load(GunicornSettings)
    here = _REACHED_AT.get(settings.bind_address, settings.bind_address)
    connection = http.client.HTTPConnection(here, settings.port, timeout=2)
    try:
        connection.request("GET", _PATH)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        sys.exit(f"{_PATH} : {error}")
    if status != HTTPStatus.OK:
        sys.exit(f"{_PATH} : réponse {status}")


if __name__ == "__main__":
    main()
