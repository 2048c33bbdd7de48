"""Do manifests ask for the images that Compose builds?"""

from collections.abc import Iterator

from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.containers import Container
from runbook.checking.offered.images import built_images
from runbook.checking.offered.model import Model
from runbook.checking.offered.places import in_object


def images(model: Model, found: list[Container]) -> Iterator[Finding]:
    """Repository and tag are those of Compose; an image that no registry has is never pulled."""
    built = built_images(model)
    if not built:
        return
    for container in found:
        name = str(container.spec.get("image", ""))
        if container.image is None and "/" not in name:
            yield in_object(
                model,
                container.item,
                (*container.keys, "image"),
                f"image « {name} » que Compose ne construit pas",
                nearest(name, built),
                "images",
            )
        elif container.image is not None and container.spec.get("imagePullPolicy") not in ("IfNotPresent", "Never"):
            yield in_object(
                model,
                container.item,
                (*container.keys, "imagePullPolicy"),
                f"image « {name} » construite sur place, et imagePullPolicy « {container.spec.get('imagePullPolicy', 'absent')} » peut la demander à un registre",
                "écrire imagePullPolicy: IfNotPresent",
                "images",
            )


def containers_and_services(model: Model, found: list[Container]) -> Iterator[Finding]:
    """A workload runs the image of the application that its name and labels announce."""
    names = {name.casefold() for name in model.settings.model.applications}
    for container in found:
        if container.application is None or container.initial:
            continue
        component = container.item.labels.get("app.kubernetes.io/component", "")
        for announced in (component, container.name):
            if announced.casefold() in names and announced.casefold() != container.application.casefold():
                yield in_object(
                    model,
                    container.item,
                    (*container.keys, "image"),
                    f"« {container.item.name} » s'annonce comme « {announced} », et son image « {container.spec.get('image')} » est l'application « {container.application} »",
                    "corriger l'image, ou le nom",
                    "containers_and_services",
                )
