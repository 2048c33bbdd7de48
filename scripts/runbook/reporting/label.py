"""How a step is called in a line of a report."""


def label(title: str | None, code: str) -> str:
    """The block's title, else the first line that a reader would recognise it by."""
    if title:
        return title
    lines = [line.strip() for line in code.splitlines() if line.strip() and not line.strip().startswith("#")]
    first = lines[0] if lines else ""
    more = len(lines) > 1 or len(first) > 90
    return first[:90] + (" …" if more else "")
