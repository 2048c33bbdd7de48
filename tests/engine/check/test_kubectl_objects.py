"""Commands that change or enter objects: containers, images, variables, ports, conditions, patches."""

import pytest
from tests.engine.check.bakery import DEPLOY, MODEL, block, deployed, page

from runbook.checking.check import check_commands

WRONG = [
    ("logs deploy/oven -c ovne -n bakery", "aucun conteneur « ovne » dans « oven »", "oven"),
    ("logs deploy/counter -n bakery", "« counter » a plusieurs conteneurs", "till, proxy"),
    ("logs -f deploy/oven -n bakery", "--follow » d'un service ne finit jamais", "--tail"),
    ("logs -f -l app=oven -n bakery", "--follow » d'un service ne finit jamais", "--tail"),
    ("logs -l app=oven -n bakery | grep -c loaf", "que les dix dernières lignes", "--tail=-1"),
    (
        "wait --for=condition=Ready pod/taster -n bakery --timeout=9s",
        "« taster » n'a pas de readinessProbe",
        "en écrire une",
    ),
    ("logs cm/oven-config -n bakery", "« cm/oven-config » n'a pas de pod", "Deployment"),
    ("logs oven -n bakery", "aucun manifeste ne décrit « pods/oven »", "deployment/oven"),
    ("logs -n bakery", "« kubectl logs » sans pod", "deployment/nom"),
    ("exec deploy/oven -n bakery ls", "sans « -- »", "--"),
    ("exec deploy/oven -n bakery --", "sans commande", "commande"),
    ("exec -t deploy/oven -n bakery -- sh", "-t demande un terminal", "retirer"),
    ("exec deploy/oven ls -n bakery -- -l", "« ls » avant « -- »", "après « -- »"),
    ("exec deploy/oven -n bakery -- printenv LEVVEL", "aucun conteneur n'a la variable « LEVVEL »", "« LEVEL »"),
    ("exec deploy/oven -n bakery -- cat /run/recipe/RECIP", "rien ne monte « /run/recipe/RECIP »", "« RECIPE »"),
    ("exec deploy/oven -n bakery -- prntenv LEVEL", "commande « prntenv » inconnue", "« printenv »"),
    (
        "exec deploy/counter -c till -n bakery -- touch /tmp/now",
        "« counter » ne peut pas écrire « /tmp/now »",
        "/run/recipe",
    ),
    ('wait --for=condition=Reay "pod/$(date)" -n bakery --timeout=9s', "n'a pas de condition « Reay »", "« Ready »"),
    ('wait --for=condition=Reay "$(date)" -n bakery --timeout=9s', "condition « Reay » inconnue", "« Ready »"),
    ('logs "$(date)"', "kubectl regarde dans « default »", "« -n bakery »"),
    (
        'describe "$(kubectl get pods -n bakery -o name | head -n 1)"',
        "kubectl cherche « … » dans « default »",
        "« -n bakery »",
    ),
    (
        'delete "$(kubectl get deploy -n bakery --output=name | tail -n 1)"',
        "kubectl cherche « … » dans « default »",
        "« -n bakery »",
    ),
    ("port-forward svc/oven 8000:7000 -n bakery &", "« svc/oven » n'a pas de port « 7000 »", "80"),
    ("port-forward svc/oven 8000:http -n bakery &", "« svc/oven » n'a pas de port « http »", "web"),
    ("port-forward deploy/oven 8000:80 -n bakery &", "« deploy/oven » n'a pas de port « 80 »", "7000"),
    ("port-forward svc/oven 99999:80 -n bakery &", "« 99999 » n'est pas un port", "LOCAL:DISTANT"),
    ("port-forward svc/oven -n bakery &", "sans port", "LOCAL:DISTANT"),
    ("port-forward svc/oven 8000:80 -n bakery", "ne rend pas la main", "data-arriere-plan"),
    ("port-forward svc/oven 8000:80 -n bakery && echo done", "ne rend pas la main", "data-arriere-plan"),
    ("cp none.txt bakery/oven-0:/tmp/x", "« none.txt » n'existe", ""),
    ("cp README.md bakry/oven-0:/tmp/x", "espace de noms « bakry » inconnu", "« bakery »"),
    ("cp README.md other.md", "« kubectl cp » sans pod", "pod:/chemin"),
    ("rollout status deploy/oven -n bakery", "sans --timeout", "--timeout=120s"),
    (
        "rollout status deploy/oven deploy/counter -n bakery --timeout=9s",
        "ne suit qu'un objet",
        "une commande par objet",
    ),
    ("rollout restart svc/oven -n bakery", "ne prend pas de Service", "Deployment"),
    ("scale deploy/oven -n bakery", "sans --replicas", "--replicas"),
    ("scale svc/oven --replicas=1 -n bakery", "ne prend pas de Service", "Deployment"),
    ("set image deploy/oven till=oven:2 -n bakery", "aucun conteneur « till » dans « oven »", "oven"),
    ("set image deploy/oven oven=ovne:2 -n bakery", "rien ici ne construit l'image « ovne »", "« oven »"),
    ("set image deploy/oven -n bakery", "sans conteneur=image", "conteneur=image"),
    ("set env deploy/oven LEVELS=low -n bakery", "aucune application ne lit la variable « LEVELS »", "« LEVEL »"),
    (
        "set env deploy/oven --from=cm/oven-confg -n bakery",
        "aucun manifeste ne décrit « cm/oven-confg »",
        "« oven-config »",
    ),
    ("set resources deploy/oven -n bakery --limits=memory=256Mo", "« 256Mo » n'est pas une quantité", "256Mi"),
    ("set resources deploy/oven -n bakery --limits=memori=256Mi", "ressource « memori » inconnue", "« memory »"),
    ("set resources deploy/oven -c till -n bakery --limits=memory=256Mi", "aucun conteneur « till »", "oven"),
    ("wait --for=condition=Available deploy/oven -n bakery", "sans --timeout", "--timeout"),
    (
        "wait --for=condition=Avaible deploy/oven -n bakery --timeout=9s",
        "n'a pas de condition « Avaible »",
        "« Available »",
    ),
    (
        "wait --for=condition=Ready deploy/oven -n bakery --timeout=9s",
        "« deployments » n'a pas de condition « Ready »",
        "Available",
    ),
    ("wait --for=ready pod -l app=oven -n bakery --timeout=9s", "--for=ready inconnu", "condition=…"),
    ("wait deploy/oven -n bakery --timeout=9s", "sans --for", "--for=condition"),
    ("label deploy/oven -n bakery", "sans clé=valeur", "clé=valeur"),
    ("label deploy/oven app=cake -n bakery", "« oven » a déjà « app=oven »", "--overwrite"),
    (
        'patch deploy oven -n bakery -p \'{"spec":{"replica":3}}\'',
        "« DeploymentSpec » n'a pas de champ « replica »",
        "« replicas »",
    ),
    ("patch deploy oven -n bakery -p '{\"spec\":'", "--patch illisible", "JSON"),
    ("patch deploy oven -n bakery -p '[]'", "n'est pas un objet JSON", "--type=json"),
    ("patch deploy oven -n bakery", "sans --patch", "--patch"),
    (
        'patch deploy oven -n bakery --type=json -p \'[{"op":"replce","path":"/spec"}]\'',
        "opération « replce » inconnue",
        "« replace »",
    ),
    (
        'patch deploy oven -n bakery --type=json -p \'[{"op":"add","path":"spec"}]\'',
        "chemin « spec » mal écrit",
        "/spec",
    ),
    (
        'patch cm oven-config -n bakery --type=merge -p \'{"data":{"HEATS":"1"}}\'',
        "« oven-config » n'a pas de clé « HEATS »",
        "« HEAT »",
    ),
    ("create configmap x --from-literal=a -n bakery", "--from-literal=a sans valeur", "clé=valeur"),
    ("create configmap x --from-file=none -n bakery", "« none » n'existe", ""),
    ("create configmap Big -n bakery", "« Big » n'est pas un nom d'objet", "minuscules"),
    ("create configmap -n bakery", "sans nom", "nom"),
    ("create configmap a b -n bakery", "« b » en trop", "un nom"),
    ("create configmap oven-config -n bakery", "« oven-config » existe déjà", "kubectl apply"),
    ("create namespace bakery", "« bakery » existe déjà", "kubectl apply"),
    ("create configmap x", "« x » irait dans « default »", "-n bakery"),
    ("create deployment x -n bakery", "sans --image", "--image"),
    ("create job x -n bakery", "sans --image ni --from", "--from"),
    ("create secret tls x --cert=README.md -n bakery", "sans --key", "--key"),
    ("create -n bakery", "« kubectl create » sans fichier", "-f"),
    ("run x --image=ovens:1 -n bakery", "rien ici ne construit l'image « ovens »", "« oven »"),
    ("expose deploy/ovne --port=80 -n bakery", "aucun manifeste ne décrit « deployments/ovne »", "« oven »"),
]


@pytest.mark.parametrize(("command", "cause", "remedy"), WRONG)
def test_what_does_not_exist_or_would_not_end_is_named(command: str, cause: str, remedy: str) -> None:
    findings = deployed(f"kubectl {command}")
    assert any(cause in finding.cause and remedy in finding.remedy for finding in findings), findings


FORBIDDEN = [
    ("config use-context other", "change la configuration du lecteur"),
    ("config delete-cluster other", "change la configuration du lecteur"),
    ("--context=prod get pods -n bakery", "contexte « prod » hors de la liste permise"),
    ("delete pods --all", "« delete --all » sans espace de noms"),
    ("delete pods --all -A", "suppression dans tous les espaces de noms"),
    ("delete namespace kube-system", "suppression de « kube-system »"),
    ("delete ns/default", "suppression de « default »"),
    ("delete ns --all", "suppression de « tous les espaces de noms »"),
    ("delete node n1", "suppression de « n1 », qui est à tout le cluster"),
    ("delete pods --all -n kube-system", "suppression dans « kube-system »"),
    ("edit deploy/oven -n bakery", "« kubectl edit » demande un terminal"),
]


@pytest.mark.parametrize(("command", "cause"), FORBIDDEN)
def test_what_a_runbook_may_not_touch_is_refused(command: str, cause: str) -> None:
    findings = deployed(f"kubectl {command}")
    assert any(cause in finding.cause and finding.remedy for finding in findings), findings


def test_a_block_in_the_background_may_have_no_end() -> None:
    assert deployed("kubectl port-forward svc/oven 8000:80 -n bakery", background="port:8000") == []
    assert deployed("kubectl logs -f deploy/oven -n bakery", background="sortie:ready") == []


def test_a_forwarded_port_opens_the_application_behind_the_service() -> None:
    forwarded = "kubectl port-forward svc/oven 8123:80 -n bakery &\ncurl http://localhost:8123/"
    pages = [page(block(DEPLOY), uri="deploy.md"), page(block(forwarded), after=("deploy.md",))]
    assert not any(finding.line == 12 for finding in check_commands(pages, MODEL))
    wrong = [page(block(DEPLOY), uri="deploy.md"), page(block(f"{forwarded}nothing"), after=("deploy.md",))]
    assert any("« oven » n'a pas de route « /nothing »" in finding.cause for finding in check_commands(wrong, MODEL))


def test_a_block_may_not_have_less_time_than_its_command_waits() -> None:
    waits = "kubectl rollout status deploy/oven -n bakery --timeout=2m"
    assert deployed(waits, deadline=130.0) == []
    assert deployed(waits, deadline=30.0, retry=60.0) == []
    found = deployed(waits, deadline=30.0)
    assert [finding.cause for finding in found] == ["--timeout=2m dépasse le délai du bloc, 30 s"]
    assert 'data-delai="130"' in found[0].remedy
