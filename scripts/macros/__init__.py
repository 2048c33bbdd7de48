"""What can a page ask for instead of typing it?"""

from pathlib import Path
from typing import Any

from .compose_services import read_compose
from .manifests import read_recette


def define_env(env: Any) -> None:
    """Give the pages their facts, read from the sources of the project that is being built."""
    root = Path(env.project_dir)
    recette = read_recette(root / "k8s")
    compose = read_compose(root / "compose.yaml")
    env.variables.update(
        {
            "recette": recette,
            "compose": compose,
            "namespace": recette.namespace,
            "version": recette.api.version,
            "api": recette.api,
            "front": recette.front,
            "api_url": compose.api.url,
            "front_url": compose.front.url,
            "recette_url": f"http://localhost:{recette.front.node_port}",
        }
    )
