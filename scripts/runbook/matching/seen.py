"""What a reader sees of an output in a terminal, without escape sequences and what was written over."""

import re
import unicodedata
from typing import Final

# Everything that ECMA-48 and xterm begin with ESC, or with the one character that stands for it: control sequences,
# strings (titles, links, images) up to their end, character sets, and the short ones.
_ESCAPES: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_ERASE: Final = re.compile(r"(?:\x1b\[|\x9b)([012]?)K")
_MOVES: Final = re.compile(r"([\r\b])")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ERASED = {"": "\x00", "0": "\x00", "1": "", "2": "\x01"}


def seen(text: str) -> str:
    """The lines of `text` as a terminal leaves them, without blanks in the place of what it erased."""
    if text.isprintable() or not (_CONTROLS.search(text) or "\x1b" in text):
        return text
    lines = text.split("\n")
    return "\n".join(_line(line) if _CONTROLS.search(line) else line for line in lines)


def alike(text: str) -> str:
    """`text` with its accents composed, as they are shown alike whether composed or not."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _line(line: str) -> str:
    line = line.rstrip("\r")
    erasing = _ERASE.sub(lambda match: _ERASED[match.group(1)], line.replace("\x00", "").replace("\x01", ""))
    plain = _ESCAPES.sub("", erasing)
    if "\r" in plain or "\b" in plain:
        plain = _written_over(plain)
    return _CONTROLS.sub("", plain)


def _written_over(line: str) -> str:
    """The line after each return to its start, or one back; NUL erases what follows, SOH all of it."""
    shown: list[str] = []
    at = 0
    for part in _MOVES.split(line):
        if part == "\r":
            at = 0
        elif part == "\b":
            at = max(at - 1, 0)
        else:
            for piece in re.split(r"([\x00\x01])", part):
                if piece == "\x00":
                    del shown[at:]
                elif piece == "\x01":
                    shown[:] = " " * at
                else:
                    text = _CONTROLS.sub("", piece)
                    shown[at : at + len(text)] = text
                    at += len(text)
    return "".join(shown)
