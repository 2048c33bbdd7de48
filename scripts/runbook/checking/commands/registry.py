"""Which resolver answers for which program; `./` stands for the repository's own scripts."""

from runbook.checking.blocks.situation import Rule
from runbook.checking.commands import (
    builtins,
    curl,
    docker,
    filesystem,
    filters,
    git,
    jq,
    kind,
    python,
    refused,
    runbook,
    scripts,
    uv,
    wrappers,
)
from runbook.checking.commands.kubectl import check as kubectl

OWN_SCRIPT = "./"
RESOLVERS: dict[str, Rule] = {
    **builtins.RESOLVERS,
    **curl.RESOLVERS,
    **docker.RESOLVERS,
    **filesystem.RESOLVERS,
    **filters.RESOLVERS,
    **git.RESOLVERS,
    **jq.RESOLVERS,
    **kind.RESOLVERS,
    **kubectl.RESOLVERS,
    **python.RESOLVERS,
    **refused.RESOLVERS,
    **runbook.RESOLVERS,
    **uv.RESOLVERS,
    **wrappers.RESOLVERS,
    OWN_SCRIPT: scripts.script,
}
