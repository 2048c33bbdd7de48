"""Does an address inside a network name something that answers there?"""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from runbook.checking.finding import nearest

Problem = tuple[str, str]
OUTSIDE = ("localhost", "127.0.0.1", "::1")


def address_problem(value: str, ports_of: Mapping[str, set[int]], answers: Callable[[str, int, str], bool]) -> Problem | None:
    """Cause and remedy of an internal URL that leads nowhere; None for one that is right or not internal.

    `ports_of` gives the ports of each name that the network resolves; `answers` says whether the
    application behind a name and port has a route for a path.
    """
    try:
        url = urlsplit(value)
        port = url.port or {"http": 80, "https": 443}.get(url.scheme, 0)
    except ValueError as error:
        return f"adresse « {value} » illisible ({error})", "écrire http://nom:port"
    host = (url.hostname or "").split(".")[0] if (url.hostname or "").endswith((".svc", ".svc.cluster.local")) else url.hostname or ""
    if not host or host in OUTSIDE or ("." in host and host not in ports_of):
        return None
    if host not in ports_of:
        return f"adresse « {value} » : le nom « {host} » n'existe pas ici", nearest(host, ports_of)
    if port not in ports_of[host]:
        return f"adresse « {value} » : « {host} » ne répond pas sur le port {port}", nearest(str(port), map(str, ports_of[host]))
    if url.path not in ("", "/") and not answers(host, port, url.path):
        return f"adresse « {value} » : aucune route « {url.path} »", "prendre une route de l'application"
    return None
