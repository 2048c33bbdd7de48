"""Do the services that targets start listen where the settings say that they do?"""

import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import urlsplit

from runbook.checking.finding import Finding
from runbook.checking.offered.model import Model
from runbook.settings import FILE, Service

RULE = "target_services"


def target_services(model: Model) -> Iterator[Finding]:
    """The port of each `--bind`, of the variable PORT and of the address awaited is one of a service's `ports`."""
    path = model.root / FILE
    lines = path.read_text(encoding="utf-8").split("\n") if path.is_file() else []
    for name, service in model.settings.services.items():
        heading = next(
            (
                number
                for number, line in enumerate(lines, 1)
                if re.match(rf"\[tool\.runbook\.services\.{re.escape(name)}\]", line)
            ),
            1,
        )
        for told, port in _ports(service):
            if port not in service.ports:
                yield Finding(
                    FILE,
                    heading,
                    f"service « {name} » : {told} donne le port {port}, et « ports » a {', '.join(map(str, service.ports)) or 'aucun port'}",
                    "donner le même port partout",
                    RULE,
                )


def _ports(service: Service) -> Iterator[tuple[str, int]]:
    words = [*service.command, ""]
    for word, value in pairwise(words):
        bound = (
            value if word in ("--bind", "-b") else word.removeprefix("--bind=") if word.startswith("--bind=") else ""
        )
        if found := re.search(r":(\d+)$", bound):
            yield f"« --bind {bound} »", int(found[1])
    if service.env.get("PORT", "").isdecimal():
        yield "la variable PORT", int(service.env["PORT"])
    ready = urlsplit(service.ready)
    if ready.port is not None:
        yield f"« ready = {service.ready} »", ready.port
