"""The commands of a page: its shell fences, what their author asks for, and their expected results."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import zip_longest

from runbook.errors import Problem
from runbook.matching import expect
from runbook.reading.content import ATTRIBUTES, Block, Expected, Page, PageBlocks, Site
from runbook.reading.fences import Fence, Shadow, find_fences

SHELLS = ("bash", "sh")
LOOK_ALIKES = ("console", "shell", "shell-session", "shellsession", "sh-session", "zsh", "ksh", "terminal")
EXPECTED_TITLE = "Résultat attendu"
KINDS = {"text": expect.Kind.TEXT, "json": expect.Kind.JSON}
YES, NO = "oui", "non"
CONTINUED = re.compile(r"(?<!\\)(?:\\\\)*\\\n?\Z")
PROMPT = re.compile(r"^\s*(?:\$|#>|>|[\w.-]+@[\w.-]+[:~\w/]*[$#]) \S")


def find_blocks(page: Page, site: Site, targets: Collection[str]) -> PageBlocks:
    """Every shell fence that the page shows, decided or reported as a problem; nothing is passed over."""
    fences, shadows = find_fences(page, site)
    problems: list[Problem] = [_shadow_problem(page, shadow) for shadow in shadows]
    place = _execution(page, targets, problems)
    blocks: list[Block] = []
    lines, prose_from = page.markdown.split("\n"), 0
    for fence, following in zip_longest(fences, fences[1:]):
        prose = "\n".join(lines[prose_from : fence.index]).strip()
        prose_from = fence.end
        if fence.language in LOOK_ALIKES:
            problems.append(
                Problem(
                    page.path,
                    fence.line,
                    f"langage « {fence.language} » : ce bloc ne serait ni exécuté ni contrôlé",
                    "écrire « bash », sans invite ni sortie",
                )
            )
        elif fence.language in SHELLS:
            expected = _expected(page, following, problems)
            block = _block(page, fence, expected, place[0], targets, problems)
            if block:
                blocks.append(replace(block, prose=prose))
    problems.extend(_orphans(page, fences))
    return PageBlocks(page, tuple(blocks), place[1], tuple(sorted(problems)))


def _shadow_problem(page: Page, shadow: Shadow) -> Problem:
    return Problem(
        page.path,
        shadow.line,
        f"« {shadow.text} » n'est pas rendu comme un bloc par le site",
        'fermer le bloc, l\'aligner, et mettre ses attributs entre accolades : ``` { .bash data-delai="60" }',
    )


def _execution(page: Page, targets: Collection[str], problems: list[Problem]) -> tuple[str | None, tuple[str, ...]]:
    """The page's own target and prerequisites, from its front matter."""
    raw = page.meta.get("execution")
    if raw is None:
        return None, ()
    if not isinstance(raw, dict):
        problems.append(
            Problem(page.path, 1, "« execution » n'est pas un dictionnaire", "écrire execution: {cible: …}")
        )
        return None, ()
    problems.extend(
        Problem(page.path, 1, f"clé « execution.{key} » inconnue", "clés possibles : cible, apres")
        for key in raw
        if key not in ("cible", "apres")
    )
    target = raw.get("cible")
    if target is not None and target not in targets:
        problems.append(
            Problem(page.path, 1, f"cible « {target} » inconnue", f"cibles possibles : {', '.join(targets)}")
        )
        target = None
    after = raw.get("apres") or []
    if isinstance(after, str) or not all(isinstance(item, str) for item in after):
        problems.append(
            Problem(page.path, 1, "« execution.apres » n'est pas une liste de pages", "écrire apres: [dossier/page.md]")
        )
        after = []
    return target, tuple(after)


def _expected(page: Page, following: Fence | None, problems: list[Problem]) -> Expected | None:
    if following is None or following.title != EXPECTED_TITLE:
        return None
    kind = KINDS.get(following.language)
    if kind is None:
        problems.append(
            Problem(
                page.path,
                following.line,
                f"résultat attendu en « {following.language} »",
                "langages possibles : text, json",
            )
        )
        return None
    fault = expect.check_expected(following.source, kind)
    if fault:
        problems.append(Problem(page.path, following.line, fault, "corriger le résultat attendu"))
        return None
    return Expected(following.line + 1, following.source, kind)


def _orphans(page: Page, fences: tuple[Fence, ...]) -> Iterator[Problem]:
    previous: Fence | None = None
    for fence in fences:
        if fence.title == EXPECTED_TITLE and (previous is None or previous.language not in SHELLS):
            yield Problem(
                page.path, fence.line, "résultat attendu sans commande juste avant", "le placer après son bloc bash"
            )
        elif fence.language in KINDS and fence.title and fence.title != EXPECTED_TITLE and _similar(fence.title):
            yield Problem(page.path, fence.line, f"titre « {fence.title} »", f"écrire exactement « {EXPECTED_TITLE} »")
        previous = fence


def _similar(title: str) -> bool:
    folded = title.casefold().replace("é", "e")
    return "attendu" in folded and "resultat" in folded


def _block(
    page: Page,
    fence: Fence,
    expected: Expected | None,
    target: str | None,
    targets: Collection[str],
    problems: list[Problem],
) -> Block | None:
    read = _Attributes(page, fence, problems)
    target = read.choice("data-cible", targets) or target
    block = Block(
        page=page.path,
        line=fence.line,
        title=fence.title,
        code=fence.source,
        target=target or "",
        deadline=read.seconds("data-delai"),
        exit_status=read.status("data-code"),
        retry=read.seconds("data-reessayer"),
        background=read.readiness("data-arriere-plan"),
        cleanup=read.flag("data-nettoyage"),
        condition=read.text("data-si"),
        not_run=read.text("data-non-execute"),
        ignore=read.text("data-ignore"),
        stand_in=read.choice("data-substitut", (NO,)) is None,
        expected=expected,
    )
    read.finish()
    if target is None and not block.not_run and "data-cible" not in fence.attributes:
        read.problem(
            "bloc de commandes sans cible",
            "ajouter « execution: {cible: …} » en tête de page, ou data-cible, ou data-non-execute",
        )
    if block.background and (block.retry or block.cleanup or block.expected):
        read.problem(
            "data-arriere-plan avec réessai, nettoyage ou résultat attendu", "mettre l'assertion dans le bloc suivant"
        )
    if block.cleanup and block.retry:
        read.problem("data-nettoyage avec data-reessayer", "retirer l'un des deux")
    if CONTINUED.search(block.code):
        read.problem(
            "la dernière ligne du bloc finit par une barre oblique inverse",
            "la retirer : dans un terminal, la commande attendrait la suite",
        )
    if not block.code.strip():
        read.problem("bloc de commandes vide", "y écrire une commande, ou le retirer")
    for line in block.code.split("\n"):
        if PROMPT.match(line):
            read.problem(
                f"invite de commande dans « {line.strip()} »", "retirer l'invite : le bouton copier la prendrait"
            )
    return None if read.failed else block


class _Attributes:
    """Reads the attributes of one fence once each; what is left unread is an error."""

    def __init__(self, page: Page, fence: Fence, problems: list[Problem]) -> None:
        self._page, self._fence, self._problems = page, fence, problems
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
            self.problem(f'{name}="{value}" inconnu', f"valeurs possibles : {', '.join(values)}")
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
        for name in self._left:
            self.problem(f"attribut « {name} » inconnu", f"attributs possibles : {', '.join(ATTRIBUTES)}")
