"""What the author of one block asks for, attribute by attribute."""

import re
from collections.abc import Collection

from runbook.errors import Problem
from runbook.reading.content import ATTRIBUTES, Page
from runbook.reading.fences import Fence

YES, NO = "oui", "non"


class Attributes:
    """Reads the attributes of one fence once each; what is left unread is an error."""

    def __init__(self, page: Page, fence: Fence, problems: list[Problem], strict: bool) -> None:
        self._page, self._fence, self._problems, self._strict = page, fence, problems, strict
        self._left = dict(fence.attributes)
        self.failed = False

    def problem(self, cause: str, remedy: str) -> None:
        self.failed = True
        self._problems.append(Problem(self._page.path, self._fence.line, cause, remedy))

    def text(self, name: str) -> str | None:
        value = self._left.pop(name, None)
        if value is not None and not value.strip():
            self.problem(f"{name} vide", "écrire une valeur entre guillemets")
            return None
        return value

    def choice(self, name: str, values: Collection[str]) -> str | None:
        value = self.text(name)
        if value is not None and value not in values:
            known = ", ".join(values) or "aucune ; en décrire une dans [tool.runbook.targets]"
            self.problem(f'{name}="{value}" inconnu', f"valeurs possibles : {known}")
            return None
        return value

    def flag(self, name: str) -> bool:
        return self.choice(name, (YES,)) is not None

    def seconds(self, name: str) -> float | None:
        value = self.text(name)
        if value is None:
            return None
        if not re.fullmatch(r"\d+(?:\.\d+)?", value) or float(value) <= 0:
            self.problem(f'{name}="{value}" n\'est pas une durée', "écrire un nombre de secondes, par exemple 60")
            return None
        return float(value)

    def status(self, name: str) -> int:
        value = self.text(name)
        if value is None:
            return 0
        if not value.isdecimal() or int(value) > 255:
            self.problem(f'{name}="{value}" n\'est pas un code de sortie', "écrire un nombre de 0 à 255")
            return 0
        return int(value)

    def readiness(self, name: str) -> str | None:
        value = self.text(name)
        if value is not None and not re.fullmatch(r"https?://\S+|port:\d{1,5}|sortie:.+", value):
            self.problem(f'{name}="{value}" n\'est pas une condition', "écrire une URL, port:8000 ou sortie:texte")
            return None
        return value

    def finish(self) -> None:
        """An attribute that nobody knows is a mistake, unless `strict` is off: then other tools may read it."""
        for name in self._left if self._strict else ():
            self.problem(f"attribut « {name} » inconnu", f"attributs possibles : {', '.join(ATTRIBUTES)}")
