"""`--format` and `--filter` of docker: fields of the template and keys of the filter that exist."""

import re
from collections.abc import Iterator

from runbook.checking.blocks.situation import finding
from runbook.checking.blocks.words import UNKNOWN, Command
from runbook.checking.commands.options import Usage
from runbook.checking.finding import Finding, nearest

FIELDS = {
    "ps": "ID Image Command CreatedAt RunningFor Ports State Status Size Names Labels Label Mounts Networks LocalVolumes",
    "image ls": "ID Repository Tag Digest CreatedSince CreatedAt Size VirtualSize UniqueSize SharedSize Containers",
    "image history": "ID CreatedAt CreatedSince CreatedBy Size Comment",
    "network ls": "ID Name Driver Scope IPv6 Internal Labels Label CreatedAt",
    "volume ls": "Name Driver Scope Mountpoint Labels Label Links Size",
    "stats": "Container Name ID CPUPerc MemUsage MemPerc NetIO BlockIO PIDs",
    "context ls": "Current Name Description DockerEndpoint Error",
    "system df": "Type TotalCount Active Size Reclaimable",
    "version": "Client Server",
}
FIELDS["container ls"] = FIELDS["ps"]
DEEPER = {
    "version": "Platform Version APIVersion DefaultAPIVersion MinAPIVersion GitCommit GoVersion Os Arch BuildTime Experimental Context KernelVersion Components Name"
}
FILTERS = {
    "ps": "ancestor before expose exited health id is-task isolation label name network publish since status volume",
    "image ls": "before dangling label reference since until",
    "network ls": "driver id label name scope type dangling",
    "volume ls": "dangling driver label name",
}
FILTERS["container ls"] = FILTERS["ps"]
ACTION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
FIELD = re.compile(r"(?<![\w.)])((?:\.[A-Za-z]\w*)+)")


def check_formats(command: Command, verb: str, usage: Usage) -> Iterator[Finding]:
    """Templates that close, with fields that the verb gives; filters that it takes."""
    for word in usage.values("--format"):
        if word.known and word.text.count("{{") != word.text.count("}}"):
            yield finding(
                command,
                "docker_formats",
                f"modèle non fermé : « {word.text} »",
                "fermer chaque « {{ » par « }} »",
                word,
            )
        for path in (
            path for action in ACTION.findall(word.text) for path in FIELD.findall(re.sub(r'"[^"]*"', "", action))
        ):
            first, *rest = path[1:].split(".")
            fields, inner = FIELDS.get(verb, "").split(), DEEPER.get(verb, "").split()
            if fields and first not in fields:
                yield finding(
                    command,
                    "docker_formats",
                    f"champ « .{first} » inconnu de « docker {verb} »",
                    nearest(first, fields),
                    word,
                )
            elif inner and rest and rest[0] not in inner:
                yield finding(
                    command,
                    "docker_formats",
                    f"champ « .{first}.{rest[0]} » inconnu de « docker {verb} »",
                    nearest(rest[0], inner),
                    word,
                )
    for word in usage.values("--filter"):
        key, keys = re.split(r"!?=", word.text)[0], FILTERS.get(verb, "").split()
        if keys and UNKNOWN not in key and key not in keys:
            yield finding(
                command, "docker_formats", f"filtre « {key} » inconnu de « docker {verb} »", nearest(key, keys), word
            )
