"""Do the manifests hold together, and with Compose and the applications?"""

from collections.abc import Iterator

from runbook.checking.files import secrets_in_files
from runbook.checking.finding import Finding
from runbook.checking.manifests import (
    between_targets,
    given,
    images,
    kind_cluster,
    labels,
    life,
    links,
    processes,
    references,
    safety,
    schema,
    values,
    variables,
)
from runbook.checking.offered.containers import containers
from runbook.checking.offered.model import Model

SHAPE_RULES = (schema.schemas, schema.empties)
OBJECT_RULES = (
    links.namespaces,
    links.duplicates,
    links.workload_selectors,
    links.service_selectors,
    links.service_ports,
    links.node_ports,
    links.spread,
    variables.accounts,
    variables.volumes,
    safety.pod_security,
    safety.namespace_security,
    links.documents,
    values.allowed_values,
    processes.short_lives,
    references.pod_references,
    references.headless,
    kind_cluster.kind_clusters,
)
CONTAINER_RULES = (
    links.container_ports,
    labels.labels,
    variables.references,
    variables.keys_read,
    variables.given_in_compose,
    given.values,
    safety.container_security,
    safety.resources,
    life.probes,
    life.lifecycle,
    processes.processes,
    references.container_references,
    life.rollouts,
    life.placement,
    values.mounted_paths,
    images.images,
    images.containers_and_services,
    secrets_in_files.secret_values,
    between_targets.memory_limits,
    between_targets.stand_ins,
)


def check_manifests(model: Model) -> Iterator[Finding]:
    """What every rule finds, but those that the settings switch off.

    A rule that stumbles over a document of the wrong shape says nothing, provided that the schemas do.
    """
    off = model.settings.model.rules_off
    shape = [finding for rule in SHAPE_RULES if rule.__name__ not in off for finding in rule(model)]
    yield from shape
    try:
        found = containers(model)
        for rule in OBJECT_RULES:
            if rule.__name__ not in off:
                yield from rule(model)
        for container_rule in CONTAINER_RULES:
            if container_rule.__name__ not in off:
                yield from container_rule(model, found)
    except (AttributeError, KeyError, TypeError, ValueError):
        if not shape:
            raise
