"""The commands of a page: its shell fences, what their author asks for, and their expected results."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from runbook.errors import Problem
from runbook.matching import expect
from runbook.reading.content import Block, Expected, Page, PageBlocks, Site
from runbook.reading.fences import Fence, find_fences
from runbook.reading.languages import is_shell, typed, why_not_bash, why_unreadable
from runbook.reading.opening import reason
from runbook.settings import Settings

LOST = re.compile(r"\s*---[ \t]*\n(?:(?!---).*\n)*?execution:")  # a head that MkDocs takes for text
CONTINUED = re.compile(r"(?<!\\)(?:\\\\)*\\\n?\Z")
NO_PLACE = "aucune cible : ni la page, ni le bloc, ni les réglages ne disent où l'exécuter"
REMEDIES = {
    NO_PLACE: "ajouter « execution: {cible: …} » en tête de page, data-cible ou data-non-execute, "
    "ou default_target aux réglages"
}
CLOSE = 'fermer le bloc, l\'aligner, et mettre ses attributs entre accolades : ``` { .bash data-delai="60" }'
REWRITE = "écrire la commande seule, en « bash », et sa sortie dans un bloc « Résultat attendu » ; ou data-non-execute"

TITLES = ("Résultat attendu", "Expected result")
TEXTS = ("text", "txt", "plain", "plaintext", "output", "")
KINDS = {"json": expect.Kind.JSON, **dict.fromkeys(TEXTS, expect.Kind.TEXT)}
LIKE = ("attendu", "expected", "erwartet", "esperado", "atteso")
LIKENESS = 0.75


@dataclass(frozen=True, slots=True)
class Form:
    """How a value is `written` (a regular expression), what it gives, and what is said of another."""

    written: str
    read: Callable[[str], Any]
    fault: str = ""
    remedy: str = ""


TEXT = Form(r"(?s).*", str)
SECONDS = Form(r"(?=.*[1-9])\d+(\.\d+)?", float, "n'est pas une durée", "écrire un nombre de secondes, par exemple 60")
STATUS = Form(r"1?\d?\d|2[0-4]\d|25[0-5]", int, "n'est pas un code de sortie", "écrire un nombre de 0 à 255")
READINESS = Form(
    r"https?://\S+|port:\d{1,5}|sortie:.+", str, "n'est pas une condition", "écrire une URL, port:8000 ou sortie:texte"
)
YES = Form("oui", bool, "inconnu", "valeurs possibles : oui")
NO = Form("non", lambda _: False, "inconnu", "valeurs possibles : non")

# Each attribute: the field of a block that it sets, and the form of its value.
ATTRIBUTES = {
    "data-cible": ("target", TEXT),
    "data-delai": ("deadline", SECONDS),
    "data-code": ("exit_status", STATUS),
    "data-reessayer": ("retry", SECONDS),
    "data-arriere-plan": ("background", READINESS),
    "data-nettoyage": ("cleanup", YES),
    "data-si": ("condition", TEXT),
    "data-non-execute": ("not_run", TEXT),
    "data-ignore": ("ignore", TEXT),
    "data-substitut": ("stand_in", NO),
}


def blocks_of(site: Site, settings: Settings) -> list[PageBlocks]:
    """Every page of the site with its commands."""
    return [find_blocks(page, site, settings.targets, settings.default_target) for page in site.pages]


def find_blocks(page: Page, site: Site, targets: Collection[str], default_target: str = "") -> PageBlocks:
    """Every shell fence that the page shows: it runs, does not for a reason, or is undecided."""
    if page.refused:
        return PageBlocks(page, (), (), (page.refused,))
    try:
        fences, shadows = find_fences(page, site)
    except Exception as error:  # whatever an extension makes of one page
        cause = f"extension de Markdown en échec sur cette page : {type(error).__name__} : {reason(error)}"
        return PageBlocks(page, (), (), (Problem(page.path, 1, cause, "corriger la page ou l'extension"),))
    fault = "« {} » n'est pas rendu comme un bloc par le site"
    not_shown = tuple(Problem(page.path, line, fault.format(text), CLOSE) for line, text in shadows)
    problems: list[Problem] = [] if site.unknown else list(not_shown)
    place, mistakes = _place(page, targets, default_target)
    after: tuple[str, ...] = place.pop("after", ())
    problems += [Problem(page.path, 1, cause, remedy) for cause, remedy in mistakes]
    blocks: list[Block] = []
    lines, prose_from = page.markdown.split("\n"), 0
    for fence, following in zip_longest(fences, fences[1:]):
        prose = "\n".join(lines[prose_from : fence.index]).strip()
        prose_from = fence.end
        if not is_shell(fence.language, fence.source):
            continue
        expected = _expected_after(page, following, problems)
        last = following if expected and following else fence
        why = why_not_bash(fence.language, fence.source) or ("" if targets else why_unreadable(fence.source))
        given, wrong = _asked(fence, targets)
        block = Block(
            *(page.path, fence.line, fence.title, fence.source),
            **{"target": "", **place, **given},
            expected=expected,
            prose=prose,
            end=page.line_of[last.end - 1],
            session=bool(why),
            typed=typed(fence.language, fence.source) if why else "",
        )
        if not block.not_run:
            block = replace(block, undecided=why or ("" if block.target else NO_PLACE))
        if not block.undecided:
            wrong += _contradictions(block)
        problems += [Problem(page.path, fence.line, cause, remedy) for cause, remedy in wrong]
        if not wrong:
            blocks.append(block)
            problems += [one for one in page.undefined if block.line <= one.line <= block.end]
    doubts: list[Problem] = []
    if targets:  # else nothing runs, and nobody has said anything to the engine
        problems += _not_taken(page, fences)
        said = ((block, block.undecided) for block in blocks if block.undecided)
        doubts = sorted(Problem(page.path, one.line, why, REMEDIES.get(why, REWRITE)) for one, why in said)
    unknown = not_shown if site.unknown else ()
    return PageBlocks(page, tuple(blocks), after, tuple(sorted(problems)), tuple(doubts), unknown)


def _place(page: Page, targets: Collection[str], default_target: str) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The fields of each block that the front matter gives, `after` beside them; and what is wrong there."""
    given = page.meta.get("execution")
    if given is None and LOST.match(page.markdown):  # perhaps where it says not to run
        return {}, [("l'en-tête n'est pas lu, ni ce que « execution » y demande", "en corriger le YAML")]
    if given is None:
        return {"target": default_target}, []
    if not isinstance(given, dict):
        return {}, [("« execution » n'est pas un dictionnaire", "écrire execution: {cible: …}")]
    keys = ("cible", "apres", "non_execute")
    unknown, remedy = (key for key in given if key not in keys), f"clés possibles : {', '.join(keys)}"
    wrong = [(f"clé « execution.{key} » inconnue", remedy) for key in unknown]
    target, not_run, after = given.get("cible", default_target), given.get("non_execute"), given.get("apres") or []
    if target and str(target) not in targets:
        wrong.append((f"cible « {target} » inconnue", f"cibles possibles : {', '.join(targets) or 'aucune'}"))
        target = ""
    if not_run is not None and not (isinstance(not_run, str) and not_run.strip()):
        wrong.append(("« execution.non_execute » n'est pas une raison", "dire pourquoi la page ne s'exécute pas"))
        not_run = None
    if not (isinstance(after, list) and all(isinstance(name, str) for name in after)):
        wrong.append(("« execution.apres » n'est pas une liste de pages", "écrire apres: [dossier/page.md]"))
        after = ()
    return {"target": target or "", "not_run": not_run, "after": tuple(after)}, wrong


def _asked(fence: Fence, targets: Collection[str]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The fields of a block that its attributes give, and what is wrong with them: cause and remedy.

    An attribute that nobody knows is a mistake, unless there are no targets: then other tools may read it.
    """
    given: dict[str, Any] = {}
    wrong: list[tuple[str, str]] = []
    for name, value in fence.attributes.items():
        field, form = ATTRIBUTES.get(name, ("", TEXT))
        if not field:
            cause, remedy = f"attribut « {name} » inconnu", f"attributs possibles : {', '.join(ATTRIBUTES)}"
            wrong += [(cause, remedy)] if targets else []
        elif not value.strip():
            wrong.append((f"{name} vide", "écrire une valeur entre guillemets"))
        elif field == "target" and value not in targets:
            known = ", ".join(targets) or "aucune ; en décrire une dans [tool.runbook.targets]"
            wrong.append((f'{name}="{value}" inconnu', f"valeurs possibles : {known}"))
        elif not re.fullmatch(form.written, value):
            wrong.append((f'{name}="{value}" {form.fault}', form.remedy))
        else:
            given[field] = form.read(value)
    return given, wrong


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


def _expected_after(page: Page, following: Fence | None, problems: list[Problem]) -> Expected | None:
    """What the fence after a command promises; None if it promises nothing, or not well, which is a problem."""
    if following is None or following.title not in TITLES:
        return None
    kind = KINDS.get(following.language.casefold())
    if kind is None:
        cause = f"résultat attendu en « {following.language} »"
        problems.append(Problem(page.path, following.line, cause, "langages possibles : text, json"))
        return None
    fault = expect.check_expected(following.source, kind)
    if fault:
        problems.append(Problem(page.path, following.line, fault, "corriger le résultat attendu"))
        return None
    return Expected(following.line + 1, following.source, kind)


def _not_taken(page: Page, fences: tuple[Fence, ...]) -> Iterator[Problem]:
    """Blocks that their reader takes for an expected result, and that are compared with nothing."""
    for before, fence in zip((None, *fences), fences, strict=False):
        after_command = before is not None and is_shell(before.language, before.source)
        if fence.title in TITLES and not after_command:
            cause, remedy = "résultat attendu sans commande juste avant", "le placer après son bloc bash"
            yield Problem(page.path, fence.line, cause, remedy)
        elif after_command and fence.title and fence.title not in TITLES and _like(fence.title):
            cause = f"titre « {fence.title} » : ce bloc ne serait comparé à rien"
            yield Problem(page.path, fence.line, cause, f"écrire exactement « {TITLES[0]} », ou « {TITLES[1]} »")


def _like(title: str) -> bool:
    """Whether somebody who wrote this meant the title of an expected result."""
    letters = unicodedata.normalize("NFD", title.casefold())
    folded = "".join(letter for letter in letters if not unicodedata.combining(letter))
    meant = difflib.get_close_matches(folded, ("resultat attendu", "expected result"), cutoff=LIKENESS)
    return bool(meant) or any(word in folded for word in LIKE)
