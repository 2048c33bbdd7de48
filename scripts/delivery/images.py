"""How does a commit become images that run, and images a registry knows by their digest?"""

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from uuid import uuid4

from delivery.programs import DeliveryError, call, say
from delivery.release import COMPONENTS, PORTS, ROOT, TELLS, Source

_START = 30.0  # seconds given to a container before it must be ready


def bases() -> dict[str, str]:
    """The base images by tag and digest, as `services/bases.Dockerfile` pins them for what is published."""
    text = (ROOT / "services/bases.Dockerfile").read_text(encoding="utf-8")
    return {name.upper(): image for image, name in re.findall(r"^FROM (\S+) AS (\w+)$", text, re.MULTILINE)}


def build(source: Source, registry: str, *, pinned: bool) -> dict[str, str]:
    """One image for each component, under the registry's name and the commit; by component."""
    chosen = [word for name, image in bases().items() for word in ("--build-arg", f"{name}={image}")] if pinned else []
    made = {}
    for component in COMPONENTS:
        image = f"{registry}/datapress-{component}:{source.commit}"
        call(
            *("docker", "buildx", "build", "--quiet", "--load", "--provenance=false"),
            *("--file", source.folder / f"services/{component}/Dockerfile"),
            *("--build-arg", f"VERSION={source.version}", "--build-arg", f"REVISION={source.commit}"),
            # Never the same bytes as an image that was loaded by hand: a node would ask the registry for that one.
            *("--label", f"org.opencontainers.image.ref.name={image}"),
            *chosen,
            *("--tag", image, source.folder / "services"),
        )
        made[component] = image
        say("construire", image)
    return made


def smoke(source: Source, images: Mapping[str, str]) -> None:
    """Each image alone, locked down as in the cluster, becomes ready and says its version and its commit."""
    for component, image in images.items():
        name = f"datapress-essai-{uuid4().hex[:8]}"
        call(
            *("docker", "run", "--detach", "--rm", "--name", name, "--read-only", "--cap-drop=ALL"),
            *("--security-opt=no-new-privileges:true", "--memory=192m"),
            *("--publish", f"127.0.0.1::{PORTS[component]}", image),
        )
        try:
            address = call("docker", "port", name, f"{PORTS[component]}/tcp").split()[0]
            seconds = _await_ready(name, f"http://{address}/health/ready")
            told = json.loads(_get(f"http://{address}{TELLS[component]}"))
        finally:
            call("docker", "rm", "--force", name)
        if (told.get("version"), told.get("commit")) != (source.version, source.commit):
            raise DeliveryError(f"{image} répond {told}, attendu {source.version} du commit {source.commit}")
        say("essayer", f"{component} : prêt en {seconds:.1f} s, annonce {source.version} et son commit")


def push(images: Mapping[str, str]) -> dict[str, str]:
    """The images in their registry: references by digest, by component."""
    pushed = {}
    for component, image in images.items():
        call("docker", "push", "--quiet", image)
        known = json.loads(call("docker", "image", "inspect", image))[0]["RepoDigests"]
        repository = image.rpartition(":")[0]
        pushed[component] = next(digest for digest in known if digest.startswith(f"{repository}@"))
        say("pousser", pushed[component])
    return pushed


def _await_ready(name: str, url: str) -> float:
    start = time.monotonic()
    while time.monotonic() - start < _START:
        try:
            with urllib.request.urlopen(url, timeout=3):  # noqa: S310 - the address was made here
                return time.monotonic() - start
        except OSError as error:
            last = error
        time.sleep(0.05)
    said = call("docker", "logs", "--tail", "5", name).strip()
    raise DeliveryError(f"l'image ne devient pas prête en {_START:.0f} s ({last})\n{said}")


def _get(url: str) -> bytes:
    """The body, whatever the status: a front alone says 503, and who it is."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - the address was made here
            body: bytes = answer.read()
    except urllib.error.HTTPError as error:
        body = error.read()
    return body
