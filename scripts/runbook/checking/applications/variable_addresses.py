"""Does the address in a variable lead where the variable's name says, and can its reader go there?"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from runbook.checking.applications.addresses import OUTSIDE, Problem, short_host
from runbook.checking.finding import nearest
from runbook.checking.offered.model import Model

FOR_BROWSERS = re.compile(r"PUBLIC|EXTERNAL|BROWSER")


def meaning_problem(
    model: Model,
    variable: str,
    value: str,
    reader: str | None,
    inside: Mapping[str, str | None],
    outside: Mapping[int, str | None],
) -> Problem | None:
    """Cause and remedy of an address that exists, and is not the one that its variable asks for.

    `reader` is the application that gets it; `inside` gives the application behind each name of the
    network, `outside` the one behind each port that is open on the machine of a person.
    """
    if not re.match(r"https?://", value):
        return None
    try:
        url = urlsplit(value)
        host, port = short_host(url.hostname or ""), url.port or {"http": 80, "https": 443}[url.scheme]
    except ValueError:
        return None
    return next(_problems(model, variable, value, reader, inside, outside, host, port), None)


def _problems(
    model: Model,
    variable: str,
    value: str,
    reader: str | None,
    inside: Mapping[str, str | None],
    outside: Mapping[int, str | None],
    host: str,
    port: int,
) -> Iterator[Problem]:
    said, public, local = f"{variable} = « {value} »", FOR_BROWSERS.search(variable), host in OUTSIDE
    open_ports = ", ".join(f"http://localhost:{number}" for number in sorted(outside)) or "aucune"
    if host == "0.0.0.0":  # noqa: S104 - what is looked for
        yield f"{said} : 0.0.0.0 dit où écouter, et non où appeler", "écrire localhost, ou le nom du service"
    if public and host in inside:
        yield (
            f"{said} : un navigateur ne connaît pas le nom « {host} », qui n'existe que dans ce réseau",
            f"écrire une adresse ouverte ({open_ports}), ou rien",
        )
    if public and local and port not in outside:
        yield (
            f"{said} : rien n'ouvre le port {port} à un navigateur",
            f"écrire une adresse ouverte ({open_ports}), ou rien",
        )
    if local and not public:
        yield (
            f"{said} : dans un conteneur, « {host} » est le conteneur lui-même",
            nearest("", [name for name in inside if inside[name] != reader]),
        )
    leads = outside.get(port) if local else inside.get(host)
    owner = variable.partition("_")[0].lower()
    if leads is not None and owner in model.applications and leads != owner:
        yield (
            f"{said} mène à l'application « {leads} », et non à « {owner} »",
            nearest("", [name for name, there in inside.items() if there == owner]),
        )
    if leads is not None and leads == reader != owner:
        yield (
            f"{said} : « {reader} » s'appellerait elle-même",
            nearest("", [name for name in inside if inside[name] != reader]),
        )
