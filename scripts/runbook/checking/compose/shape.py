"""Does the Compose file have the keys and shapes that Compose knows?"""

from collections.abc import Collection, Iterator
from typing import Any

from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.model import Model
from runbook.checking.offered.places import Key, in_compose

TOP = ("name", "version", "services", "networks", "volumes", "configs", "secrets", "include")
SERVICE = [
    "annotations",
    "attach",
    "blkio_config",
    "build",
    "cap_add",
    "cap_drop",
    "cgroup",
    "cgroup_parent",
    "command",
    "configs",
    "container_name",
    "cpu_count",
    "cpu_percent",
    "cpu_period",
    "cpu_quota",
    "cpu_rt_period",
    "cpu_rt_runtime",
    "cpu_shares",
    "cpus",
    "cpuset",
    "credential_spec",
    "depends_on",
    "deploy",
    "develop",
    "device_cgroup_rules",
    "devices",
    "dns",
    "dns_opt",
    "dns_search",
    "domainname",
    "entrypoint",
    "env_file",
    "environment",
    "expose",
    "extends",
    "external_links",
    "extra_hosts",
    "gpus",
    "group_add",
    "healthcheck",
    "hostname",
    "image",
    "init",
    "ipc",
    "isolation",
    "label_file",
    "labels",
    "links",
    "logging",
    "mac_address",
    "mem_limit",
    "mem_reservation",
    "mem_swappiness",
    "memswap_limit",
    "models",
    "network_mode",
    "networks",
    "oom_kill_disable",
    "oom_score_adj",
    "pid",
    "pids_limit",
    "platform",
    "ports",
    "post_start",
    "pre_stop",
    "privileged",
    "profiles",
    "provider",
    "pull_policy",
    "read_only",
    "restart",
    "runtime",
    "scale",
    "secrets",
    "security_opt",
    "shm_size",
    "stdin_open",
    "stop_grace_period",
    "stop_signal",
    "storage_opt",
    "sysctls",
    "tmpfs",
    "tty",
    "ulimits",
    "user",
    "userns_mode",
    "uts",
    "volumes",
    "volumes_from",
    "working_dir",
]
BUILD = [
    "additional_contexts",
    "args",
    "cache_from",
    "cache_to",
    "context",
    "dockerfile",
    "dockerfile_inline",
    "entitlements",
    "extra_hosts",
    "isolation",
    "labels",
    "network",
    "no_cache",
    "platforms",
    "privileged",
    "provenance",
    "pull",
    "sbom",
    "secrets",
    "shm_size",
    "ssh",
    "tags",
    "target",
    "ulimits",
]
HEALTH = ("disable", "interval", "retries", "start_interval", "start_period", "test", "timeout")
PORT = ("app_protocol", "host_ip", "mode", "name", "protocol", "published", "target")
LOGGING = ("driver", "options")
DEPENDENCY = ("condition", "required", "restart")
SHAPES: dict[str, tuple[type, ...]] = {
    "build": (str, dict), "cap_add": (list,), "cap_drop": (list,), "depends_on": (list, dict), "environment": (list, dict), "healthcheck": (dict,),
    "image": (str,), "logging": (dict,), "networks": (list, dict), "ports": (list,), "read_only": (bool,), "security_opt": (list,),
}  # fmt: skip


def compose_shape(model: Model) -> Iterator[Finding]:
    """Unknown keys, and values of another kind than Compose takes."""
    unreadable = not model.compose and model.settings.model.compose in {path for path, _, _ in model.faults}
    if not model.settings.model.compose or unreadable:
        return
    services = model.compose.get("services")
    yield from _keys(model, (), model.compose, TOP)
    if not isinstance(services, dict):
        yield _wrong(model, ("services",), "aucun service", "les décrire sous services")
        return
    for name, definition in services.items():
        where: tuple[Key, ...] = ("services", name)
        if not isinstance(definition, dict):
            yield _wrong(model, where, f"service « {name} » sans description", "ajouter image ou build")
            continue
        yield from _keys(model, where, definition, SERVICE)
        for key, kinds in SHAPES.items():
            if key in definition and not isinstance(definition[key], kinds):
                yield _wrong(
                    model,
                    (*where, key),
                    f"service « {name} » : {key} mal formé",
                    f"y mettre {'une liste' if list in kinds else 'la forme que Compose attend'}",
                )
        for key, known in (("build", BUILD), ("healthcheck", HEALTH), ("logging", LOGGING)):
            yield from _keys(model, (*where, key), definition.get(key), known)
        yield from _ports(model, where, definition)
        waited = definition.get("depends_on")
        for other, how in waited.items() if isinstance(waited, dict) else ():
            if not isinstance(how, dict):
                yield _wrong(
                    model,
                    (*where, "depends_on", other),
                    f"service « {name} » : attente de « {other} » mal formée",
                    "écrire condition: service_healthy",
                )
            yield from _keys(model, (*where, "depends_on", other), how, DEPENDENCY)


def _ports(model: Model, where: tuple[Key, ...], definition: dict[str, Any]) -> Iterator[Finding]:
    ports = definition.get("ports")
    for index, port in enumerate(ports if isinstance(ports, list) else []):
        place = (*where, "ports", index)
        yield from _keys(model, place, port, PORT)
        if isinstance(port, dict):
            for key in ("published", "target"):
                if not str(port.get(key, "")).replace("-", "").isdecimal() and not str(port.get(key, "")).startswith(
                    "${"
                ):
                    yield _wrong(
                        model,
                        (*place, key),
                        f"{key} « {port.get(key, 'absent')} » n'est pas un port",
                        f"écrire {key} et son numéro",
                    )


def _keys(model: Model, where: tuple[Key, ...], value: Any, known: Collection[str]) -> Iterator[Finding]:
    for key in value if isinstance(value, dict) else ():
        if str(key) not in known and not str(key).startswith("x-"):
            yield _wrong(model, (*where, key), f"clé « {key} » inconnue de Compose", nearest(str(key), known))


def _wrong(model: Model, keys: tuple[Key, ...], cause: str, remedy: str) -> Finding:
    return in_compose(model, keys, cause, remedy, "compose_shape")
