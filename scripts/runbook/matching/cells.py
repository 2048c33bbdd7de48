"""When two cells of a table say the same: literally, through `…`, or as two durations."""

import re
from typing import Final

from runbook.matching.wildcard import ELLIPSIS, fits

# Columns of kubectl and docker that hold the time since something, or that something took.
_TIMES: Final = frozenset({"AGE", "CREATED", "DURATION", "FIRST SEEN", "LAST SCHEDULE", "LAST SEEN"})

_SHORT = r"(?:[0-9]+[ydhms])+"
_LONG = r"(?:Less than a second|About an? (?:minute|hour)|[0-9]+ (?:second|minute|hour|day|week|month|year)s?)"
_TIME = re.compile(rf"<unknown>|(?:{_SHORT}|{_LONG})(?: ago)?(?: \(x[0-9]+ over {_SHORT}\))?")
_UPTIME = re.compile(_LONG)
_HIDDEN = "\0"
_LAST_RESTART = re.compile(rf" \({_SHORT} ago\)$")


def same(heading: str, expected: str, actual: str) -> bool:
    """Whether `actual` is what the page shows as `expected` in the column of this heading.

    Two durations are alike in the columns that hold nothing else.  In docker's STATUS the time
    does not count but the state does: `Up 5 seconds (healthy)` is `Up 2 hours (healthy)`, not `Up 2 hours`.
    In RESTARTS the number counts; the time of the last one, which older clusters do not give, does not.
    """
    if expected == actual or (ELLIPSIS in expected and fits(expected, actual)):
        return True
    column = heading.upper()
    if column in _TIMES:
        return _TIME.fullmatch(expected) is not None and _TIME.fullmatch(actual) is not None
    if column == "STATUS":
        return fits(_UPTIME.sub(_HIDDEN, expected), _UPTIME.sub(_HIDDEN, actual))
    if column == "RESTARTS":
        return fits(_LAST_RESTART.sub("", expected), _LAST_RESTART.sub("", actual))
    return False
