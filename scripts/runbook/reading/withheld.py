"""While pages are read for their commands no proof is shown: what they ask for must not depend on what ran before."""

from contextvars import ContextVar

# MkDocs' plugins and macros have no other way to know; records and histories are then as if nothing had ever run.
withheld = ContextVar("withheld", default=False)
