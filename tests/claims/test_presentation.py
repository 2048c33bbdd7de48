"""Claims of the deck, of its notes, and of the page that leads to it."""

import re
from functools import partial
from typing import Any

import pytest

from datapress_front.settings import FrontSettings
from macros.deck_proof import proof
from macros.evidence import Evidence
from macros.roadmap import read_roadmap
from runbook.checking.offered.model import Model
from tests.claims.facts import DEPLOYMENTS, NOBODY, ROOT, api, documented, front, page, pipeline, source

DECK = "presentation/diaporama.md"
telling = partial(pytest.mark.claim, DECK)
showing = partial(pytest.mark.claim, "presentation/index.md")

KEYS = {
    "`→`, `↓`, `Page suivante` ou espace | Diapositive suivante": (
        {"ArrowRight", "ArrowDown", "PageDown", " "},
        "suivante",
    ),
    "`←`, `↑` ou `Page précédente` | Diapositive précédente": ({"ArrowLeft", "ArrowUp", "PageUp"}, "precedente"),
    "`F` | Plein écran": ({"f"}, "ecran"),
    "`N` | Notes de l'orateur": ({"n"}, "notes"),
}


def _slides() -> list[str]:
    return page(DECK).page.markdown.split("\n---\n")


def _slide(anchor: str) -> str:
    (found,) = (slide for slide in _slides() if f"{{ #{anchor} }}" in slide)
    return found


def _script_keys() -> dict[str, str]:
    table = source("docs/assets/diaporama.js").partition("const keys = {")[2].partition("};")[0]
    return {
        name.strip('" ') or " ": gesture
        for name, gesture in re.findall(r'^\s+("[^"]+"|\w+): "(\w+)"', table, re.MULTILINE)
    }


# The page before the deck


@showing("Dix diapositives pour une réunion de validation, du serveur unique aux trois décisions demandées.")
@telling("Annoncer les trois décisions attendues en fin de réunion")
@telling("## Trois décisions sont demandées aujourd'hui { #decision }")
def test_ten_slides_end_with_three_decisions() -> None:
    assert len(_slides()) == 10
    assert len(re.findall(r"^\d\. \*\*", _slide("decision"), re.MULTILINE)) == 3
    assert "{ #decision }" in _slides()[-1]
    assert "{ #contexte }" in _slides()[1]


@pytest.mark.parametrize(
    ("keys", "gesture"), [pytest.param(*value, marks=showing(f"| {words} |")) for words, value in KEYS.items()]
)
def test_a_key_does_what_the_table_says(keys: set[str], gesture: str) -> None:
    assert {key for key, done in _script_keys().items() if done == gesture} == keys


@showing("| `Début`, `Fin` | Première, dernière |")
def test_home_and_end_lead_to_the_first_and_the_last_slide() -> None:
    script = source("docs/assets/diaporama.js")

    assert (_script_keys()["Home"], _script_keys()["End"]) == ("premiere", "derniere")
    assert "premiere: () => show(0)" in script
    assert "derniere: () => show(pages.length - 1)" in script
    assert "suivante: () => show(current + 1)" in script
    assert "precedente: () => show(current - 1)" in script


@showing("| `Ctrl` + `P` | Imprimer, une diapositive par feuille |")
@showing("Sur un téléphone, les diapositives se lisent l'une sous l'autre.")
def test_the_style_sheet_puts_one_slide_on_a_sheet_and_hides_none_on_a_phone() -> None:
    style, script = source("docs/assets/diaporama.css"), source("docs/assets/diaporama.js")
    wide = style.partition("@media screen and (min-width: 50em)")[2].partition("\n}\n")[0]

    assert "event.ctrlKey" in script.partition("addEventListener")[2].partition("preventDefault")[0]
    assert "break-after: page" in style.partition("@media print")[2]
    assert re.search(r"\.dp-anime \.dp-page \{\s+display: none;", wide)
    assert not re.search(r"\.dp-page[^{]*\{[^}]*display: none", style.replace(wide, ""))


@showing(
    "Chaque diapositive a son adresse : la [diapositive des preuves](diaporama.md#preuves) peut être envoyée seule."
)
def test_every_slide_has_an_address() -> None:
    anchors = [re.search(r"^#{1,2} .*\{ #([\w-]+) \}$", slide, re.MULTILINE) for slide in _slides()]

    assert all(anchors)
    assert len({anchor[1] for anchor in anchors if anchor}) == 10
    assert 'history.replaceState(null, "", `#${heading.id}`)' in source("docs/assets/diaporama.js")
    assert "location.hash" in source("docs/assets/diaporama.js")


@showing("<code>scripts/presentation</code> les fabrique et les ajoute ici.")
@showing(
    "Le fichier PowerPoint se modifie : titres, textes, tableaux, formes des schémas et notes y sont de vrais objets."
)
@showing("Ce qui doit durer se corrige dans `docs/presentation/diaporama.md`, d'où les trois formes sont tirées.")
def test_the_files_are_made_of_the_built_page_of_the_deck() -> None:
    making, powerpoint = source("scripts/deck/__main__.py"), source("scripts/deck/powerpoint.py")

    assert 'page = folder / "diaporama" / "index.html"' in making
    assert "slides = read_slides(page)" in making
    assert "_print(page, pdf)" in making
    assert re.search(r"add_table\(", powerpoint)
    assert "notes_slide" in powerpoint
    assert not re.search(r"add_picture\(", powerpoint)


@showing("leurs chiffres sont ceux de la [dernière exécution](../preuves/index.md), leurs schémas ceux des manifestes.")
@telling("Ces chiffres sont lus dans l'enregistrement de la dernière exécution : personne ne les a recopiés.")
@telling("`scripts/demo --once` exécute les pages et reconstruit ce support avec leurs résultats.")
@telling("Aucune exécution enregistrée : ce support n'affirme aucun chiffre.")
def test_without_a_record_the_deck_claims_no_figure() -> None:
    told = proof(Evidence())
    written = source("docs/presentation/diaporama.md").partition("{ #preuves }")[2].partition("\n---\n")[0]

    assert re.search(r"^0\n", told.figures)
    assert "[[= deck.figures =]]" in written
    assert not re.search(r"\d{2}", written)
    assert re.search(
        r"runbook run --check.*mkdocs build.*scripts/presentation.*--once",
        source("scripts/demo").partition("scripts/prepare run")[2],
        re.DOTALL,
    )


# The notes that name other slides


@telling("il revient à la diapositive 9 sous forme de recommandations.")
@telling("le front est publié sur le port 30080, solution provisoire assumée (diapositive 9).")
def test_the_ninth_slide_is_that_of_the_limits() -> None:
    ninth = _slides()[8]

    assert "{ #limites }" in ninth
    assert "| Limite d'aujourd'hui | Recommandation |" in ninth
    assert {int(number) for slide in _slides() for number in re.findall(r"diapositives? (\d+)", slide)} == {9}


@telling("Quatre problèmes, une cause.")
@telling("le remplacer à l'identique ne changerait rien aux trois autres problèmes.")
def test_four_problems_are_told() -> None:
    assert len(re.findall(r"^- \*\*", _slide("contexte"), re.MULTILINE)) == 4
    assert (
        len(
            re.findall(
                r"^\| [^|-]",
                page("contexte.md").page.markdown.partition("{ #problemes }")[2].partition("\n## ")[0],
                re.MULTILINE,
            )
        )
        - 1
        == 4
    )


@telling("## Six choses à prouver, sans toucher à la production { #objectifs }")
def test_six_things_are_to_be_proven() -> None:
    asked = page("contexte.md").page.markdown.partition("{ #objectifs }")[2].partition("\n## ")[0]

    assert (
        len(re.findall(r"^\| (?!Attente|---)", _slide("objectifs"), re.MULTILINE))
        == len(re.findall(r"^\d\. ", asked, re.MULTILINE))
        == 6
    )


# What the slides claim of the project


@telling("| Séparer le front et l'API | Deux services, deux images, un seul lien HTTP |")
@telling("Seule la configuration change : `compose.yaml` sur le poste, ConfigMap et Secret en recette.")
@telling("La recette utilise les mêmes images : ce qui est essayé sur un poste est ce qui y est déployé.")
def test_the_same_two_images_run_on_a_machine_and_in_the_recette(model: Model, manifest: Any) -> None:
    images = {service["image"] for service in model.services.values()}

    assert len(images) == len(model.services) == 2
    assert {
        container["image"] for name in DEPLOYMENTS for container in manifest("Deployment", name).containers
    } == images
    assert [name for name, service in model.services.items() if "depends_on" in service] == ["front"]
    assert {item.kind for item in model.objects} >= {"ConfigMap", "Secret"}


@telling("| Conteneuriser proprement | Images en deux étapes, sans `root`, dépendances figées |")
@telling("| Utilisateur 10001, jamais `root`, sans privilège |")
@telling("| Système de fichiers en lecture seule | Sondes de démarrage, de disponibilité et de vie |")
@telling("| Mémoire bornée à 192 Mio par pod |")
@telling(
    "Rien de tout cela ne dépend d'une consigne à retenir : ce sont des lignes de manifeste, contrôlées par des tests."
)
@telling(
    "Le niveau de sécurité des pods est « restricted », le plus strict que Kubernetes définit ; l'espace de noms l'impose sur les clusters qui le connaissent."
)
@pytest.mark.claim("feuille-de-route.md", "le durcissement des pods, lui, est livré")
@pytest.mark.parametrize("name", ["api", "front"])
def test_safety_stands_in_the_manifests(manifest: Any, name: str) -> None:
    pod = manifest("Deployment", f"datapress-{name}").at("spec", "template", "spec")
    (container,) = pod["containers"]
    dockerfile = source(f"services/{name}/Dockerfile")

    assert (pod["securityContext"]["runAsUser"], pod["securityContext"]["runAsNonRoot"]) == (10001, True)
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"startupProbe", "readinessProbe", "livenessProbe"} <= set(container)
    assert container["resources"]["limits"]["memory"] == "192Mi"
    assert len(re.findall(r"^FROM ", dockerfile, re.MULTILINE)) == 2
    assert "\nUSER 10001:10001\n" in dockerfile
    assert "--require-hashes" in dockerfile
    assert manifest("Namespace", "datapress-recette").labels["pod-security.kubernetes.io/enforce"] == "restricted"


@telling("2 pods d'API ; un pod perdu est remplacé |")
@telling("Arrêt après 5 s, sans couper une requête |")
def test_a_pod_of_the_api_goes_on_for_five_seconds_before_it_stops(manifest: Any) -> None:
    deployment = manifest("Deployment", "datapress-api")

    assert deployment.at("spec", "replicas") == 2
    assert deployment.containers[0]["lifecycle"]["preStop"]["exec"]["command"][-1] == "import time; time.sleep(5)"


@telling("Pas encore : filtrage entre pods, échanges chiffrés, second front, second nœud.")
@telling("| Tout pod peut appeler l'API | Filtrage par NetworkPolicies |")
@telling("| Échanges en clair, sur un port | Gateway API et cert-manager |")
@pytest.mark.claim("feuille-de-route.md", "Aujourd'hui, tout pod du cluster peut appeler l'API")
@pytest.mark.claim(
    "feuille-de-route.md",
    "**Un front à 1 réplica.** Il se met à jour sans coupure, mais sa perte brutale se voit le temps du remplacement.",
)
def test_what_is_missing_is_still_missing(model: Model, manifest: Any) -> None:
    kinds = {item.kind for item in model.objects}
    ports = [port for item in model.of_kind("Service") for port in item.at("spec", "ports")]

    assert kinds & {"NetworkPolicy", "Ingress", "Gateway", "HTTPRoute", "Certificate"} == set()
    assert {port["port"] for port in ports} == {80}
    assert manifest("Deployment", "datapress-front").at("spec", "replicas") == 1
    assert manifest("Deployment", "datapress-front").at("spec", "strategy", "rollingUpdate", "maxUnavailable") == 0
    assert len(next(model.of_kind("Cluster")).at("nodes")) == 1


@telling("Le navigateur ne parle qu'au front ; c'est le serveur du front qui appelle l'API.")
def test_a_browser_is_given_no_way_to_the_api(manifest: Any) -> None:
    given = manifest("ConfigMap", "datapress-config").at("data")
    answer = front(**{**given, "API_BASE_URL": NOBODY}).get("/")

    assert given["API_PUBLIC_URL"] == ""
    assert given["API_BASE_URL"] == "http://datapress-api"
    assert "datapress-api" not in answer.text
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "connect-src" not in answer.headers["Content-Security-Policy"]


@telling("Le prix : un appel réseau de plus, borné à 1 s pour se connecter et 2 s pour lire.")
def test_the_call_to_the_api_has_its_limits(manifest: Any) -> None:
    given = manifest("ConfigMap", "datapress-config").at("data")

    assert (given["API_CONNECT_TIMEOUT"], given["API_READ_TIMEOUT"]) == ("1", "2")
    assert (FrontSettings().api_connect_timeout, FrontSettings().api_read_timeout) == (1.0, 2.0)


@telling("| Structurer le dépôt | Un dossier par rôle |")
@telling("**Changer seul** Image, version et déploiement propres.")
def test_each_service_has_its_image_its_version_and_its_deployment(model: Model) -> None:
    assert {item.name for item in model.of_kind("Deployment")} == set(DEPLOYMENTS)
    assert api(API_VERSION="2.0").get("/health").get_json()["version"] == "2.0"
    assert front(FRONT_VERSION="3.0", API_BASE_URL=NOBODY).get("/health").get_json()["version"] == "3.0"
    assert all(
        (ROOT / folder).is_dir() for folder in ("services/api", "services/front", "k8s", "docs", "scripts", "tests")
    )


@telling("| Déployer sur une recette Kubernetes | 7 manifestes, appliqués un par un ou en une commande |")
def test_seven_manifests_are_applied() -> None:
    applied = [
        block.code
        for found in documented()
        for block in found.blocks
        if found.page.uri == "exploitation/deployer.md" and "kubectl apply" in block.code
    ]

    assert [len(code.splitlines()) for code in applied] == [7, 1]
    assert len(list((ROOT / "k8s").glob("*.yaml"))) - (ROOT / "k8s/secret.yaml").exists() + 1 == 7


@telling("| Documenter pour exploiter | Une procédure par situation, exécutée telle qu'elle est publiée |")
@telling("**Exécuter** Chaque commande publiée tourne et son résultat est comparé, ou la page dit pourquoi.")
def test_every_command_has_a_target_or_a_reason() -> None:
    commands = [block for found in documented() for block in found.blocks]

    assert [block.code for block in commands if not block.target and not block.not_run] == []
    assert [problem for found in documented() for problem in found.problems] == []


# The pipeline on a slide


@telling(
    "La chaîne tourne aussi chaque lundi et chaque jeudi, parce que Docker, Kubernetes et l'image de base changent même quand le dépôt ne change pas."
)
@telling("Le déploiement automatique en recette est prévu ; il n'est pas livré.")
@telling("**Publier** Les images publiées sont celles qui viennent d'être éprouvées.")
@telling("| Amorcer la CI/CD | Tests, images et documentation contrôlés à chaque changement |")
def test_the_pipeline_runs_twice_a_week_publishes_what_it_tried_and_deploys_nothing() -> None:
    workflow = pipeline()
    jobs = workflow["jobs"]
    commands = {name: "\n".join(step.get("run", "") for step in job["steps"]) for name, job in jobs.items()}

    assert [entry["cron"].split()[-1] for entry in workflow[True]["schedule"]] == ["1,4"]
    assert "docker save" in commands["every-target"]
    assert "docker load" in commands["publish-images"]
    assert "build" not in commands["publish-images"]
    assert not any(re.search(r"kubectl|helm", command) for command in commands.values())
    assert {"push", "pull_request"} <= set(workflow[True])


# The price


ROWS = {
    "| Échanges en clair, sur un port | Gateway API et cert-manager | 5 à 15 jours | Moyen |": "exposition",
    "| Tout pod peut appeler l'API | Filtrage par NetworkPolicies | 2 à 5 jours | Faible |": "securite",
    "| Aucune reprise de données | PostgreSQL, restauration éprouvée | 15 à 40 jours | Élevé |": "donnees",
    "| Personne n'est prévenu d'une panne | Prometheus, Grafana, Loki et alertes | 5 à 15 jours | Moyen |": "observabilite",
}


@pytest.mark.parametrize(
    ("row", "anchor"), [pytest.param(row, anchor, marks=telling(row)) for row, anchor in ROWS.items()]
)
def test_a_limit_has_the_effort_and_the_risk_of_its_card(row: str, anchor: str) -> None:
    (card,) = (
        card for card in read_roadmap(ROOT / "docs/feuille-de-route.md").stages["horizon-1"] if card.anchor == anchor
    )
    assert card.days

    assert f"| {card.days[0]} à {card.days[1]} jours | {re.split(r'[^A-Za-zÉé]', card.terms['Risque'])[0]} |" in row


@telling("## Quatre chantiers avant la production, aucune licence { #limites }")
@telling("**27 à 75 jours de travail en tout**")
@telling("Les quatre chantiers passent avant toute mise en production")
@telling("Le risque le plus élevé n'est pas Kubernetes, ce sont les données : plus de la moitié de l'effort.")
@pytest.mark.claim(
    "feuille-de-route.md",
    "Continuer demande **27 à 75 jours de travail avant toute mise en production**, puis 11 à 30 jours pour industrialiser.",
)
@pytest.mark.claim("feuille-de-route.md", "le poste le plus lourd et le plus risqué est la base de données.")
def test_four_cards_come_first_and_the_data_are_most_of_their_effort() -> None:
    roadmap = read_roadmap(ROOT / "docs/feuille-de-route.md")
    first = roadmap.stages["horizon-1"]
    low, high = (sum(card.days[side] for card in first if card.days) for side in (0, 1))
    (data,) = (card for card in first if card.anchor == "donnees")
    assert data.days

    assert {card.anchor for card in first} == set(ROWS.values())
    assert (low, high) == (27, 75)
    assert data.days[0] > low / 2
    assert data.days[1] > high / 2
    assert [card.anchor for card in first if card.terms["Risque"].startswith("Élevé")] == ["donnees"]
    assert roadmap.days("horizon-2") == "11 à 30"


@telling(
    "Ingress-nginx et Promtail, souvent cités, sont en fin de vie depuis mars 2026 : la feuille de route donne leurs remplaçants."
)
def test_the_roadmap_has_something_else_for_what_is_no_longer_maintained() -> None:
    cards = {
        card.anchor: card.terms["Choix d'aujourd'hui"]
        for card in read_roadmap(ROOT / "docs/feuille-de-route.md").stages["horizon-1"]
    }

    assert re.search(r"\*\*Gateway API\*\*.*ingress-nginx.*depuis mars 2026", cards["exposition"])
    assert re.search(r"\*\*Grafana Alloy\*\*, Promtail.*depuis mars 2026", cards["observabilite"])


@telling("Ils valent pour l'arrêt ordonné d'un pod ; un conteneur tué net perd les requêtes qu'il traitait.")
@telling("Le détail, commande par commande, est dans la page Preuves du site.")
def test_the_figures_come_from_pages_that_stop_pods_in_order() -> None:
    measured = ("exploitation/haute-disponibilite.md", "exploitation/mettre-a-jour.md")
    codes = [block.code for found in documented() for block in found.blocks if found.page.uri in measured]

    assert not any(re.search(r"--force|kill|--grace-period=0", code) for code in codes)
    assert all(f'"{uri}"' in source("scripts/macros/deck_proof.py") for uri in measured)


@telling("**Refuser** Un écart bloque le changement, à la page et à la ligne.")
def test_a_difference_fails_the_step_that_publication_waits_for() -> None:
    jobs = pipeline()["jobs"]
    (trying,) = (step for step in jobs["every-target"]["steps"] if step.get("run", "").startswith("scripts/test"))

    assert not {"if", "continue-on-error"} & set(trying)
    assert all("every-target" in jobs[name]["needs"] for name in ("publish-site", "publish-images"))


@telling("1. **Poursuivre ou non** Nous recommandons de poursuivre")
@telling(
    "2. **Où vit la base de données** Dans le cluster avec un opérateur, ou hors du cluster si une équipe l'administre déjà : ce choix commande les autres."
)
@telling("3. **Qui exploite** Un cluster demande des personnes qui sachent le lire")
@telling("Sans réponse aux deux dernières, rien ne doit partir en production.")
@pytest.mark.claim(
    "feuille-de-route.md", "2. **Où vit la base de données.** C'est le choix qui commande tous les autres."
)
def test_the_decisions_are_those_of_the_roadmap_in_its_order() -> None:
    roadmap = page("feuille-de-route.md").page.markdown.partition("{ #decision }")[2]
    (data,) = (
        card for card in read_roadmap(ROOT / "docs/feuille-de-route.md").stages["horizon-1"] if card.anchor == "donnees"
    )

    assert re.findall(r"^\d\. \*\*(.+?)\*\*", _slide("decision"), re.MULTILINE) == re.findall(
        r"^\d\. \*\*(.+?)\.\*\*", roadmap, re.MULTILINE
    )
    assert re.search(
        r"par un opérateur si elle vit dans le cluster, ou hors du cluster si l'équipe en administre déjà une",
        data.terms["Choix d'aujourd'hui"],
    )


@telling(
    "Chaque attente du cahier des charges a sa ligne dans la page Contexte, avec sa réponse et sa preuve : ce tableau n'en est que le résumé."
)
@telling(
    "Hors périmètre : fonctions métier, base de données, chiffrement, supervision, perte d'un nœud, tenue à la charge."
)
def test_the_context_has_a_row_for_each_thing_that_the_slide_names() -> None:
    text = page("contexte.md").page.markdown
    excluded = text.partition("{ #hors-perimetre }")[2].partition("\n## ")[0].lower()
    rows = re.findall(r"^\| §\s", text.partition("{ #besoin-reponse-preuve }")[2], re.MULTILINE)

    assert all(
        word in excluded
        for word in (
            "fonctions métier",
            "base de données",
            "chiffrement",
            "supervision",
            "perte d'un nœud",
            "la charge",
        )
    )
    assert len(rows) > 20
