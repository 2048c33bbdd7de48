"""Does every template name what the application gives it?"""

import re
from collections.abc import Iterator

from runbook.checking.finding import Finding, nearest
from runbook.checking.inner_network import InnerNetwork
from runbook.checking.model import Model


def template_names(model: Model, network: InnerNetwork) -> Iterator[Finding]:
    """What the answers given so far asked of an object that has no such attribute; an empty text would stand there."""
    for name, known in sorted(network.unknown_names.items()):
        path, line = _written(name, model)
        yield Finding(path, line, f"« {name} » : l'objet que le modèle reçoit n'a pas cet attribut", nearest(name, known), "template_names")


def _written(name: str, model: Model) -> tuple[str, int]:
    for path in sorted(model.files):
        if path.startswith(model.code_folders) and path.endswith((".html", ".jinja", ".j2", ".txt")):
            text = (model.root / path).read_text(encoding="utf-8", errors="replace")
            found = re.search(rf"\.{re.escape(name)}\b", text)
            if found:
                return path, text.count("\n", 0, found.start()) + 1
    return "pyproject.toml", 1
