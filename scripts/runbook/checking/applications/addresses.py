"""Does an address inside a network name something that answers there?"""

from collections.abc import Callable, Collection, Mapping
from urllib.parse import urlsplit

from runbook.checking.finding import nearest

Problem = tuple[str, str]
OUTSIDE = ("localhost", "127.0.0.1", "::1")


def address_problem(
    value: str, ports_of: Mapping[str, set[int]], answers: Callable[[str, int, str], bool]
) -> Problem | None:
    """Cause and remedy of an internal URL that leads nowhere; None for one that is right or not internal.

    `ports_of` gives the ports of each name that the network resolves; `answers` says whether the
    application behind a name and port has a route for a path.
    """
    try:
        url = urlsplit(value)
        port = url.port or {"http": 80, "https": 443}.get(url.scheme, 0)
    except ValueError as error:
        return f"adresse « {value} » illisible ({error})", "écrire http://nom:port"
    host = short_host(url.hostname or "")
    if not host or host in OUTSIDE or ("." in host and host not in ports_of):
        return None
    if host not in ports_of:
        return f"adresse « {value} » : le nom « {host} » n'existe pas ici", nearest(host, ports_of)
    if port not in ports_of[host]:
        return f"adresse « {value} » : « {host} » ne répond pas sur le port {port}", nearest(
            str(port), map(str, ports_of[host])
        )
    if url.path not in ("", "/") and not answers(host, port, url.path):
        return f"adresse « {value} » : aucune route « {url.path} »", "prendre une route de l'application"
    return None


def cluster_host_problem(value: str, services: Collection[str], namespaces: Collection[str]) -> Problem | None:
    """What is wrong with the long name of a Service: another namespace, or an end that no cluster has."""
    first, *rest = (urlsplit(value).hostname or "").split(".")
    if first not in services or not rest or not (rest[0] in namespaces or len(rest) == 1 or "svc" in rest):
        return None
    if rest[0] not in namespaces:
        return f"adresse « {value} » : l'espace de noms « {rest[0]} » n'existe pas", nearest(rest[0], namespaces)
    if rest[1:] not in ([], ["svc"], ["svc", "cluster", "local"]):
        return (
            f"adresse « {value} » : un cluster n'a pas de nom qui finit par « .{'.'.join(rest[1:])} »",
            f"écrire {first}.{rest[0]}.svc.cluster.local, ou {first}",
        )
    return None


def short_host(host: str) -> str:
    """The name of a Service for the longer ones that a cluster gives it, other names as they are."""
    return host.split(".", maxsplit=1)[0] if host.endswith((".svc", ".svc.cluster.local")) else host
