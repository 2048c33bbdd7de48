"""How much of what its commands printed can a page show and stay light?"""

from collections.abc import Iterable

_MOST = 2000  # characters of one output
_PAGE = 20_000  # characters of all of them: with its text and what it loads, a first visit stays under 400 kB


def limit(lengths: Iterable[int], most: int = _MOST, page: int = _PAGE) -> int:
    """The characters that each output may take; only the longest are cut, as little as the page's share asks."""
    left, short = page, sorted(min(length, most) for length in lengths)
    for place, length in enumerate(short):
        share = left // (len(short) - place)
        if length > share:
            return share
        left -= length
    return most
