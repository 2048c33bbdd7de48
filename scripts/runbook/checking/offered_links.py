"""Can a reader follow the links of the pages that the applications answer?"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from runbook.checking.answered import Answered
from runbook.checking.finding import Finding
from runbook.checking.inner_network import InnerNetwork
from runbook.checking.model import Model

LINK = re.compile(r"(?:href|src|action)=[\"'](https?://[^\"'\s]+)")


def offered_links(model: Model, network: InnerNetwork, answered: Answered) -> Iterator[Finding]:
    """No link of an HTML page leads to a name that only the other containers know."""
    inner = network.inner_names()
    for name, application in model.applications.items():
        for url in dict.fromkeys(url for rule in application.routes if "<" not in rule for page in answered.pages(name, rule) for url in LINK.findall(page)):
            if urlsplit(url).hostname in inner:
                path, line = _written(model)
                yield Finding(path, line, f"« {name} » offre un lien vers {url}, un nom que seuls les conteneurs connaissent", "donner au lecteur l'adresse publique", "offered_links")


def _written(model: Model) -> tuple[str, int]:
    """The first link of a template that is not written out."""
    for path in sorted(model.files):
        if path.startswith(model.code_folders) and path.endswith((".html", ".jinja", ".j2")):
            text = (model.root / path).read_text(encoding="utf-8", errors="replace")
            found = re.search(r"(?:href|src|action)=[\"']\{\{", text)
            if found:
                return path, text.count("\n", 0, found.start()) + 1
    return "pyproject.toml", 1
