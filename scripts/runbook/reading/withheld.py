"""While pages are read for their commands no proof is shown: what they ask for must not depend on what ran before."""

import contextlib
from collections.abc import Iterator

_readings = 0


@contextlib.contextmanager
def withheld() -> Iterator[None]:
    """Records and histories are as if nothing had ever run, for as long as the block lasts."""
    global _readings  # noqa: PLW0603 — MkDocs' plugins and macros have no other way to know
    _readings += 1
    try:
        yield
    finally:
        _readings -= 1


def are_withheld() -> bool:
    """Whether somebody reads pages for their commands in this process."""
    return _readings > 0
