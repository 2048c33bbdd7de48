"""Which of a site's pages somebody asks for: by page, folder, pattern, `page.md:LINE` or tag."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from runbook.errors import RunbookError
from runbook.reading.content import Block, PageBlocks

LINE = re.compile(r"(?P<page>.+\.\w+):(?P<line>\d+)")


@dataclass(frozen=True, slots=True)
class Selection:
    """All `pages` of the site, and the paths `chosen` among them, each with its blocks that are asked for by line.

    None is chosen where all are meant.  A page asked for by line ends with the block at that line: what stands before
    it in the page makes it possible, and its clean-ups undo that.
    """

    pages: list[PageBlocks]
    chosen: dict[str, list[Block]] = field(default_factory=dict)

    def holds(self, path: str, line: int) -> bool:
        """Whether what stands at that line of that page was asked for itself."""
        if self.chosen and path not in self.chosen:
            return False
        blocks = self.chosen.get(path)
        return not blocks or any(block.line <= line <= block.end for block in blocks)


def select(found: Sequence[PageBlocks], root: Path, asked: Sequence[str], tags: Sequence[str]) -> Selection:
    """Those `asked` for that carry one of the `tags`; RunbookError for a name, line or tag that is nowhere."""
    if not asked and not tags:
        return Selection(list(found))
    chosen: dict[str, list[Block]] = {}
    for name in asked:
        placed = LINE.fullmatch(name)
        named = _named(placed["page"] if placed else name, found, root)
        if not named:
            raise RunbookError(f"{name} : page absente du site ; « runbook list » donne celles qui ont des commandes")
        for page in named:
            blocks = chosen.setdefault(page.page.path, [])
            if placed:
                blocks.append(_block_at(page, int(placed["line"])))
    if tags:
        tagged = _tagged(found, tags)
        among = chosen or {page.page.path: [] for page in found}
        chosen = {path: blocks for path, blocks in among.items() if path in tagged}
        if not chosen:
            raise RunbookError(f"étiquettes {', '.join(tags)} : aucune des pages nommées ne les porte ; retirer --tag")
    return Selection([_until(page, chosen.get(page.page.path)) for page in found], chosen)


def _named(name: str, found: Sequence[PageBlocks], root: Path) -> list[PageBlocks]:
    """The pages that `name` means: from the root, from the docs folder or from here."""
    here = Path(name).resolve()
    from_here = here.relative_to(root).as_posix() if here.is_relative_to(root) else name
    names = {name.rstrip("/"), PurePosixPath(name).as_posix(), from_here}

    def is_meant(path: str) -> bool:
        return any(path == one or path.startswith(f"{one}/") or fnmatch(path, one) for one in names)

    return [page for page in found if from_here == "." or is_meant(page.page.path) or is_meant(page.page.uri)]


def _block_at(page: PageBlocks, line: int) -> Block:
    for block in page.all_blocks:
        if block.line <= line <= block.end:
            return block
    following = next((block.line for block in page.all_blocks if block.line > line), None)
    near = f"le suivant est à la ligne {following}" if following else "aucun ne suit"
    raise RunbookError(f"{page.page.path}:{line} : aucun bloc de commandes à cette ligne ; {near}")


def _until(page: PageBlocks, asked: list[Block] | None) -> PageBlocks:
    """The page up to any blocks asked for: of each target the steps before the last of them, and the clean-ups."""
    if not asked:
        return page
    last = {block.target: block.line for block in sorted(asked, key=lambda block: block.line)}
    same = (block for block in page.all_blocks if block.target in last)
    return replace(page, all_blocks=tuple(one for one in same if one.cleanup or one.line <= last[one.target]))


def _tagged(found: Sequence[PageBlocks], tags: Sequence[str]) -> set[str]:
    known: dict[str, set[str]] = {}
    for page in found:
        written = page.page.meta.get("tags") or []
        for tag in [written] if isinstance(written, str) else written if isinstance(written, list) else []:
            known.setdefault(str(tag), set()).add(page.page.path)
    for tag in tags:
        if tag not in known:
            raise RunbookError(
                f"étiquette « {tag} » absente du site ; étiquettes : {', '.join(sorted(known)) or 'aucune'}"
            )
    return set().union(*(known[tag] for tag in tags))
