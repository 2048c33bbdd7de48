"""Does each application start with all that a target gives it, taken together?"""

from collections.abc import Iterator

from runbook.checking.containers import containers
from runbook.checking.finding import Finding
from runbook.checking.health_programs import health_programs
from runbook.checking.images import built_images
from runbook.checking.inner_network import InnerNetwork
from runbook.checking.model import Model
from runbook.checking.places import in_compose, in_object

RULE = "starts"


def check_starts(model: Model) -> Iterator[Finding]:
    """The factory of each application is called once for each target, with made-up secrets, and what it refuses is told."""
    if RULE in model.settings.model.rules_off:
        return
    found, images = containers(model), built_images(model)
    with InnerNetwork(model, found, images) as network:
        yield from health_programs(model, images, network)
        for name, target in model.settings.targets.items():
            for application in model.applications:
                refusal = None if target.services else network.refusal(name, application)
                if refusal is None:
                    continue
                cause, remedy = f"l'application « {application} » ne démarre pas avec ce que la cible « {name} » lui donne : {refusal}", "corriger ses variables, ou le code qui les lit"
                container = next((one for one in found if one.application == application), None)
                service = next((image.service for image in images.values() if image.application == application), None)
                if target.contexts and container is not None:
                    yield in_object(model, container.item, (*container.keys, "env"), cause, remedy, RULE)
                elif not target.contexts and service is not None:
                    yield in_compose(model, ("services", service, "environment"), cause, remedy, RULE)
