"""What did a measurement find, and is it good?"""

import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from lossprobe.calls import Caller, Exchange, Loss, Mode

LISTED, SHOWN = 200, 10
CAUSES = {
    Loss.CONNECTION: "connexion impossible",
    Loss.CUT: "réponse coupée",
    Loss.LATE: "délai dépassé",
    Loss.STATUS: "statut autre que 200",
}
ROWS = {
    "requetes": "requêtes",
    "pertes": "pertes",
    **{f"pertes_{cause}": f"  {title}" for cause, title in CAUSES.items()},
    "connexions": "connexions ouvertes",
    "fermetures_annoncees": "fermées, annoncé",
    "fermetures_au_repos": "fermées au repos",
    "interruption_ms": "plus longue pause (ms)",
    "mediane_ms": "réponse médiane (ms)",
    "p95_ms": "95 % en moins de (ms)",
    "p99_ms": "99 % en moins de (ms)",
    "maximum_ms": "la plus lente (ms)",
}


def summarise(callers: list[Caller], began: float, ended: float, began_at: datetime) -> dict[str, Any]:
    """What these callers saw, as written to `resume.json`; `began` and `ended` are monotonic seconds."""
    lost = sorted(
        ((caller.mode, it) for caller in callers for it in caller.exchanges if it.loss),
        key=lambda pair: pair[1].began,
    )
    return {
        "debut": _instant(began_at),
        "duree_s": round(ended - began, 1),
        "fils": len(callers),
        "requetes": sum(len(caller.exchanges) for caller in callers),
        "pertes": len(lost),
        "pertes_en_s": round(max(it.ended for _, it in lost) - lost[0][1].began, 1) if lost else 0.0,
        "modes": {mode: _figures([it for it in callers if it.mode is mode], began, ended) for mode in Mode},
        "liste": [
            {
                "quand": _instant(began_at + timedelta(seconds=exchange.began - began)),
                "connexion": mode,
                "cause": exchange.loss,
                "detail": exchange.detail,
                "duree_ms": _ms(exchange.ended - exchange.began),
                "requete": exchange.name,
            }
            for mode, exchange in lost[:LISTED]
        ],
    }


def table(summary: dict[str, Any], *, losses_allowed: bool = False) -> str:
    """The summary on one screen, in French."""
    lines = [
        f"sonde\u00a0: {summary['url']}",
        f"durée\u00a0: {_number(summary['duree_s'])} s, {summary['fils']} fils",
        f"arrêt\u00a0: {summary['arret']}",
        "",
        f"{'connexions':<26}{'gardées':>12}{'nouvelles':>12}",
    ]
    for key, title in ROWS.items():
        cells = [_number(summary["modes"][mode][key]) for mode in Mode]
        lines.append(f"{title:<26}" + "".join(f"{cell:>12}" for cell in cells))
    losses = summary["liste"][:SHOWN]
    if losses:
        lines += ["", "requêtes perdues"]
    for loss in losses:
        lines.append(
            f"  {loss['quand']}  {loss['connexion']:<9}  {CAUSES[Loss(loss['cause'])]}, après "
            f"{_number(loss['duree_ms'])} ms\u00a0: {loss['detail']} ({loss['requete']})"
        )
    if summary["pertes"] > len(losses):
        lines.append(f"  et {_number(summary['pertes'] - len(losses))} autres")
    return "\n".join([*lines, "", f"verdict\u00a0: {verdict(summary, losses_allowed=losses_allowed)[1]}"])


def verdict(summary: dict[str, Any], *, losses_allowed: bool = False) -> tuple[bool, str]:
    """Whether the measurement proves that nothing was lost, or how much was, and the sentence that says so."""
    total, lost = summary["requetes"], summary["pertes"]
    fewest = min(figures["requetes"] for figures in summary["modes"].values())
    if lost and not losses_allowed:
        return False, _lost(summary)
    if not summary["complet"]:
        return False, f"mesure incomplète, la sonde s'est arrêtée d'elle-même ({summary['arret']})"
    if fewest < summary["minimum"]:
        wanted = _number(summary["minimum"])
        return False, f"mesure trop courte, {_number(fewest)} requêtes par mode au lieu de {wanted}"
    return True, _lost(summary) if lost else f"aucune requête perdue sur {_number(total)}"


def _lost(summary: dict[str, Any]) -> str:
    plural = "s" if summary["pertes"] > 1 else ""
    count = f"{_number(summary['pertes'])} requête{plural} perdue{plural} sur {_number(summary['requetes'])}"
    return f"{count}, en {_number(summary['pertes_en_s'])} s"


def _figures(callers: list[Caller], began: float, ended: float) -> dict[str, Any]:
    """What the callers of one mode saw, together."""
    exchanges = [exchange for caller in callers for exchange in caller.exchanges]
    good = [exchange for exchange in exchanges if exchange.loss is None]
    causes = Counter(exchange.loss for exchange in exchanges)
    times = sorted(exchange.ended - exchange.began for exchange in good)
    return {
        "requetes": len(exchanges),
        "pertes": len(exchanges) - len(good),
        **{f"pertes_{loss}": causes[loss] for loss in Loss},
        "connexions": sum(caller.opened for caller in callers),
        "fermetures_annoncees": sum(caller.closed_announced for caller in callers),
        "fermetures_au_repos": sum(caller.closed_idle for caller in callers),
        "interruption_ms": _ms(_longest_gap(good, began, ended)),
        "mediane_ms": _percentile(times, 0.5),
        "p95_ms": _percentile(times, 0.95),
        "p99_ms": _percentile(times, 0.99),
        "maximum_ms": _percentile(times, 1),
    }


def _longest_gap(good: list[Exchange], began: float, ended: float) -> float:
    """The longest time (seconds) during which no caller of the mode finished a good answer."""
    instants = [began, *sorted(exchange.ended for exchange in good), ended]
    return max(after - before for before, after in pairwise(instants))


def _percentile(times: list[float], share: float) -> float | None:
    """The time (ms) that this share of the answers did not exceed; None without answers."""
    return _ms(times[math.ceil(share * len(times)) - 1]) if times else None


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def _number(value: float | None) -> str:
    """French figures: a comma, and a non-breaking space between thousands."""
    if value is None:
        return "–"
    return f"{value:,}".translate({ord(","): "\u00a0", ord("."): ","})


def _instant(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"
