"""Is a key written twice in one mapping of a YAML file, where only the last one counts?"""

from collections.abc import Iterator

import yaml


def repeated_keys(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    """Line, counted from 1, and cause of each key that its mapping already has; aliases are read once."""
    waiting, seen = [node], set()
    while waiting:
        below = waiting.pop()
        if below is None or id(below) in seen:
            continue
        seen.add(id(below))
        if isinstance(below, yaml.SequenceNode):
            waiting += below.value
        elif isinstance(below, yaml.MappingNode):
            first: dict[str, int] = {}
            for key, value in below.value:
                line = key.start_mark.line + 1
                if isinstance(key, yaml.ScalarNode) and first.setdefault(key.value, line) != line:
                    yield line, f"clé « {key.value} » déjà écrite ligne {first[key.value]} : seule la dernière compte"
                waiting.append(value)
