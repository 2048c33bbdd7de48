"""Does the service of this container answer? The images' HEALTHCHECK, without curl."""

import http.client
import os
import sys


def main() -> None:
    """Exit with 0 if `/health/live` answers 200 on this machine within two seconds, else with 1."""
    port = int(os.environ.get("PORT", "8000"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/health/live")
        status = connection.getresponse().status
    except OSError as error:
        sys.exit(f"/health/live : {error}")
    if status != http.HTTPStatus.OK:
        sys.exit(f"/health/live : réponse {status}")


if __name__ == "__main__":
    main()
