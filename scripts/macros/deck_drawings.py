"""What do the diagrams of the deck show?"""

from .drawings import Box, Drawing, Lane
from .recette import Recette
from .services import Service

_TODAY = ("Front", "API", "Base de données", "Traitements planifiés")


def deck_drawings(recette: Recette, services: dict[str, Service]) -> dict[str, Drawing]:
    """The diagrams by name, with the facts of the manifests and of Compose in them."""
    api, front = recette.api, recette.front
    local_api, local_front = services["api"], services["front"]
    return {
        "aujourdhui": Drawing(
            "Le front, l’API, la base de données et les traitements planifiés sur un même serveur.",
            (Lane(tuple(Box(name, kind="ancien") for name in _TODAY), title="Un serveur"),),
        ),
        "architecture": Drawing(
            f"Le navigateur appelle le front, qui appelle l’un des {api.replicas} exemplaires de l’API.",
            (
                Lane(
                    (
                        Box("Navigateur", ("ne connaît que le front",), kind="personne"),
                        Box("Front", ("Flask + Gunicorn", f"port {front.port}"), front.replicas),
                        Box(f"API × {api.replicas}", ("Flask + Gunicorn", f"port {api.port}"), api.replicas),
                    ),
                    links=("HTTP", "HTTP"),
                ),
            ),
        ),
        "modes": Drawing(
            "Les deux mêmes images : en développement sur le réseau de Docker Compose, en recette derrière "
            "des Services Kubernetes.",
            (
                Lane(
                    (
                        Box("Navigateur", kind="personne"),
                        Box("Front", (local_front.image,)),
                        Box("API", (local_api.image,)),
                    ),
                    links=(f"localhost:{local_front.port}", local_api.internal_url),
                    title="Développement : Docker Compose",
                ),
                Lane(
                    (
                        Box("Navigateur", kind="personne"),
                        Box("Front", (front.image,), front.replicas),
                        Box(f"API × {api.replicas}", (api.image,), api.replicas),
                    ),
                    links=(f"{front.service_type} {front.node_port}", f"{api.service_type} {api.service_port}"),
                    title=f"Recette : Kubernetes, {recette.namespace}",
                ),
            ),
        ),
        "livraison": Drawing(
            "Un changement est vérifié d’un côté sans Docker, de l’autre avec Compose et Kubernetes ; s’il "
            "est vert, le site et les images sont publiés.",
            (
                Lane(
                    (
                        Box("Changement", ("proposé ou poussé",), kind="personne"),
                        Box("Vérification", ("sans Docker, et avec", "Compose et Kubernetes")),
                        Box("Publication", ("site avec ses preuves,", "images vérifiées")),
                    ),
                    links=("", "si tout est vert"),
                ),
            ),
        ),
    }
