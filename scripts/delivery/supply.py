"""What is in the images, what is known against it, and who vouches for them?

By programs that a machine may lack: their absence is said, and refused where the step is required.
"""

import json
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import yaml

from delivery.programs import DeliveryError, call, present, say
from delivery.release import ROOT, Source

POLICY = ROOT / "services/vulnerabilites.yaml"
STEPS = {"sbom": "syft", "analyse": "grype", "signature": "cosign"}
_SIGNED_OFF = re.compile(r"jusqu'au (\d{4}-\d{2}-\d{2}), décidé par \S.*")


@dataclass(frozen=True, slots=True)
class Chain:
    """What is required of the chain, and the keys that sign and verify (empty: keyless, or nothing to verify)."""

    required: Collection[str] = ()
    key: str = ""
    public_key: str = ""
    identity: str = ""  # of the certificate of a keyless signature: a regular expression

    def runs(self, step: str) -> bool:
        """Whether `step` can be done here; raises `DeliveryError` where it is required and cannot."""
        if present(STEPS[step]):
            return True
        if step in self.required:
            raise DeliveryError(f"{step} exigée, et {STEPS[step]} est absent de cette machine ; l'installer")
        say(step, f"non exécuté ici : {STEPS[step]} est absent")
        return False


def describe(chain: Chain, images: Mapping[str, str], folder: Path) -> dict[str, Path]:
    """The list of what each image contains (SPDX), by component; empty where it cannot be made."""
    if not chain.runs("sbom"):
        return {}
    lists = {}
    for component, image in images.items():
        lists[component] = folder / f"{component}.spdx.json"
        call("syft", "scan", f"docker:{image}", "--quiet", "--output", f"spdx-json={lists[component]}")
        packages = json.loads(lists[component].read_text(encoding="utf-8"))["packages"]
        say("sbom", f"{component} : {len(packages)} paquets, {lists[component].name}")
    return lists


def scan(chain: Chain, lists: Mapping[str, Path]) -> None:
    """Refuse what the policy refuses; its exceptions are dated, signed off, and end by themselves."""
    exceptions(POLICY, datetime.now(UTC).date())
    if not chain.runs("analyse"):
        return
    for component, path in lists.items():
        call("grype", f"sbom:{path}", "--config", POLICY, "--quiet")
        say("analyse", f"{component} : rien que la politique refuse")


def exceptions(policy: Path, today: date) -> list[str]:
    """The vulnerabilities that the policy lets pass; raises `DeliveryError` for one undated, or out of date."""
    allowed = []
    for rule in yaml.safe_load(policy.read_text(encoding="utf-8"))["ignore"] or ():
        name = rule.get("vulnerability")
        signed = _SIGNED_OFF.fullmatch(rule.get("reason", ""))
        if not name or not signed:
            raise DeliveryError(
                f"{policy.name} : une exception nomme sa faille (vulnerability) et dit pourquoi (reason) : "
                "« jusqu'au AAAA-MM-JJ, décidé par NOM : raison »"
            )
        if date.fromisoformat(signed[1]) < today:
            raise DeliveryError(
                f"{policy.name} : l'exception {name} a pris fin le {signed[1]} ; corriger, ou redécider"
            )
        allowed.append(name)
    return allowed


def sign(chain: Chain, source: Source, images: Mapping[str, str], lists: Mapping[str, Path], folder: Path) -> None:
    """Sign each digest, and attach the list of its content and where it comes from."""
    if not chain.key and "signature" not in chain.required:
        say("signature", "non demandée : aucune clé (--cle)")
        return
    if not chain.runs("signature"):
        return
    provenance = folder / "provenance.json"
    provenance.write_text(json.dumps(_provenance(source)), encoding="utf-8")
    key = ["--key", chain.key] if chain.key else []
    local = _local(chain)
    for component, image in images.items():
        call("cosign", "sign", "--yes", *key, *local, image)
        call("cosign", "attest", "--yes", *key, *local, "--type=slsaprovenance1", "--predicate", provenance, image)
        if component in lists:
            call("cosign", "attest", "--yes", *key, *local, "--type=spdxjson", "--predicate", lists[component], image)
        say("signature", f"{component} : signé, provenance{' et SBOM' if component in lists else ''} attachés")


def verify(chain: Chain, images: Mapping[str, str]) -> None:
    """Refuse an image that nobody vouches for, where somebody is named who should."""
    if not chain.public_key and not chain.identity:
        if "signature" in chain.required:
            raise DeliveryError("signature exigée, mais de qui ? --cle-publique FICHIER ou --identite MOTIF")
        say("vérifier", "signature non demandée (--cle-publique, --identite)")
        return
    if not chain.runs("signature"):
        return
    who = (
        ["--key", chain.public_key, "--insecure-ignore-tlog=true"]
        if chain.public_key
        else [
            f"--certificate-identity-regexp={chain.identity}",
            "--certificate-oidc-issuer=https://token.actions.githubusercontent.com",
        ]
    )
    for component, image in images.items():
        call("cosign", "verify", *who, *_registry(image), image)
        call("cosign", "verify-attestation", *who, *_registry(image), "--type=slsaprovenance1", image)
        say("vérifier", f"{component} : signature et provenance valides")


def _local(chain: Chain) -> list[str]:
    """With a key of its own, nothing is told to a public journal."""
    return ["--tlog-upload=false", "--use-signing-config=false"] if chain.key else []


def _registry(image: str) -> list[str]:
    return ["--allow-http-registry"] if image.startswith("localhost:") else []


def _provenance(source: Source) -> dict[str, object]:
    """SLSA 1.0's predicate: from which commit, by what, when."""
    uri = os.environ.get("GITHUB_REPOSITORY", ROOT.name)
    return {
        "buildDefinition": {
            "buildType": "https://slsa.dev/container-based-build/v0.1",
            "externalParameters": {"source": uri, "revision": source.commit, "version": source.version},
            "resolvedDependencies": [{"uri": f"git+{uri}", "digest": {"gitCommit": source.commit}}],
        },
        "runDetails": {
            "builder": {"id": "scripts/livrer"},
            "metadata": {"finishedOn": datetime.now(UTC).isoformat(timespec="seconds")},
        },
    }
