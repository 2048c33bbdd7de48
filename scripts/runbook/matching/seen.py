"""What a reader sees of an output in a terminal, without escape sequences and what was written over."""

import re
import unicodedata
from typing import Final

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Everything that ECMA-48 and xterm begin with ESC, or with the one character that stands for it: control sequences,
# strings (titles, links, images) up to their end, character sets, and the short ones; then any other control.
_CODES: Final = re.compile(
    r"((?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    rf"|\x1b[ -/]*[0-~]?|{_CONTROLS.pattern})"
)
_ERASE: Final = re.compile(r"(?:\x1b\[|\x9b)([02]?)K")


def seen(text: str) -> str:
    """The lines of `text` as a terminal leaves them, without blanks in the place of what it erased."""
    return "\n".join(_line(line) if _CONTROLS.search(line) else line for line in text.split("\n"))


def alike(text: str) -> str:
    """`text` with its accents composed, as they are shown alike whether composed or not."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _line(line: str) -> str:
    """The line after each return to its start, or one back, without what was written over or erased."""
    shown: list[str] = []
    at = 0
    for number, part in enumerate(_CODES.split(line.rstrip("\r").replace("\x00", ""))):
        if number % 2 == 0:  # the text between two codes
            shown[at : at + len(part)] = part
            at += len(part)
        elif part == "\r":
            at = 0
        elif part == "\b":
            at = max(at - 1, 0)
        elif erased := _ERASE.fullmatch(part):
            shown[at:] = ""
            if erased[1] == "2":
                shown[:] = " " * at
    return "".join(shown)
