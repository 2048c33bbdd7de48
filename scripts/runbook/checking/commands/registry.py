"""Which resolver answers for which program; `./` stands for the repository's own scripts."""

from runbook.checking.situation import Rule

RESOLVERS: dict[str, Rule] = {}
