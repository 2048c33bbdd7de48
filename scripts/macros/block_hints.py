"""What must a reader know of a command that only the engine's attributes say?

The engine runs a block again until its result comes; a reader is told to, in a line under the block.
A Markdown extension, like `block_marks`: what is copied and what the engine reads stay as they are.
"""

from collections.abc import Callable
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension

_RETRY = "data-reessayer"


class BlockHints(Extension):
    """Adds its line under every block that may have to be run again."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 — the name that Markdown calls
        fences: Any = md.preprocessors["fenced_code_block"]
        for entry in fences.extension.superfences:
            entry["formatter"] = _hinted(entry["formatter"])


def _hinted(formatter: Callable[..., str]) -> Callable[..., str]:
    def hinted(**options: Any) -> str:
        html = formatter(**options)
        seconds = (options.get("attrs") or {}).get(_RETRY)
        return f"{html}{_hint(seconds)}" if seconds else html

    return hinted


def _hint(seconds: str) -> str:
    return (
        '<p class="block-hint" data-search-exclude>Si le résultat n’est pas encore là, '
        f"relancez ce bloc\u00a0: {seconds}\u00a0s au plus.</p>"
    )
