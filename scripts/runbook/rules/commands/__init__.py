"""One file a program, with the rules about it: what its words name must exist.  `scripts/grammars` makes the data."""
