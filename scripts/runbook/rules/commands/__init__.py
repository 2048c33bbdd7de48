"""One file a program, with the rules about it: what its words name must exist. Grammars are data,
made by `scripts/grammars`."""
