"""Do the manifests hold together, and with Compose and the applications?"""

from collections.abc import Iterator

from runbook.checking import (
    between_targets,
    kind_cluster,
    manifests_given,
    manifests_images,
    manifests_labels,
    manifests_life,
    manifests_links,
    manifests_processes,
    manifests_references,
    manifests_safety,
    manifests_schema,
    manifests_values,
    manifests_variables,
    secrets_in_files,
    volume_files,
)
from runbook.checking.containers import containers
from runbook.checking.finding import Finding
from runbook.checking.model import Model

SHAPE_RULES = (manifests_schema.schemas, manifests_schema.empties)
OBJECT_RULES = (
    manifests_links.namespaces,
    manifests_links.duplicates,
    manifests_links.workload_selectors,
    manifests_links.service_selectors,
    manifests_links.service_ports,
    manifests_links.node_ports,
    manifests_links.spread,
    manifests_variables.accounts,
    manifests_variables.volumes,
    manifests_safety.pod_security,
    manifests_safety.namespace_security,
    manifests_links.documents,
    manifests_values.allowed_values,
    manifests_processes.short_lives,
    manifests_references.pod_references,
    manifests_references.headless,
    kind_cluster.kind_clusters,
)
CONTAINER_RULES = (
    manifests_links.container_ports,
    manifests_labels.labels,
    manifests_variables.references,
    manifests_variables.keys_read,
    manifests_variables.given_in_compose,
    manifests_given.values,
    manifests_safety.container_security,
    manifests_safety.resources,
    manifests_life.probes,
    manifests_life.lifecycle,
    manifests_processes.processes,
    manifests_references.container_references,
    manifests_life.rollouts,
    manifests_life.placement,
    manifests_values.mounted_paths,
    volume_files.probed_files,
    manifests_images.images,
    manifests_images.containers_and_services,
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
