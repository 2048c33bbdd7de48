"""Does one page give another figure, or another count, than all the others do for the same words?"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

from runbook.checking.finding import Finding
from runbook.checking.offered.model import Model
from runbook.checking.prose.french_numbers import NUMBER, number
from runbook.checking.prose.metadata import line_of
from runbook.checking.prose.quotes import prose
from runbook.reading.content import Page, PageBlocks

RULE = "said_everywhere"
FIGURE = re.compile(r"((?:[\w'’]+ ){3})(\d+) (s|ms|minutes|secondes)\b")
COUNT = re.compile(rf"(?<![\w-])({NUMBER}) ([a-zà-ÿ]{{4,}}s)\b")
UNITS = ("secondes", "minutes", "heures", "jours")  # `dix minutes` speaks of something else in every sentence
DRIFT = 2
Saying = tuple[str, str]  # the words before a figure or after a count, and its unit if it has one
Places = list[tuple[str, int, str]]  # path, line, figure


def said_everywhere(
    pages: Sequence[PageBlocks], site: Sequence[PageBlocks], model: Model, others: Sequence[Page] = ()
) -> Iterator[Finding]:
    """Each figure of `pages` or of the `others`, which are no pages of the site, that stands alone against three or more.

    A count must also be near theirs: ten decisions of architects are not a wrong count of the three to be taken.
    """
    said: dict[Saying, Places] = defaultdict(list)
    for page in [*(one.page for one in site), *others]:
        for line, text in _lines(page, model):
            for saying, figure in _sayings(text.replace("\u00a0", " ").lower()):
                said[saying].append((page.path, line, figure))
    wanted = {*(one.page.path for one in pages), *(page.path for page in others)}
    for (words, unit), places in said.items():
        (usual, count), *rest = Counter(number(figure) for _, _, figure in places).most_common()
        if len(rest) == 1 and count >= 3 and count == len(places) - 1:
            path, line, figure = next(place for place in places if number(place[2]) != usual)
            if path in wanted and (unit or abs((number(figure) or 0) - (usual or 0)) <= DRIFT):
                told, known = (
                    (f"{words} {figure} {unit}", f"{usual} {unit}") if unit else (f"{figure} {words}", str(usual))
                )
                yield Finding(
                    path, line, f"« {told} », et les autres pages disent {known}", "dire la même chose partout", RULE
                )


def _lines(page: Page, model: Model) -> Iterator[tuple[int, str]]:
    yield from prose(page)
    if page.meta.get("description"):
        yield line_of(page, model, "description"), str(page.meta["description"])


@lru_cache(maxsize=1 << 14)  # lines: for one page that changes, those of all the others are asked for again
def _sayings(text: str) -> tuple[tuple[Saying, str], ...]:
    figures = (((" ".join(words.split()[-3:]), unit), figure) for words, figure, unit in FIGURE.findall(text))
    counts = (((noun, ""), count) for count, noun in COUNT.findall(text) if noun not in UNITS)
    return (*figures, *counts)
