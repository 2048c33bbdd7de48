"""What can be asked of a delivery on the command line?"""

import argparse
import signal
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from types import FrameType

from delivery import images, ledger, manifests, supply
from delivery.cluster import Cluster
from delivery.deploy import check, commit_of, look, roll_out, try_out, undo
from delivery.programs import DeliveryError, say
from delivery.release import COMPONENTS, ROOT, Release, Source, check_out
from delivery.turn import turn

_BACK = 120  # seconds at least given to what ran before: it did once
_REPORTS = ROOT / ".runbook" / "livraisons"


def main() -> int:
    """0: done; 1: refused or undone, and what ran before still runs; 130: interrupted, likewise."""
    options = _parser().parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        if options.verbe == "etat":
            _tell(Cluster(options.contexte))
        elif options.verbe == "decrire":
            _describe(options)
        elif options.verbe == "historique":
            print(ledger.table(Cluster(options.contexte)))
        else:
            with tempfile.TemporaryDirectory() as folder:
                source = check_out(options.commit, Path(folder))
                say("commit", f"{source.commit}, version {source.version}")
                built = dict(options.image) if options.verbe == "deployer" else _prepare(options, source)
                if options.verbe != "preparer":
                    _deploy(options, source, Release(source.commit, source.version, built))
    except DeliveryError as error:
        print(f"livrer : {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("livrer : interrompu", file=sys.stderr)
        return 130
    return 0


def _prepare(options: argparse.Namespace, source: Source) -> dict[str, str]:
    """Build, test, list, scan, push, sign; the images by digest."""
    chain, kept = _chain(options), _REPORTS / source.commit
    kept.mkdir(parents=True, exist_ok=True)
    built = images.build(source, options.registre, pinned=options.bases_figees)
    images.smoke(source, built)
    lists = supply.describe(chain, built, kept)
    supply.scan(chain, lists)
    pushed = images.push(built)
    supply.sign(chain, source, pushed, lists, kept)
    return pushed


def _describe(options: argparse.Namespace) -> None:
    """List and scan the images that Compose has built."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    options.dossier.mkdir(parents=True, exist_ok=True)
    chain = supply.Chain(options.exiger)
    built = {component: f"datapress-{component}:{version}" for component in COMPONENTS}
    supply.scan(chain, supply.describe(chain, built, options.dossier))


def _deploy(options: argparse.Namespace, source: Source, release: Release) -> None:
    """Verify, wait for our turn, try, replace, check; whatever fails, bring back what ran before."""
    missing = [component for component in COMPONENTS if "@sha256:" not in release.images.get(component, "")]
    if missing:
        raise DeliveryError(f"image par empreinte attendue pour {', '.join(missing)} : --image api=NOM@sha256:…")
    supply.verify(_chain(options), release.images)
    cluster = Cluster(options.contexte)
    cluster.check()
    wanted = manifests.read(source, release, f"{release.version} du commit {release.commit}")
    cluster.apply(wanted.namespace)
    if not cluster.get("secret", "datapress-secret"):
        raise DeliveryError("le Secret datapress-secret manque : scripts/secret, puis kubectl apply -f k8s/secret.yaml")
    with turn(cluster, options.attendre):
        before, start = look(cluster, wanted), time.monotonic()
        try:
            if before.revisions and not options.sans_essai:  # a first delivery has no user yet, and no API to call
                try_out(cluster, wanted, release, options.delai)
            roll_out(cluster, wanted, options.delai)
            check(cluster, release, options.adresse)
        except (DeliveryError, KeyboardInterrupt) as error:
            print(f"livrer : {error or 'interrompu'}", file=sys.stderr)
            undo(cluster, before, options.adresse, max(options.delai, _BACK))
            ledger.note(cluster, release, "annulée" if before.revisions else "ratée", time.monotonic() - start)
            raise DeliveryError(f"{release.version} du commit {release.commit[:12]} n'a pas été livrée") from None
        ledger.note(cluster, release, "livrée", time.monotonic() - start)
    _tell(cluster)


def _tell(cluster: Cluster) -> None:
    """What is deployed now, by component."""
    for component in COMPONENTS:
        found = cluster.get("deployment", f"datapress-{component}")
        if not found:
            say("déployé", f"{component} : rien")
            continue
        image = found["spec"]["template"]["spec"]["containers"][0]["image"]
        ready = f"{found['status'].get('readyReplicas', 0)}/{found['spec']['replicas']}"
        say("déployé", f"{component} : {commit_of(found)}, {ready} pods, {image}")


def _chain(options: argparse.Namespace) -> supply.Chain:
    return supply.Chain(options.exiger, options.cle, options.cle_publique, options.identite)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/livrer",
        description="Mène un commit jusqu'au cluster : construit, essaie, décrit, analyse, pousse, signe, déploie par "
        "empreinte, contrôle ce qui répond, et revient de soi-même à ce qui tournait si quelque chose ne va pas.",
    )
    verbs = parser.add_subparsers(dest="verbe", required=True, metavar="VERBE")
    texts = {
        "tout": "préparer, puis déployer",
        "preparer": "du commit aux images poussées et signées, sans toucher à un cluster",
        "deployer": "des images déjà poussées, nommées par leur empreinte, au cluster",
        "decrire": "dire ce que contiennent les images que Compose a construites, et les analyser",
        "etat": "dire ce qui est déployé",
        "historique": "dire ce qui a été livré, quand, par qui, et comment cela a fini",
    }
    for verb, text in texts.items():
        add = verbs.add_parser(verb, help=text, description=text).add_argument
        if verb == "decrire":
            add("dossier", type=Path, help="où écrire les listes (SBOM)")
        elif verb != "preparer":
            add("--contexte", required=True, help="contexte kubectl du cluster")
        if verb in ("etat", "historique"):
            continue
        add("--exiger", action="append", default=[], choices=supply.STEPS, help="échouer si cette étape est impossible")
        if verb == "decrire":
            continue
        add("--commit", default="HEAD", help="ce qui est livré ; les fichiers du dossier de travail ne comptent pas")
        add("--cle", default="", help="clé privée de cosign ; sans elle, la signature est sans clé, si elle est exigée")
        add("--cle-publique", default="", help="clé publique qui doit avoir signé ce qu'on déploie")
        add("--identite", default="", help="motif de l'identité qui doit avoir signé sans clé")
        if verb != "deployer":
            add("--registre", required=True, help="où pousser, par exemple localhost:5001")
            add("--bases-figees", action="store_true", help="partir des images de base de services/bases.Dockerfile")
        if verb == "deployer":
            add("--image", action="append", type=_image, required=True, help="api=NOM@sha256:…, et de même front")
        if verb != "preparer":
            add("--adresse", default="http://localhost:30080", help="où les utilisateurs appellent le front")
            add("--delai", type=int, default=120, help="secondes laissées aux pods pour être prêts")
            add("--attendre", type=float, default=0, help="secondes à attendre si une autre livraison est en cours")
            add(
                "--sans-essai",
                action="store_true",
                help="remplacer sans essayer à l'écart : pas de place pour deux pods",
            )
    return parser


def _image(text: str) -> tuple[str, str]:
    component, _, image = text.partition("=")
    if component not in COMPONENTS or not image:
        raise argparse.ArgumentTypeError(f"api=… ou front=… attendu, reçu « {text} »")
    return component, image


if __name__ == "__main__":
    sys.exit(main())
