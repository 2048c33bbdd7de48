"""Can a reader follow the links of the pages that the applications answer?"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from runbook.checking.finding import Finding
from runbook.checking.offered.inner_network import InnerNetwork
from runbook.checking.offered.model import Model
from runbook.checking.offered.places import written
from runbook.checking.prose.answered import Answered

LINK = re.compile(r"(?:href|src|action)=[\"'](https?://[^\"'\s]+)")
COMPUTED = r"(?:href|src|action)=[\"']\{\{"  # in a template, what a link may have been made of


def offered_links(model: Model, network: InnerNetwork, answered: Answered) -> Iterator[Finding]:
    """No link of an HTML page leads to a name that only the other containers know."""
    inner = network.inner_names()
    for name, application in model.applications.items():
        for url in dict.fromkeys(
            url
            for rule in application.routes
            if "<" not in rule
            for page in answered.pages(name, rule)
            for url in LINK.findall(page)
        ):
            if urlsplit(url).hostname in inner:
                path, line = written(COMPUTED, model.templates)
                yield Finding(
                    path,
                    line,
                    f"« {name} » offre un lien vers {url}, un nom que seuls les conteneurs connaissent",
                    "donner au lecteur l'adresse publique",
                    "offered_links",
                )
