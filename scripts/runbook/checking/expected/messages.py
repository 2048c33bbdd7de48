"""Does the code have a message such as a log line shows, under the logger and at the level that it names?"""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from runbook.checking.blocks.words import UNKNOWN, Command
from runbook.checking.expected.logs import LOGS
from runbook.checking.expected.state import fits, form_of
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.model import Model
from runbook.reading.content import Block

RULE = "expected_messages"
LINE = re.compile(
    r'"level": "(?P<level>[^"]*)".*?"logger": "(?P<logger>[\w.]+)".*?"(?:msg|message|text)": "(?P<said>[^"]*)"'
)
LEVELS = {"exception": "error", "warn": "warning", "fatal": "critical"}
HOLE = re.compile(r"%(?:\(\w+\))?[-+ #0]*\d*(?:\.\d+)?[sdrifgx]")


def messages(block: Block, commands: list[Command], model: Model) -> Iterator[Finding]:
    """Each line of a log whose logger is a module of the applications."""
    if block.expected is None or not any(form_of(command) in LOGS for command in commands):
        return
    for index, row in enumerate(block.expected.text.split("\n")):
        found = LINE.search(row)
        path = next(
            (path for path in model.code if found and path.endswith(f"/{found['logger'].replace('.', '/')}.py")), None
        )
        if found is None or path is None:
            continue
        known = written(model.code[path])
        fitting = [level for level, text in known if _meets(found["said"], text)]
        line = block.expected.line + index
        if not fitting and known:
            yield Finding(
                block.page,
                line,
                f"résultat attendu : « {found['said']} », que « {found['logger']} » n'écrit pas",
                nearest(found["said"], [text for _, text in known]),
                RULE,
            )
        elif fitting and found["level"].lower() not in fitting and UNKNOWN not in found["level"]:
            yield Finding(
                block.page,
                line,
                f"résultat attendu : niveau « {found['level']} », et « {found['logger']} » écrit cette ligne en {fitting[0]}",
                f"écrire {fitting[0]}",
                RULE,
            )


@lru_cache(maxsize=64)
def written(text: str) -> tuple[tuple[str, str], ...]:
    """The level and the text of each message that a module logs; `…` stands for what it puts in."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            level = LEVELS.get(node.func.attr, node.func.attr)
            said = _constant(node.args[0])
            if level in ("debug", "info", "warning", "error", "critical") and said:
                found.append((level, said))
    return tuple(found)


def _constant(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return HOLE.sub(UNKNOWN, node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else UNKNOWN for part in node.values)
    return ""


def _meets(shown: str, text: str) -> bool:
    return fits(text, shown) or fits(shown, text)
