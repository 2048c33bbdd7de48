"""Files and order: manifests that are there, in an order that an empty cluster takes, and what a page made or deleted before."""

from tests.engine.check.bakery import DEPLOY, alone, block, deployed, manifest_of, page

from runbook.checking.finding import Finding

GET = "kubectl get deploy oven -n bakery"


def causes(findings: list[Finding]) -> str:
    return "\n".join(f"{finding.cause} ; {finding.remedy}" for finding in findings)


def test_a_folder_whose_namespace_sorts_later_fails_on_an_empty_cluster() -> None:
    (finding,) = alone("kubectl apply -f deploy/")
    assert "deploy/config.yaml est pris avant deploy/zone.yaml" in finding.cause
    assert "-f deploy/zone.yaml" in finding.remedy


def test_the_same_folder_is_fine_where_the_namespace_comes_first() -> None:
    assert alone("kubectl apply -f deploy/zone.yaml -f deploy/") == []
    assert alone("kubectl apply -f deploy/zone.yaml", "kubectl apply -f deploy/") == []
    assert alone("kubectl create namespace bakery", "kubectl apply -f deploy/") == []
    assert deployed("kubectl apply -f deploy/") == []


def test_a_file_for_a_namespace_that_nothing_made_yet_is_too_early() -> None:
    (finding,) = alone("kubectl apply -f deploy/oven.yaml")
    assert "l'espace de noms « bakery » n'existe pas à cet endroit" in finding.cause
    assert "deploy/zone.yaml" in finding.remedy


def test_an_object_is_named_before_the_step_that_makes_it() -> None:
    assert "« deployments/oven » n'existe pas à cet endroit" in causes(
        alone("kubectl apply -f deploy/zone.yaml", GET, "kubectl apply -f deploy/")
    )
    assert alone("kubectl apply -f deploy/zone.yaml", "kubectl apply -f deploy/", GET) == []


def test_an_option_that_no_page_applied_is_absent() -> None:
    assert "« pods/taster » n'existe pas" in causes(deployed("kubectl logs taster -n bakery"))
    assert deployed("kubectl apply -f extra/taster.yaml; kubectl logs taster -n bakery") == []


def test_what_a_page_deletes_is_gone_for_the_steps_after() -> None:
    assert "« deployments/oven » n'existe pas" in causes(deployed(f"kubectl delete deploy oven -n bakery; {GET}"))
    assert "« deployments/oven » n'existe pas" in causes(deployed(f"kubectl delete ns bakery; {GET}"))
    assert "« deployments/oven » n'existe pas" in causes(deployed(f"kubectl delete -f deploy/; {GET}"))


def test_a_deleted_object_may_be_awaited_ignored_or_expected_to_be_missing() -> None:
    gone = "kubectl delete deploy oven -n bakery"
    assert deployed(f"{gone}; kubectl wait --for=delete deploy/oven --timeout=9s -n bakery") == []
    assert deployed(f"{gone}; kubectl delete deploy oven -n bakery --ignore-not-found") == []
    assert alone(DEPLOY, gone, "kubectl get ns bakery") == []
    assert alone(GET, exit_status=1) == []


def test_what_is_leaving_is_asked_for_until_it_is_gone() -> None:
    leaving = "kubectl delete ns bakery --wait=false"
    assert "a été supprimé sans attendre" in causes(deployed(f"{leaving}; kubectl get ns bakery", exit_status=1))
    assert deployed(f"{leaving}; kubectl get ns bakery", exit_status=1, retry=60) == []
    assert (
        deployed(f"{leaving}; kubectl wait --for=delete ns/bakery --timeout=9s; kubectl get ns bakery", exit_status=1)
        == []
    )
    assert deployed("kubectl delete ns bakery; kubectl get ns bakery", exit_status=1) == []


def test_force_leaves_no_grace_period() -> None:
    assert deployed("kubectl delete deploy oven -n bakery --force --grace-period=0") == []
    assert "kubectl refuse --force avec --grace-period=30" in causes(
        deployed("kubectl delete deploy oven -n bakery --force --grace-period=30")
    )


def test_a_dry_run_and_a_clean_up_delete_nothing() -> None:
    assert deployed(f"kubectl delete deploy oven -n bakery --dry-run=client; {GET}") == []
    assert deployed(f"kubectl delete deploy oven -n bakery; {GET}", cleanup=True) == []


def test_what_a_page_creates_counts_from_then_on() -> None:
    assert (
        deployed(
            "kubectl create configmap bread --from-literal=A=b -n bakery; kubectl get cm bread -n bakery -o jsonpath='{.data.A}'"
        )
        == []
    )
    assert (
        deployed(
            "kubectl run guest --image=oven:1.0 -n bakery; kubectl logs guest -n bakery; kubectl delete pod guest -n bakery"
        )
        == []
    )
    assert (
        deployed(
            "kubectl create ns cakes; kubectl create deployment pie --image=oven:1.0 -n cakes; kubectl rollout restart deploy/pie -n cakes"
        )
        == []
    )
    assert "namespaces/cakes" in causes(deployed("kubectl get ns cakes"))


def test_a_dry_run_into_apply_creates() -> None:
    piped = "kubectl create configmap bread --from-literal=A=b -n bakery --dry-run=client -o yaml | kubectl apply -f -"
    assert deployed(f"{piped}\nkubectl get cm bread -n bakery") == []
    assert "bread" in causes(
        deployed("kubectl create configmap bread -n bakery --dry-run=client -o yaml\nkubectl get cm bread -n bakery")
    )


def test_a_document_typed_in_the_page_creates() -> None:
    typed = "kubectl apply -n bakery -f - <<END\nkind: ConfigMap\nmetadata: {name: bread}\nEND\nkubectl get cm bread -n bakery"
    assert deployed(typed) == []
    assert (
        deployed(typed.replace("kubectl apply -n bakery -f - <<END", "cat <<END | kubectl apply -n bakery -f -")) == []
    )
    assert deployed(typed.replace("bread", "$NAME").join(["NAME=bread\n", ""])) == []
    assert "illisible" in causes(deployed("kubectl apply -n bakery -f - <<END\nkind: [\nEND"))


def test_a_clean_up_before_the_creation_may_name_what_the_page_creates() -> None:
    page_of = "kubectl delete pod guest -n bakery --ignore-not-found\n{made}"
    assert deployed(page_of.format(made="kubectl run guest --image=oven:1.0 -n bakery")) == []
    assert "pods/guest" in causes(deployed(page_of.format(made="kubectl get pods -n bakery")))


def test_a_file_that_the_page_makes_has_the_objects_of_its_example() -> None:
    assert (
        alone(
            "kubectl apply -f deploy/zone.yaml",
            "kubectl apply -f deploy/secret.yaml; kubectl get secret oven-secret -n bakery",
        )
        == []
    )


def test_files_that_are_not_there_or_not_for_kubectl_are_named() -> None:
    assert "« deploy/ovens.yaml » n'existe" in causes(deployed("kubectl apply -f deploy/ovens.yaml"))
    assert "« deploy/oven.yaml »" in causes(deployed("kubectl apply -f deploy/ovens.yaml"))
    assert "« notes » n'a aucun manifeste" in causes(deployed("kubectl apply -f notes"))
    assert "« Cluster » n'est pas un objet" in causes(deployed("kubectl apply -f local/"))
    assert "n'a pas de kustomization.yaml" in causes(deployed("kubectl apply -k deploy"))
    assert "« kubectl apply » sans fichier" in causes(deployed("kubectl apply deploy/"))
    assert "« deploy/service.yaml » en plus de -f" in causes(
        deployed("kubectl apply -f deploy/oven.yaml deploy/service.yaml")
    )
    assert "sans rien sur l'entrée standard" in causes(deployed("kubectl apply -f -"))
    assert "existe déjà" in causes(deployed("kubectl create -f deploy/oven.yaml"))


def test_a_folder_follows_the_current_one() -> None:
    assert deployed("cd deploy && kubectl apply -f oven.yaml") == []
    assert "« deploy/oven.yaml » n'existe" in causes(deployed("cd deploy && kubectl apply -f deploy/oven.yaml"))


def test_a_kustomization_among_the_manifests_makes_the_folder_fail() -> None:
    model = manifest_of("deploy/kustomization.yaml", "kind: Kustomization\nresources: [oven.yaml]\n")
    assert "deploy/kustomization.yaml n'est pas un objet" in causes(deployed("kubectl diff -f deploy/", model))


def test_a_manifest_without_a_namespace_needs_one() -> None:
    assert "l'objet irait dans « default »" in causes(deployed("kubectl apply -f extra/loose.yaml"))
    assert deployed("kubectl apply -n bakery -f extra/loose.yaml; kubectl get cm loose -n bakery") == []


def test_a_manifest_for_another_namespace_is_refused() -> None:
    (finding,) = deployed("kubectl apply -f deploy/oven.yaml -n default")
    assert "est pour « bakery », pas pour « default »" in finding.cause


def test_waiting_for_a_workload_whose_secret_nothing_made_is_in_vain() -> None:
    wait = "kubectl rollout status deploy/oven -n bakery --timeout=9s"
    before = "kubectl apply -f deploy/zone.yaml -f deploy/config.yaml -f deploy/oven.yaml"
    assert "« oven » a besoin de Secret « oven-secret »" in causes(alone(before, wait))
    assert alone(before, "kubectl apply -f deploy/secret.yaml", wait) == []
    assert "« oven » a besoin de ConfigMap « oven-config »" in causes(
        deployed(f"kubectl delete cm oven-config -n bakery; {wait}")
    )


def test_waiting_for_an_image_that_nothing_built_is_in_vain_until_it_is_taken_back() -> None:
    wait = "kubectl wait --for=condition=Available deploy/oven -n bakery --timeout=9s"
    change = "kubectl set image deploy/oven oven=oven:9.9 -n bakery"
    assert "« oven » attend l'image « oven:9.9 »" in causes(deployed(f"{change}; {wait}"))
    assert deployed(f"{change}; kubectl rollout undo deploy/oven -n bakery; {wait}") == []
    assert deployed(f"{change}; kubectl apply -f deploy/oven.yaml; {wait}") == []
    assert deployed(f"docker tag oven:1.0 oven:9.9; {change}; {wait}") == []


def test_a_prerequisite_leaves_its_objects_to_the_pages_after() -> None:
    blocks = page(block(GET), after=("deploy.md",))
    assert blocks.after == ("deploy.md",)
    assert deployed(GET) == []
    assert "« deployments/oven » n'existe pas" in causes(alone(GET))


def test_a_block_that_is_not_run_says_nothing_of_the_cluster() -> None:
    assert alone(GET, not_run="needs a person") == []
    assert "ovne" in causes(alone("kubectl get deploy ovne -n bakery", not_run="needs a person"))
