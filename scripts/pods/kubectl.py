"""What does kubectl answer, or say is wrong?"""

import subprocess

_SECONDS = 60


class KubectlError(Exception):
    """kubectl gave no answer, and why."""


def kubectl(*words: str) -> str:
    """What kubectl prints; raises `KubectlError`."""
    try:
        asked = subprocess.run(["kubectl", *words], capture_output=True, text=True, timeout=_SECONDS, check=False)
    except FileNotFoundError:
        raise KubectlError("commande kubectl absente\u00a0; l'installer") from None
    except subprocess.TimeoutExpired:
        raise KubectlError(f"kubectl {words[0]} ne finit pas en {_SECONDS} s") from None
    if asked.returncode:
        raise KubectlError(asked.stderr.strip())
    return asked.stdout
