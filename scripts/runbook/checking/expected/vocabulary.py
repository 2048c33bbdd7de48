"""Which words the commands of a block can print: their programs', the repository's, and what the page typed."""

import difflib
import re
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus

from werkzeug.exceptions import default_exceptions

from runbook.checking.commands import printed
from runbook.checking.offered.images import Image
from runbook.checking.offered.model import Model

LETTERS = printed.LETTERS
TEXTS = (".py", ".html", ".txt", ".json", ".yaml", ".yml", ".md", ".toml", ".sh", ".example")


@dataclass
class Vocabulary:
    """The words of the repository that its commands may print: names and values, then the texts of its code, read when needed."""

    model: Model
    images: dict[str, Image]
    _of_file: dict[str, frozenset[str]] = field(default_factory=dict)
    _of_code: dict[tuple[str, ...], frozenset[str]] = field(default_factory=dict)
    _lower: dict[tuple[str, ...], frozenset[str]] = field(default_factory=dict)

    @cached_property
    def names(self) -> frozenset[str]:
        """The words of the names and values in manifests, Compose and settings."""
        model = self.model
        found = {*model.namespaces, *model.settings.targets, *model.settings.services, *self.images, str(model.compose)}
        for item in model.objects:
            found |= {item.name, item.kind, str(item.document)}
        for name, application in model.applications.items():
            found |= {name, *application.variables, *application.routes}
        return frozenset(word for text in found for word in LETTERS.findall(str(text)))

    def words_of(self, paths: tuple[str, ...]) -> frozenset[str]:
        """Every word of the repository's files that are these, or in these folders."""
        if paths not in self._of_code:
            wanted = tuple(f"{path}/" for path in paths)
            names = [name for name in self.model.files if name in paths or name.startswith(wanted)]
            self._of_code[paths] = frozenset().union(
                *(
                    self._words_of_file(name)
                    for name in names
                    if name.endswith(TEXTS) or "." not in name.rpartition("/")[2]
                )
            )
        return self._of_code[paths]

    def lower_words_of(self, paths: tuple[str, ...]) -> frozenset[str]:
        """The same words in small letters."""
        if paths not in self._lower:
            self._lower[paths] = frozenset(map(str.lower, self.words_of(paths)))
        return self._lower[paths]

    def _words_of_file(self, name: str) -> frozenset[str]:
        if name not in self._of_file:
            path = self.model.root / name
            text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
            self._of_file[name] = frozenset(LETTERS.findall(text))
        return self._of_file[name]

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Every number of three digits in the code of the applications."""
        return frozenset(number for text in self.model.code.values() for number in re.findall(r"\b\d{3}\b", text))

    @cached_property
    def statuses(self) -> frozenset[str]:
        """The HTTP statuses that the code of the applications gives: as numbers, by `HTTPStatus`, as exceptions of Werkzeug."""
        text = "\n".join(self.model.code.values())
        named = {
            str(HTTPStatus[name].value)
            for name in re.findall(r"HTTPStatus\.([A-Z_]+)", text)
            if name in HTTPStatus.__members__
        }
        raised = {str(error.code) for error in default_exceptions.values() if re.search(rf"\b{error.__name__}\b", text)}
        return self.numbers | named | raised

    @property
    def code(self) -> tuple[str, ...]:
        """The folders of the applications."""
        return tuple(
            sorted({folder for source in self.model.settings.model.applications.values() for folder in source.path})
        )


@dataclass
class Spoken:
    """What the commands of a block can print: `forms`, the folders of the code that they run, what was typed."""

    vocabulary: Vocabulary
    forms: list[str]
    code: tuple[str, ...]
    said: str

    def knows(self, word: str) -> bool:
        """Whether a command, the repository or the page has this word, in any case."""
        return word in self.words or word.lower() in self._lower or word.lower() in self._lower_code

    def knows_part(self, part: str, *, starts: bool, ends: bool) -> bool:
        """Whether a word holds this part, at its start or its end where asked: the rest is in `…`."""
        wanted = part.lower()
        everything = (*self._lower, *self._lower_code)
        return any(
            word.startswith(wanted) if starts else word.endswith(wanted) if ends else wanted in word
            for word in everything
        )

    def near(self, word: str) -> str | None:
        """The word that a slip of the finger turns into this one; not a mere plural where code may print any word."""
        size = len(word)
        known = self.words | self._words_of_code
        close = sorted(other for other in known if abs(len(other) - size) <= 1 and slip(other, word))
        if self.code and any(other.rstrip("s") == word.rstrip("s") for other in close):
            return None
        if not close and size >= 7:  # two slips in a long word
            ends = [other for other in known if other[0] == word[0] and other[-1] == word[-1]]
            close = difflib.get_close_matches(word, ends, n=1, cutoff=0.84)
        return close[0] if close else None

    @cached_property
    def words(self) -> frozenset[str]:
        return self.vocabulary.names.union(LETTERS.findall(self.said), *(printed.words(form) for form in self.forms))

    @cached_property
    def _lower(self) -> frozenset[str]:
        return frozenset(word.lower() for word in self.words)

    @cached_property
    def _words_of_code(self) -> frozenset[str]:
        return self.vocabulary.words_of(self.code) if self.code else frozenset()

    @cached_property
    def _lower_code(self) -> frozenset[str]:
        return self.vocabulary.lower_words_of(self.code) if self.code else frozenset()


def slip(one: str, other: str) -> bool:
    """Whether one letter changed, added, left out or swapped with its neighbour makes one text of the other."""
    if len(one) > len(other):
        one, other = other, one
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    rest_one, rest_other = one[start:], other[start:]
    return rest_one[1:] == rest_other[1:] or (rest_one[:2] == rest_other[1::-1] and rest_one[2:] == rest_other[2:])
