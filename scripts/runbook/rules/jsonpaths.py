"""JSONPath and Go templates as kubectl reads them: the paths that they hold, or why they cannot be read."""

import re

NAME = re.compile(r"(?:\\.|[^\s.\[\]{}'\"(),=<>!|])+")
QUOTED = re.compile(r"'((?:\\.|[^'\\])*)'|\"((?:\\.|[^\"\\])*)\"")
INSIDE = re.compile(r"\?\((?P<filter>.*)\)|(?P<slice>\*|-?\d*(?::-?\d*){0,2}|-?\d+(?:,-?\d+)*)", re.DOTALL)
ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
CHAIN = re.compile(r"(?<![\w$)\]])((?:\.[A-Za-z_]\w*)+)")
ELEMENT = "[]"  # a step into a list
ANYWHERE = ".."  # a step to any depth
Path = tuple[str, ...]


class PathError(ValueError):
    """A template that kubectl would refuse, and why."""


def jsonpath(template: str) -> list[Path]:
    """The paths of a `{…}` template from the root, loops resolved; PathError if it cannot be read."""
    found: list[Path] = []
    loops: list[Path] = [()]
    for expression in _expressions(template):
        text = expression.strip()
        if text == "end":
            if len(loops) == 1:
                raise PathError("{end} sans {range}")
            loops.pop()
        elif text.startswith("range"):
            path = _path(text[5:].strip(), loops[-1], found)
            found.append(path)
            loops.append(path)
        else:
            found += _printed(text, loops[-1], found)
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


def go_template(template: str) -> list[Path]:
    """The paths of a Go template from the root, `range` and `with` resolved where they can be followed;
    PathError likewise."""
    if template.count("{{") != template.count("}}"):
        raise PathError("accolades « {{ » et « }} » en nombre différent")
    found: list[Path] = []
    contexts: list[Path | None] = [()]
    for action in ACTION.findall(template):
        word, _, rest = action.partition(" ")
        bare = QUOTED.sub('""', rest if word in ("range", "if", "with", "else") else action)
        chains = [tuple(chain[1:].split(".")) for chain in CHAIN.findall(bare)]
        context = contexts[-1]
        if context is not None:
            found += [(*context, *chain) for chain in chains]
        if word == "end":
            if len(contexts) == 1:
                raise PathError("{{end}} sans {{range}}, {{if}} ni {{with}}")
            contexts.pop()
        elif word == "if":
            contexts.append(context)
        elif word in ("range", "with"):
            simple = context is not None and len(chains) == 1 and "$" not in bare and "(" not in bare
            step = (ELEMENT,) if word == "range" else ()
            contexts.append((*context, *chains[0], *step) if simple and context is not None else None)
    if len(contexts) > 1:
        raise PathError("{{range}}, {{if}} ou {{with}} sans {{end}}")
    return found


def _expressions(template: str) -> list[str]:
    """What stands between braces; quoted braces do not count."""
    found, place = [], 0
    while (start := template.find("{", place)) >= 0:
        if "}" in template[place:start]:
            raise PathError("« } » sans « { »")
        end = start + 1
        while end < len(template) and template[end] != "}":
            quoted = QUOTED.match(template, end)
            end = quoted.end() if quoted else end + 1
        if end >= len(template):
            raise PathError("« { » sans « } »")
        found.append(template[start + 1 : end])
        place = end + 1
    if "}" in template[place:]:
        raise PathError("« } » sans « { »")
    return found


def _printed(text: str, base: Path, found: list[Path]) -> list[Path]:
    """The paths of an expression that is printed: several may follow each other, between literals."""
    paths: list[Path] = []
    while text:
        quoted = QUOTED.match(text)
        if quoted:
            text = text[quoted.end() :].lstrip()
            continue
        if text[0] not in ".$@[":
            raise PathError(f"« {text} » ne commence ni par un point ni par un guillemet")
        path, text = _read(text, base, found)
        paths.append(path)
        text = text.lstrip()
    return paths


def _path(text: str, base: Path, found: list[Path]) -> Path:
    path, rest = _read(text, base, found)
    if rest.strip():
        raise PathError(f"« {rest.strip()} » en trop")
    return path


def _read(text: str, base: Path, found: list[Path]) -> tuple[Path, str]:
    """One path at the start of `text`, and the rest; the paths of its filters go to `found`."""
    steps = () if text.startswith("$") else base
    place = 1 if text[:1] in ("$", "@") else 0
    while place < len(text) and text[place] in ".[":
        if text[place] == "[":
            end = _closing(text, place)
            steps = (*steps, *_bracket(text[place + 1 : end], steps, found))
            place = end + 1
        elif text.startswith("..", place):
            steps, place = (*steps, ANYWHERE), place + 1
        elif text.startswith(".*", place):
            steps, place = (*steps, "*"), place + 2
        else:
            name = NAME.match(text, place + 1)
            if name is None:
                if text[place + 1 : place + 2] == "[" or place + 1 == len(text):
                    place += 1
                    continue
                raise PathError(f"« {text[place:]} » : nom attendu après le point")
            steps, place = (*steps, re.sub(r"\\(.)", r"\1", name[0])), name.end()
    return steps, text[place:]


def _closing(text: str, start: int) -> int:
    depth, place = 0, start
    while place < len(text):
        quoted = QUOTED.match(text, place)
        if quoted:
            place = quoted.end()
            continue
        depth += {"[": 1, "]": -1}.get(text[place], 0)
        if depth == 0:
            return place
        place += 1
    raise PathError("« [ » sans « ] »")


def _bracket(inside: str, steps: Path, found: list[Path]) -> Path:
    text = inside.strip()
    names = [first or second for first, second in QUOTED.findall(text)]
    if names and re.fullmatch(r"(?:\s*,?\s*)*", QUOTED.sub("", text)):
        found += [(*steps, *re.split(r"(?<!\\)\.", name)) for name in names[1:]]
        return (re.sub(r"\\(.)", r"\1", names[0]),)
    kind = INSIDE.fullmatch(text)
    if kind is None or not text:
        raise PathError(f"« [{inside}] » mal écrit")
    if kind["filter"] is not None:
        for side in re.split(r"==|!=|<=|>=|=~|<|>", kind["filter"]):
            if side.strip().startswith("@"):
                found.append(_path(side.strip(), (*steps, ELEMENT), found))
    return (ELEMENT,)
