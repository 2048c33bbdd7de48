"""What a command between `$(` and `)` prints first, as far as its text tells: `pod/` of `kubectl get pods -o name`."""

import re

from runbook.checking.commands.kubectl import tables as kubectl_tables

NAMES = re.compile(r"\$\(\s*kubectl\s[^|;&]*?\bget\s+([a-z][\w.]*)\b[^|;&]*?\s(?:-o|--output)[ =]?name\b")
CHANGES_LINES = re.compile(r"\|(?!\s*(?:head|tail|sort|grep|uniq|tac|shuf)\b)")


def beginning(text: str) -> str:
    """The text that the value of this substitution starts with; empty if only running tells."""
    found = NAMES.match(text)
    if found is None or CHANGES_LINES.search(text):
        return ""
    kind = kubectl_tables.kinds().get(found[1].lower())
    return f"{kind.name.lower()}{'.' + kind.group if kind.group else ''}/" if kind else ""
