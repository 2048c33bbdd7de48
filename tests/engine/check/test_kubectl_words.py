"""Wrong words of kubectl: verbs, options, values, kinds, names, namespaces, selectors."""

import pytest
from tests.engine.check.bakery import deployed

WRONG = [
    ("kubectl gte pods -n bakery", "verbe « gte » inconnu", "« get »"),
    ("kubectl", "sans verbe", "get"),
    ("kubectl rollout -n bakery", "« kubectl rollout » est incomplet", "restart"),
    ("kubectl rollout restrat deploy/oven -n bakery", "« kubectl rollout restrat » n'existe pas", "« restart »"),
    ("kubectl create namespce x", "« kubectl create namespce » n'existe pas", "« namespace »"),
    ("kubectl create secret generc x -n bakery", "« kubectl create secret generc » n'existe pas", "« generic »"),
    ("kubectl get pods -n bakery --tail=3", "option « --tail » inconnue", "kubectl logs"),
    ("kubectl get pods -n bakery --selecter app=oven", "option « --selecter » inconnue", "« --selector »"),
    ("kubectl get pods -n", "« -n » de « kubectl get » sans valeur", "valeur"),
    ("kubectl get", "« kubectl get » sans objet", "pods"),
    ("kubectl get deployement oven -n bakery", "sorte d'objet « deployement » inconnue", "« deployment »"),
    ("kubectl get deploy ovne -n bakery", "aucun manifeste ne décrit « deployments/ovne »", "« oven »"),
    ("kubectl describe deploy/oven svc/ovem -n bakery", "aucun manifeste ne décrit « services/ovem »", "« oven »"),
    ("kubectl get svc counter -n bakery", "aucun manifeste ne décrit « services/counter »", "deployment/counter"),
    ("kubectl get deploy/oven svc -n bakery", "« svc » et « kind/nom »", "kind/nom"),
    ("kubectl get deploy/ -n bakery", "il manque le nom", "kind/nom"),
    ("kubectl get deploy oven", "sans -n, kubectl cherche « oven » dans « default »", "-n bakery"),
    ("kubectl get deploy oven -n default", "« oven » n'est pas dans « default »", "-n bakery"),
    ("kubectl get deploy oven -A", "nommé avec --all-namespaces", "-n"),
    ("kubectl get pods", "« default », où ce dépôt n'a rien", "-n bakery"),
    ("kubectl get pods -n bakry", "espace de noms « bakry » inconnu", "« bakery »"),
    ("kubectl get namespace bakry", "aucun manifeste ne décrit « namespaces/bakry »", "« bakery »"),
    ("kubectl get ingress -n bakery", "ce dépôt n'a aucun objet de sorte « ingress »", "deployments"),
    (
        "kubectl describe pod oven-7d4b9c-abcde -n bakery",
        "ce nom change à chaque mise à jour",
        "kubectl get pods -o name",
    ),
    ("kubectl get pod oen-… -n bakery", "aucun manifeste ne décrit « pods/oen-… »", "« oven-… »"),
    ("kubectl get pods -n bakery -l app=ovne", "aucun objet n'a « app=ovne »", "« app=oven »"),
    ("kubectl get pods -n bakery -l apps=oven", "aucun objet n'a « apps=oven »", "« app=oven »"),
    ("kubectl get svc -n bakery -l app=counter", "aucun objet n'a « app=counter »", "app=oven"),
    ("kubectl get pods -n bakery -l 'app in (oven'", "mal écrit", "clé=valeur"),
    (
        "kubectl get pods -n bakery --field-selector=status.phas=Running",
        "« pods » ne se choisit pas par « status.phas »",
        "« status.phase »",
    ),
    (
        "kubectl get pods -n bakery --field-selector=status.phase=Runing",
        "« status.phase » ne vaut jamais « Runing »",
        "« Running »",
    ),
    (
        "kubectl get events -n bakery --field-selector involvedObject.name=ovne",
        "aucun manifeste ne décrit « ovne »",
        "« oven »",
    ),
    ("kubectl get pods -n bakery -l 'app in (oven, countr)'", "aucun objet n'a « app=countr »", "« counter »"),
    ("kubectl get events -n bakery --field-selector reason=Unhealty", "la cause « Unhealty »", "« Unhealthy »"),
    ("kubectl rollout status deploy/oven -n bakery --timeout=60", "--timeout=60 n'est pas une durée", "--timeout=60s"),
    ("kubectl logs deploy/oven -n bakery --tail=ten", "--tail=ten n'est pas un nombre", "nombre"),
    ("kubectl scale deploy/oven --replicas=-1 -n bakery", "est négatif", "0"),
    ("kubectl delete deploy oven -n bakery --cascade=backgroud", "--cascade=backgroud n'existe pas", "« background »"),
    ("kubectl apply -f deploy/oven.yaml --dry-run", "« --dry-run » sans valeur", "--dry-run=client"),
    ("kubectl patch svc oven -n bakery --type=jsn -p '{}'", "--type=jsn n'existe pas", "« json »"),
    ("kubectl get pods -n bakery --watch", "ne finit jamais", "kubectl wait"),
    ("kubectl explain deployment.spec.strateg", "« DeploymentSpec » n'a pas de champ « strateg »", "« strategy »"),
    ("kubectl explain deploymnt", "sorte d'objet « deploymnt » inconnue", "« deployment »"),
    ("kubectl auth can-i list podz", "sorte d'objet « podz » inconnue", "« pod"),
    ("kubectl top pod ovn-… -n bakery", "aucun manifeste ne décrit « pods/ovn-… »", "« oven-… »"),
]


@pytest.mark.parametrize(("command", "cause", "remedy"), WRONG)
def test_a_wrong_word_is_named_with_the_right_one(command: str, cause: str, remedy: str) -> None:
    findings = deployed(command)
    assert any(cause in finding.cause and remedy in finding.remedy for finding in findings), findings


def test_a_finding_stands_at_the_line_of_the_faulty_word() -> None:
    (finding,) = deployed("kubectl get pods \\\n  -l app=oven \\\n  -n bakry")
    assert (finding.path, finding.line) == ("docs/page.md", 13)


def test_an_unknown_part_of_a_name_is_checked_by_what_is_known_of_it() -> None:
    assert deployed('V=$(date); kubectl get deploy "ove$V" -n bakery') == []
    (finding,) = deployed('V=$(date); kubectl get deploy "x$V" -n bakery')
    assert "deployments/x…" in finding.cause


def test_each_value_of_a_loop_is_checked() -> None:
    (finding,) = deployed(
        "for d in oven counter ovne; do kubectl rollout status deploy/$d -n bakery --timeout=9s; done"
    )
    assert "deployments/ovne" in finding.cause
