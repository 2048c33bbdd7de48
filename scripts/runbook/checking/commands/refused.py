"""Commands that no page should ask of its reader, each with what to write in its place."""

from collections.abc import Iterator

from runbook.checking.blocks.situation import Rule, Situation, finding
from runbook.checking.blocks.words import Command
from runbook.checking.finding import Finding

INSTEAD = {
    "sleep": ("« sleep » attend au hasard", "attendre une condition : --wait, kubectl wait, ou data-reessayer"),
    "usleep": ("« usleep » attend au hasard", "attendre une condition : --wait, kubectl wait, ou data-reessayer"),
    "sudo": (
        "« sudo » demande des droits que le lecteur n'a peut-être pas",
        "écrire une commande qui n'en a pas besoin",
    ),
    "su": ("« su » change d'utilisateur", "écrire une commande qui n'en a pas besoin"),
    "eval": ("« eval » exécute un texte que personne n'a relu", "écrire la commande elle-même"),
    **{
        name: (f"« {name} » attend quelqu'un au clavier", "écrire une commande qui finit seule")
        for name in ("less", "more", "vi", "vim", "nano", "emacs", "watch", "htop", "man")
    },
    "top": ("« top » ne finit pas", "« top -b -n 1 » n'existe pas partout : lire une mesure qui finit seule"),
    "docker-compose": (
        "« docker-compose » est l'ancienne commande, absente des postes récents",
        "écrire « docker compose »",
    ),
    "exit": ("« exit » ferme le terminal du lecteur", "laisser finir le bloc, ou data-code pour un échec attendu"),
    "logout": ("« logout » ferme le terminal du lecteur", "laisser finir le bloc"),
}


def refused(command: Command, _: Situation) -> Iterator[Finding]:
    """Why not, and what else."""
    if not command.block.not_run:
        yield finding(command, "refused", *INSTEAD[command.name], command.words[0])


RESOLVERS: dict[str, Rule] = dict.fromkeys(INSTEAD, refused)
