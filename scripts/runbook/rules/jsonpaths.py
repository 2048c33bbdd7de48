"""JSONPath as kubectl reads it: the paths that a template holds, or why it cannot be read."""

import re

TOKEN = re.compile(
    r"""(?P<any>\.)(?=\.)|\.(?P<name>(?:\\.|[^\s.\[\]{}'"(),=<>!|*])+)|\[\?\((?P<filter>.*?)\)\]
    |\.?(?P<all>\*|\[(?:['"][^'"\]]*['"],?\s*){2,}\])|\[['"](?P<quoted>(?:\\.|[^'"\\])*)['"]\]
    |(?P<list>\[(?:\*|[-\d:,]*)\])|(?P<dot>\.)(?=\[|$)""",
    re.VERBOSE | re.DOTALL,
)
EXPRESSION = re.compile(r"\{((?:[^{}\"']|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')*)\}")
LITERAL = r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'"
BRACKETS = r"\[\?\(.*?\)\]|\[[^\]]*\]"
ELEMENT, ANYWHERE = "[]", ".."  # a step into a list, a step to any depth
Path = tuple[str, ...]


class PathError(ValueError):
    """A template that kubectl would refuse, and why."""


def jsonpath(template: str) -> list[Path]:
    """The paths of a `{…}` template from the root, loops resolved; PathError if it cannot be read."""
    found: list[Path] = []
    loops: list[Path] = [()]
    if re.search(r"[{}]", EXPRESSION.sub("", template)):
        raise PathError("accolade ouverte ou fermée seule")
    for expression in EXPRESSION.findall(template):
        word, _, rest = expression.strip().partition(" ")
        if word == "end":
            loops.pop()
            if not loops:
                raise PathError("{end} sans {range}")
        elif word == "range":
            loops.append(_path(rest, loops[-1], found))
            found.append(loops[-1])
        else:
            found += [_path(text, loops[-1], found) for text in _operands(expression)]
    if len(loops) > 1:
        raise PathError("{range} sans {end}")
    return found


def relaxed(text: str) -> Path:
    """The one path of `--sort-by` and of a custom column: braces and first dot are free."""
    bare = text.strip()
    if bare.startswith("{") != bare.endswith("}"):
        raise PathError("accolade ouverte ou fermée seule")
    bare = bare.strip("{}")
    return _path(bare if bare.startswith((".", "[", "$")) else f".{bare}", (), [])


def _operands(expression: str) -> list[str]:
    """What is printed, between literals; quotes in brackets are those of a key."""
    bare = re.sub(rf"({BRACKETS})|{LITERAL}", lambda found: found[1] or " ", expression)
    return re.findall(rf"(?:{BRACKETS}|[^\s\[])+", bare)


def _path(text: str, base: Path, found: list[Path]) -> Path:
    """The steps of one path; the paths of its filters go to `found`."""
    bare = text.strip()
    steps, place = (() if bare.startswith("$") else base), int(bare[:1] in ("$", "@"))
    if bare and bare[0] not in ".$@[*":
        raise PathError(f"« {bare} » ne commence ni par un point ni par un guillemet")
    while place < len(bare):
        token = TOKEN.match(bare, place)
        if token is None:
            raise PathError(f"« {bare[place:]} » mal écrit")
        if token["filter"] is not None:
            for side in re.split(r"==|!=|<=|>=|=~|<|>", token["filter"]):
                if side.strip().startswith("@"):
                    found.append(_path(side, (*steps, ELEMENT), found))
        name = token["name"] or token["quoted"]
        if name is not None:
            steps = (*steps, re.sub(r"\\(.)", r"\1", name))
        elif token["any"] or token["all"]:
            steps = (*steps, ANYWHERE)
        elif token["dot"] is None:
            steps = (*steps, ELEMENT)
        place = token.end()
    return steps
