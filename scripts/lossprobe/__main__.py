"""What can be asked of the probe on the command line?"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from lossprobe import background
from lossprobe.calls import Target
from lossprobe.figures import table, verdict
from lossprobe.measure import FIRST_ANSWERS, PATIENCE, ProbeError, Settings, measure

FOLDER = Path(__file__).resolve().parents[2] / ".runbook" / "sonde"


def main() -> int:
    """0: nothing was lost; 1: something was, or too little was measured; 2: nothing was measured."""
    options = _parser().parse_args()
    folder: Path = options.dossier.resolve()
    try:
        if options.verbe == "demarrer":
            background.start([*_arguments(options), f"--dossier={folder}"], folder)
            print(f"{FIRST_ANSWERS} de {options.url}")
            return 0
        summary = background.stop(folder) if options.verbe == "arreter" else measure(_settings(options), folder)
    except ProbeError as error:
        print(f"sonde\u00a0: {error}", file=sys.stderr)
        return 2
    print(table(summary, losses_allowed=options.constater))
    return 0 if verdict(summary, losses_allowed=options.constater)[0] else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/sonde",
        description="Appelle une adresse sans arrêt et compte les requêtes perdues, sur des "
        "connexions gardées et sur des connexions nouvelles, sans jamais en renvoyer une.",
    )
    verbs = parser.add_subparsers(dest="verbe", required=True, metavar="VERBE")
    texts = {
        "mesurer": "mesurer jusqu'à un signal, la durée ou le fichier « fin » du dossier",
        "demarrer": "mesurer en arrière-plan ; rend la main aux premières réponses",
        "arreter": "arrêter la mesure d'arrière-plan et en donner le résultat",
    }
    for verb, text in texts.items():
        command = verbs.add_parser(verb, help=text, description=text)
        command.add_argument("--dossier", type=Path, default=FOLDER, help="où vont les résultats")
        command.add_argument("--constater", action="store_true", help="compter les pertes sans en faire un échec")
        if verb == "arreter":
            continue
        add = command.add_argument
        add("url", help="adresse http:// à appeler")
        add("--duree", type=_positive(float), help="secondes (par défaut : jusqu'à l'arrêt demandé)")
        add("--maximum", type=_positive(int), default=100_000, help="requêtes au plus")
        add(
            "--minimum",
            type=_positive(int),
            default=1,
            help=f"requêtes au moins par mode : l'arrêt demandé les attend {PATIENCE:.0f} s, puis échec",
        )
        add("--fils", type=_positive(int), default=2, help="fils par mode")
        add(
            "--pause",
            type=_positive(float),
            default=25,
            help="millisecondes entre deux requêtes d'un fil",
        )
        add("--delai", type=_positive(float), default=5, help="secondes laissées à une requête")
    return parser


def _positive(kind: type[int] | type[float]) -> Callable[[str], float]:
    """A type for argparse: without callers, pauses or deadlines a measurement would prove nothing."""

    def convert(text: str) -> float:
        value = kind(text)
        if not value > 0:
            raise argparse.ArgumentTypeError(f"nombre positif attendu, reçu « {text} »")
        return value

    return convert


PORTS = {"http": 80, "https": 443}


def _settings(options: argparse.Namespace) -> Settings:
    parts = urlsplit(options.url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ProbeError(f"adresse http:// ou https:// attendue, reçu « {options.url} »")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Settings(
        url=options.url,
        target=Target(parts.hostname, parts.port or PORTS[parts.scheme], path, options.delai, parts.scheme == "https"),
        duration=options.duree,
        maximum=options.maximum,
        minimum=options.minimum,
        threads=options.fils,
        pause=options.pause / 1000,
    )


def _arguments(options: argparse.Namespace) -> list[str]:
    """The options of `demarrer`, said again for the `mesurer` that it starts."""
    names = ("duree", "maximum", "minimum", "fils", "pause", "delai")
    given = {name: getattr(options, name) for name in names}
    return [
        options.url,
        *(f"--{name}={value}" for name, value in given.items() if value is not None),
    ]


if __name__ == "__main__":
    sys.exit(main())
