"""A hook of MkDocs: what is left to do to a page when its templates have made it."""

import re
from typing import Any

_KEPT_OR_BLANK = re.compile(r"(<(?P<tag>pre|textarea|script|style)\b.*?</(?P=tag)>)|\s*\n\s*", re.DOTALL)
# The highlighter puts every space of a command into a box of its own, which no style tells apart.
_BOXED_SPACE = re.compile(r'<span class="w">(\s+)</span>')
_RESULT = re.compile(r'(?<=<div class=")([^"]*)(?="><span class="filename">Résultat attendu</span>)')
_BLOCK_TITLE = re.compile(r'(?<=<span class="filename">)[^<]*')


def on_post_page(output: str, **_: Any) -> str:
    """The page as a reader gets it: expected results told from commands, French apostrophes in titles, a quarter lighter.

    What goes is what only the authors of the templates read; a command is the same, blank for blank.
    """
    told = _RESULT.sub(
        lambda classes: classes[0] if "dp-resultat" in classes[0] else f"{classes[0]} dp-resultat", output
    )
    titled = _BLOCK_TITLE.sub(lambda title: re.sub("'|&#x?(?:39|27);", "’", title[0]), told)
    return _KEPT_OR_BLANK.sub(lambda found: _BOXED_SPACE.sub(r"\1", found[1]) if found[1] else "\n", titled)
