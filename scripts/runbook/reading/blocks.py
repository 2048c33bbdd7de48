"""The commands of a page: its shell fences, what their author asks for, and their expected results."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from runbook.errors import Problem
from runbook.reading.attributes import read_attributes
from runbook.reading.content import Block, Page, PageBlocks, Site
from runbook.reading.expected import expected_after, not_taken
from runbook.reading.fences import find_fences
from runbook.reading.languages import is_shell, typed, why_not_bash, why_unreadable
from runbook.settings import Settings

CONTINUED = re.compile(r"(?<!\\)(?:\\\\)*\\\n?\Z")
NO_PLACE = "aucune cible : ni la page, ni le bloc, ni les réglages ne disent où l'exécuter"
REMEDIES = {
    NO_PLACE: "ajouter « execution: {cible: …} » en tête de page, data-cible ou data-non-execute, "
    "ou default_target aux réglages"
}
CLOSE = 'fermer le bloc, l\'aligner, et mettre ses attributs entre accolades : ``` { .bash data-delai="60" }'
REWRITE = "écrire la commande seule, en « bash », et sa sortie dans un bloc « Résultat attendu » ; ou data-non-execute"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page runs, from its front matter: its target, why it does not run at all, what comes before it."""

    target: str = ""
    not_run: str | None = None
    after: tuple[str, ...] = ()


def blocks_of(site: Site, settings: Settings) -> list[PageBlocks]:
    """Every page of the site with its commands."""
    return [find_blocks(page, site, settings.targets, settings.default_target) for page in site.pages]


def find_blocks(page: Page, site: Site, targets: Collection[str], default_target: str = "") -> PageBlocks:
    """Every shell fence that the page shows: it runs, does not for a reason, or is undecided."""
    if page.refused:
        return PageBlocks(page, (), (), (page.refused,))
    fences, shadows = find_fences(page, site)
    fault = "« {} » n'est pas rendu comme un bloc par le site"
    not_shown = tuple(Problem(page.path, line, fault.format(text), CLOSE) for line, text in shadows)
    problems: list[Problem] = [] if site.unknown else list(not_shown)
    place, mistakes = _place(page, targets, default_target)
    problems += [Problem(page.path, 1, cause, remedy) for cause, remedy in mistakes]
    blocks: list[Block] = []
    sessions: list[Block] = []
    lines, prose_from = page.markdown.split("\n"), 0
    for fence, following in zip_longest(fences, fences[1:]):
        prose = "\n".join(lines[prose_from : fence.index]).strip()
        prose_from = fence.end
        if not is_shell(fence.language, fence.source):
            continue
        expected = expected_after(page, following, problems)
        last = following if expected and following else fence
        why = why_not_bash(fence.language, fence.source) or ("" if targets else why_unreadable(fence.source))
        given, wrong = read_attributes(fence, targets)
        block = Block(
            *(page.path, fence.line, fence.title, fence.source),
            **{"target": place.target, "not_run": place.not_run, **given},
            expected=expected,
            prose=prose,
            end=page.line_of[last.end - 1],
            typed=typed(fence.language, fence.source) if why else "",
        )
        if not block.not_run:
            block = replace(block, undecided=why or ("" if block.target else NO_PLACE))
        if not block.undecided:
            wrong += _contradictions(block)
        problems += [Problem(page.path, fence.line, cause, remedy) for cause, remedy in wrong]
        if not wrong:
            (sessions if why else blocks).append(block)
            problems += [one for one in page.undefined if block.line <= one.line <= block.end]
    doubts: list[Problem] = []
    if targets:  # else nothing runs, and nobody has said anything to the engine
        problems += not_taken(page, fences)
        said = ((block, block.undecided) for block in (*blocks, *sessions) if block.undecided)
        doubts = sorted(Problem(page.path, one.line, why, REMEDIES.get(why, REWRITE)) for one, why in said)
    unknown = not_shown if site.unknown else ()
    return PageBlocks(
        page, tuple(blocks), place.after, tuple(sorted(problems)), tuple(sessions), tuple(doubts), unknown
    )


def _place(page: Page, targets: Collection[str], default_target: str) -> tuple[_Place, list[tuple[str, str]]]:
    """The page's own place, and what is wrong with what it says of it: cause and remedy."""
    given = page.meta.get("execution")
    if given is None:
        return _Place(default_target), []
    if not isinstance(given, dict):
        return _Place(), [("« execution » n'est pas un dictionnaire", "écrire execution: {cible: …}")]
    keys = ("cible", "apres", "non_execute")
    unknown, remedy = (key for key in given if key not in keys), f"clés possibles : {', '.join(keys)}"
    wrong = [(f"clé « execution.{key} » inconnue", remedy) for key in unknown]
    target, not_run, after = given.get("cible", default_target), given.get("non_execute"), given.get("apres") or []
    if target and str(target) not in targets:
        wrong.append((f"cible « {target} » inconnue", f"cibles possibles : {', '.join(targets) or 'aucune'}"))
    if not_run is not None and not (isinstance(not_run, str) and not_run.strip()):
        wrong.append(("« execution.non_execute » n'est pas une raison", "dire pourquoi la page ne s'exécute pas"))
    if not (isinstance(after, list) and all(isinstance(name, str) for name in after)):
        wrong.append(("« execution.apres » n'est pas une liste de pages", "écrire apres: [dossier/page.md]"))
    return (_Place() if wrong else _Place(target or "", not_run, tuple(after))), wrong


def _contradictions(block: Block) -> Iterator[tuple[str, str]]:
    """What could not be carried out as it is written: cause and remedy."""
    if block.background and (block.retry or block.cleanup or block.expected):
        cause = "data-arriere-plan avec réessai, nettoyage ou résultat attendu"
        yield cause, "mettre l'assertion dans le bloc suivant"
    if CONTINUED.search(block.code):
        cause = "la dernière ligne du bloc finit par une barre oblique inverse"
        yield cause, "la retirer : dans un terminal, la commande attendrait la suite"
    if not block.code.strip():
        yield "bloc de commandes vide", "y écrire une commande, ou le retirer"
