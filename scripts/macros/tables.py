"""How do facts become Markdown tables?"""

from collections.abc import Collection, Iterable, Sequence

from .recette import DescribedObject, Recette, Workload
from .services import Service, Setting
from .sources import SourceError

_ABSENT = "–"
_ROLES = {
    ("Namespace", None): "Isole la recette du reste du cluster ; refuse tout pod sous le niveau `{0.pod_security}`",
    ("ConfigMap", None): "Paramètres non sensibles, lus par les deux composants à leur démarrage",
    ("Secret", None): "Jeton d'administration de l'API, {0.secret_given} ; jamais dans git",
    ("PodDisruptionBudget", "api"): "Quand un nœud est vidé, l'API rend ses pods un par un",
    ("Deployment", "api"): "{0.api.replicas} réplicas de l'API, remplacés un par un",
    ("Deployment", "front"): "{0.front.replicas} réplica du front",
    ("Service", "api"): "Adresse interne de l'API ({0.api.service_type}), port {0.api.service_port} vers {0.api.port}",
    (
        "Service",
        "front",
    ): (
        "Adresse du front pour un navigateur ({0.front.service_type} {0.front.node_port}), port "
        "{0.front.service_port} vers {0.front.port}"
    ),
}


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], counts: Collection[str] = ()) -> str:
    """A Markdown table; bars inside cells are escaped, and the columns of `counts` are set to the right."""
    lines = [headings, ["---:" if heading in counts else "---" for heading in headings], *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def code(value: object) -> str:
    """`value` as code, or a dash for nothing."""
    return _ABSENT if value is None else f"`{value}`"


def objects_table(recette: Recette) -> str:
    """Every object of the recette, its role and its file; raises if one has no role."""
    return table(
        ("Objet", "Nom", "Rôle", "Fichier"),
        ((item.kind, code(item.name), _role(item).format(recette), code(item.file)) for item in recette.objects),
    )


def workloads_table(api: Workload, front: Workload) -> str:
    """The two Deployments side by side."""

    def row(title: str, value: str, text: str = "{}") -> tuple[str, ...]:
        return (title, *(text.format(getattr(workload, value)) for workload in (api, front)))

    return table(
        ("Réglage", "API", "Front"),
        (
            row("Deployment", "deployment", "`{}`"),
            row("Réplicas", "replicas"),
            row("Image", "image", "`{}`"),
            row("Port du conteneur", "port"),
            row("Mémoire réservée", "memory_request"),
            row("Mémoire maximale", "memory_limit"),
            row("Processeur réservé", "cpu_request"),
            row("Utilisateur", "user"),
            row("Pause avant l'arrêt", "pre_stop", "{} s"),
            row("Délai d'arrêt", "grace", "{} s"),
        ),
    )


def probes_table(workload: Workload) -> str:
    """The three probes of a workload and what a failure leads to."""
    probes = (
        ("Démarrage", workload.startup, "le conteneur est redémarré"),
        ("Disponibilité", workload.readiness, "le pod sort du Service, sans être redémarré"),
        ("Vie", workload.liveness, "le conteneur est redémarré"),
    )
    return table(
        ("Sonde", "Adresse", "Toutes les", "Échec après", "Effet d'un échec"),
        (
            (title, code(probe.path), f"{probe.period} s", f"{probe.failures} essais", effect)
            for title, probe, effect in probes
        ),
    )


def routes_table(service: Service, meanings: dict[str, str]) -> str:
    """The routes of a service; raises if code and meanings do not name the same ones."""
    _same(meanings, [route.path for route in service.routes], f"routes de {service.name}")
    return table(
        ("Route", "Méthode", "Réponse"),
        ((code(route.path), ", ".join(route.methods), meanings[route.path]) for route in service.routes),
    )


def settings_table(services: Sequence[Service], group: str, recette: Recette, meanings: dict[str, str]) -> str:
    """The variables of `group`: a service's own, or the « commun » ones that both set alike.

    Raises if code and meanings do not name the same variables.
    """
    _same(meanings, {item.name for service in services for item in service.settings}, "variables")
    rows = {
        service.name: {item.name: _row(item, service, recette, meanings) for item in service.settings}
        for service in services
    }
    first, second = rows.values()
    common = {name for name in first if second.get(name) == first[name]}
    chosen = (
        {name: first[name] for name in first if name in common}
        if group == "commun"
        else {name: row for name, row in rows[group].items() if name not in common}
    )
    return table(
        ("Variable", "Rôle et valeurs admises", "Défaut", "Développement", "Recette"),
        ((code(name), *row) for name, row in chosen.items()),
    )


def _row(setting: Setting, service: Service, recette: Recette, meanings: dict[str, str]) -> tuple[str, ...]:
    """What the setting means, then its value by default, in development and in the recette."""
    meaning, name = meanings[setting.name], setting.name
    image, developed = service.image_environment.get(name), service.environment.get(name, _ABSENT)
    return (
        f"{meaning}<br>*{setting.allowed}*" if setting.allowed else meaning,
        _value(setting.default) if image is None else f"{_value(image)} (image)",
        {None: "reprise du poste si elle y est", _ABSENT: _ABSENT}.get(developed) or _value(developed),
        _recette(setting, service.name, recette),
    )


def _recette(setting: Setting, service: str, recette: Recette) -> str:
    workload: Workload = getattr(recette, service)
    if setting.name not in workload.environment:
        return _ABSENT
    value = workload.environment[setting.name]
    if value is None:
        return "valeur du Secret"
    return f"{_value(value)} (Secret)" if setting.secret else _value(value)


def _value(value: str | None) -> str:
    return "vide" if value == "" else code(value)


def _role(item: DescribedObject) -> str:
    try:
        return _ROLES[item.kind, item.component]
    except KeyError:
        raise SourceError(
            f"{item.file} : {item.kind} {item.name} n'a pas de rôle dans scripts/macros/tables.py"
        ) from None


def _same(meanings: dict[str, str], names: Iterable[str], what: str) -> None:
    found, described = set(names), set(meanings)
    if missing := found - described:
        raise SourceError(f"docs/_data/services.yaml, {what} : décrire {', '.join(sorted(missing))}")
    if unknown := described - found:
        raise SourceError(f"docs/_data/services.yaml, {what} : le code ne connaît pas {', '.join(sorted(unknown))}")
