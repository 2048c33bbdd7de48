"""Does every template name what the application gives it?"""

import re
from collections.abc import Iterator

from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.model import Model
from runbook.checking.offered.places import written


def template_names(model: Model) -> Iterator[Finding]:
    """What the answers given so far asked of an object that has no such attribute; an empty text would stand there."""
    for name, known in sorted(model.heard.unknown_names.items()):
        path, line = written(rf"\.{re.escape(name)}\b", model.templates)
        yield Finding(
            path,
            line,
            f"« {name} » : l'objet que le modèle reçoit n'a pas cet attribut",
            nearest(name, known),
            "template_names",
        )
