"""Do the figures of the prose hold: days, delays, versions, exit codes, and numbers that the page's own commands type?"""

import importlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

from runbook.checking.finding import Finding
from runbook.checking.offered.model import Model
from runbook.checking.prose.french_numbers import NUMBER, big_words, number
from runbook.checking.prose.quotes import prose
from runbook.reading.content import Block, Page, PageBlocks

RULE = "prose_figures"
DAYS = ("dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi")
CRON = re.compile(r"cron:\s*[\"']?(?:\S+\s+){4}([\d,*-]+)")
EVERY = re.compile(rf"\b(?:chaque|tous les) ({'|'.join(DAYS)})")
OF_BLOCK = re.compile(r"\bun bloc a (\d+) s(?:econdes)?\b")
CURL_CODE = re.compile(r"\brépond \d{3}\b[^.;|]*`curl` (?:rend|renvoie|sort avec|finit avec) le code (\d+)")
DELAY = re.compile(r"`data-delai[^`]*`.*?\b(?:au lieu de|[Uu]n autre délai que) (\d+)")
LEAST = re.compile(r"\b([A-Z]\w+) (\d+(?:\.\d+)+)(?: au moins| ou plus récent)")
KILLED = re.compile(r"`OOMKilled`,? (?:\(|code )?(\d+)")
CODES = re.compile(r"codes? (?:de sortie|de retour)", re.IGNORECASE)
GIVES_UP = re.compile(r"(?:abandonne\w* après|après) (\d+) s\b(?=[^.;]*)")
DURATION = re.compile(rf"\b(?:({NUMBER}) minutes? au plus|au bout de ({NUMBER}) minutes?)")
ENDINGS = ("created", "configured", "unchanged", "deleted", "patched", "restarted", "scaled")


def prose_figures(
    pages: Sequence[PageBlocks], site: Sequence[PageBlocks], model: Model, others: Sequence[Page] = ()
) -> Iterator[Finding]:
    """Every figure of `pages` and of the `others`, which are no pages of the site, that something contradicts."""
    project = _project(model)
    crons = [
        days
        for name in model.files
        if name.startswith(".github/workflows/")
        for days in CRON.findall((model.root / name).read_text(encoding="utf-8"))
    ]
    for page in [*(one.page for one in pages), *others]:
        for line, text in prose(page):
            yield from (
                Finding(page.path, line, cause, remedy, RULE) for cause, remedy in _of_line(text, crons, project, model)
            )
        yield from _exit_codes(page, model)
    for one in pages:
        yield from _typed(one, site, model)


def _of_line(text: str, crons: list[str], project: dict[str, str], model: Model) -> Iterator[tuple[str, str]]:
    days = {DAYS.index(day) for day in EVERY.findall(text)}
    planned = [_days(days_of) for days_of in crons]
    if days and planned and not any(days <= one for one in planned):
        names = ", ".join(DAYS[day] for day in sorted(set().union(*planned)))
        yield (
            f"« {', '.join(DAYS[day] for day in sorted(days))} », et la chaîne est lancée d'elle-même {names}",
            "reprendre les jours de cron",
        )
    for delay in [*DELAY.findall(text), *OF_BLOCK.findall(text)]:
        if float(delay) != model.settings.deadline:
            yield (
                f"délai de {delay} s, et les réglages donnent {model.settings.deadline:g} s à un bloc",
                f"écrire {model.settings.deadline:g}",
            )
    for name, version in LEAST.findall(text):
        least = project.get(name.lower())
        if least and version != least:
            yield (
                f"{name} {version} au moins, et pyproject.toml demande {least}",
                f"écrire {least}, ou corriger pyproject.toml",
            )
    for code in CURL_CODE.findall(text.replace("\u00a0", " ")):
        if code != "22":
            yield f"code {code} de curl pour une réponse en erreur", "écrire 22, que -f donne"
    for code in KILLED.findall(text):
        if code != "137":
            yield f"« OOMKilled » avec le code {code}", "écrire 137 : 128 et le signal 9"
    if "se termine par" in text:
        words = re.findall(r"`([a-z]+)`", text)
        if len(set(words) & set(ENDINGS)) > 1:
            yield from (
                (f"« {word} », que kubectl n'écrit pas en fin de ligne", f"en prendre un de : {', '.join(ENDINGS)}")
                for word in words
                if word not in ENDINGS and any(end[:4] == word[:4] for end in ENDINGS)
            )


def _days(text: str) -> set[int]:
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        found |= set(range(7)) if part == "*" else {day % 7 for day in range(int(first), int(last or first) + 1)}
    return found


def _project(model: Model) -> dict[str, str]:
    """The least version of Python and of each distribution that `pyproject.toml` asks for."""
    asked = [
        entry
        for group in model.project.get("dependency-groups", {}).values()
        for entry in group
        if isinstance(entry, str)
    ]
    asked.append("python" + str(model.project.get("project", {}).get("requires-python", "")))
    found = [re.match(r"([\w.-]+?)(?:\[[^\]]*\])?>=([\d.]+)", entry) for entry in asked]
    return {one[1].lower(): one[2] for one in found if one}


def _exit_codes(page: Page, model: Model) -> Iterator[Finding]:
    """The exit codes of this engine, where the repository holds it: in a table under their heading, or in one sentence."""
    if "runbook" not in {
        name.split("/")[1]
        for name in model.files
        if name.startswith(f"{model.settings.model.scripts}/") and name.count("/") > 1
    }:
        return
    module: Any = importlib.import_module("runbook.cli")
    known = {0, 1, module.EXIT_MISUSE, module.EXIT_INTERRUPTED}
    under = False
    for line, text in prose(page):
        if text.startswith("#"):
            under = bool(re.match(r"#+ Codes? de sortie", text))
        told = [int(code) for code in re.findall(r"^\| (\d+) \|", text)] if under else []
        if re.match(r"Code de sortie\s?:", text):
            told = [
                int(code) for code in re.findall(r"(?:[:,]|ou) (\d+) (?=si|après|quand)", text.replace("\u00a0", " "))
            ]
        for code in told:
            if code not in known:
                yield Finding(
                    page.path,
                    line,
                    f"code de sortie {code}, que le moteur ne rend pas",
                    f"codes connus : {', '.join(map(str, sorted(known)))}",
                    RULE,
                )


def _typed(page: PageBlocks, site: Sequence[PageBlocks], model: Model) -> Iterator[Finding]:
    """What a page says of its own commands in figures: `mille …` is typed, calls give up after the time that they are given."""
    typed = "\n".join(f"{block.code}\n{block.retry or ''} {block.deadline or ''}" for block in page.blocks)
    numbers = {float(found) for found in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\d)", typed)}
    said = set(re.findall(r"--max-time[= ](\d+)", typed)) or _waits(site)
    for line, text in prose(page.page):
        for count in big_words(text):
            if typed and numbers and count not in numbers:
                yield Finding(
                    page.page.path,
                    line,
                    f"« {'mille' if count == 1000 else 'cent'} », qu'aucune commande de la page ne demande",
                    "reprendre le nombre de la commande",
                    RULE,
                )
        if "abandonne" in text:
            for seconds in GIVES_UP.findall(text):
                if said and seconds not in said:
                    yield Finding(
                        page.page.path,
                        line,
                        f"abandon après {seconds} s, et les appels ont {', '.join(sorted(said))} s",
                        "reprendre la valeur de --max-time",
                        RULE,
                    )
    for block in page.blocks:
        yield from _of_script(block, page, model)


def _waits(site: Sequence[PageBlocks]) -> set[str]:
    """How long the calls of all pages wait."""
    return {found for one in site for block in one.blocks for found in re.findall(r"--max-time[= ](\d+)", block.code)}


def _of_script(block: Block, page: PageBlocks, model: Model) -> Iterator[Finding]:
    """A duration that the text before a script gives is one of its constants."""
    name = block.code.split()[0] if block.code.split() else ""
    if name not in model.files or not DURATION.search(block.prose):
        return
    folder = name.rpartition("/")[0]
    text = (model.root / name).read_text(encoding="utf-8", errors="replace")
    packages = {path.split("/")[1] for path in model.files if path.startswith(f"{folder}/") and path.count("/") == 2}
    named = [
        path
        for path in model.files
        for package in packages
        if path.startswith(f"{folder}/{package}/") and path.endswith(".py") and re.search(rf"\b{package}\b", text)
    ]
    numbers = {
        float(found)
        for path in named
        for found in re.findall(
            r"(?<![\w.])\d[\d_]*(?:\.\d+)?", (model.root / path).read_text(encoding="utf-8").replace("_", "")
        )
    }
    for one, other in DURATION.findall(block.prose):
        said = one or other
        minutes = number(said)
        if named and minutes and minutes * 60.0 not in numbers and not re.search(rf"\b{minutes * 60}\b", block.code):
            line = next(
                (
                    line
                    for line, prose_text in prose(page.page)
                    if line <= block.line and re.search(rf"\b{said} minutes?\b", prose_text)
                ),
                block.line,
            )
            yield Finding(
                page.page.path,
                line,
                f"« {said} minutes », et « {name} » n'a aucune limite de {minutes * 60} s",
                "reprendre la durée du programme",
                RULE,
            )
