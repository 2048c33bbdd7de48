"""Of a kubectl command that is right, whatever its form, the check says nothing."""

import pytest
from tests.engine.check.bakery import deployed

RIGHT = r"""
kubectl get pods -n bakery -o wide
kubectl -n bakery get deploy,svc,cm,secret
kubectl get po -nbakery -lapp=oven -oname
kubectl get all -n=bakery
kubectl get ns
kubectl get namespace bakery
kubectl get pods -A
kubectl get pods --all-namespaces -l part=bakery
kubectl get events -n bakery --sort-by=.lastTimestamp
kubectl get events -A --field-selector type=Warning
kubectl get events -n bakery --field-selector reason=Unhealthy,involvedObject.name=oven
kubectl get pods -n kube-system
kubectl get nodes -o wide
kubectl get deployments.apps oven -n bakery
kubectl get Deployment oven -n bakery
kubectl get deployment/oven service/oven -n bakery
kubectl get pods -n bakery -l 'app in (oven, counter),part!=other'
kubectl get rs -n bakery -l app=oven,pod-template-hash=7d4b9c
kubectl get endpoints oven -n bakery
kubectl get pods -n bakery --field-selector=status.phase!=Running
kubectl get deploy oven -n bakery -o jsonpath='{.spec.replicas}'
kubectl get deploy oven -n bakery -o jsonpath='{.spec.template.spec.containers[0].image}'
kubectl get pods -n bakery -o jsonpath='{range .items[*]}{.metadata.name}{"\t"}{.status.phase}{"\n"}{end}'
kubectl get pods -n bakery -o jsonpath='{.items[?(@.status.phase=="Running")].metadata.name}'
kubectl get deploy oven -n bakery -o 'jsonpath={.status.conditions[?(@.type=="Available")].status}'
kubectl get deploy oven -n bakery -o jsonpath="{.metadata.labels['app']} {.metadata.annotations.free\.form/key}"
kubectl get pods -n bakery -o jsonpath='{..image}'
kubectl get cm oven-config -n bakery -o jsonpath='{.data.HEAT}{.data}'
kubectl get secret oven-secret -n bakery -o go-template='{{.data.RECIPE | base64decode}}'
kubectl get pods -n bakery -o go-template='{{range .items}}{{.metadata.name}}{{if .status.podIP}} ok{{end}}{{"\n"}}{{end}}'
kubectl get pods -n bakery -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[0].image
kubectl get pods -n bakery --sort-by='{.metadata.creationTimestamp}'
kubectl get svc/oven -n bakery -o jsonpath='{.spec.ports[0].nodePort}'
kubectl get -f deploy/oven.yaml -o jsonpath='{.spec.replicas}'
kubectl get --raw /healthz
kubectl get pod/oven-… -n bakery
kubectl describe deployment/oven service/oven -n bakery
kubectl describe pods -l app=oven -n bakery
kubectl describe nodes
kubectl logs deploy/oven -n bakery --tail=20 --since=10m
kubectl logs deploy/counter -c proxy -n bakery
kubectl logs -n bakery -l part=bakery --all-containers --prefix --tail -1
kubectl logs -n bakery -l part=bakery --all-containers --since=1m | grep -c loaf
POD=$(kubectl get pods -n bakery -o name | head -n 1); kubectl logs "$POD" -n bakery --previous
POD=$(date); kubectl delete pod "$POD" -n bakery --wait=false
timeout 5 kubectl logs -f deploy/oven -n bakery
kubectl rollout status deployment oven --timeout=1m30s -n bakery
kubectl rollout status deploy/oven --watch=false -n bakery
kubectl rollout restart deploy/oven deploy/counter -n bakery
kubectl rollout undo deploy/oven --to-revision=1 -n bakery
kubectl rollout history deploy/oven -n bakery
kubectl rollout pause deploy/oven -n bakery
kubectl scale --replicas=3 deploy oven -n bakery
kubectl set image deploy/oven oven=oven:9.9.9 -n bakery
kubectl set env deploy/oven COLOUR=red LEVEL- -n bakery
kubectl set env deploy/oven --from=configmap/oven-config -n bakery
kubectl set resources deploy oven -c=oven --limits=memory=256Mi,cpu=500m -n bakery
kubectl wait --for=condition=Available deploy/oven --timeout=60s -n bakery
kubectl wait --for=condition=Ready pod -l app=oven --timeout=60s -n bakery
kubectl wait --for=jsonpath='{.status.readyReplicas}'=2 deploy/oven --timeout=60s -n bakery
kubectl wait --for=delete pod -l app=oven --timeout=60s -n bakery
kubectl top pods -n bakery --containers
kubectl top nodes
kubectl label deploy/oven shift=night -n bakery
kubectl label namespace bakery team=cake --overwrite
kubectl annotate deploy/oven example.org/why='too hot' -n bakery
kubectl patch deploy oven -n bakery -p '{"spec":{"template":{"spec":{"containers":[{"name":"oven","image":"x"}]}}}}'
kubectl patch svc oven -n bakery --type=json -p='[{"op":"replace","path":"/spec/ports/0/nodePort","value":30081}]'
kubectl patch configmap oven-config -n bakery --type=merge --patch '{"data": {"HEAT": "180"}}'
kubectl config current-context
kubectl config get-contexts -o name
kubectl config set-context --current --namespace=bakery; kubectl get pods
kubectl --context=kind-test get pods -n bakery
kubectl version --client -o json
kubectl cluster-info
kubectl api-resources --namespaced=true -o name
kubectl explain deployment.spec.template.spec.containers
kubectl auth can-i list pods -n bakery
kubectl events -n bakery --for deployment/oven
kubectl diff -f deploy/
kubectl apply -f deploy --dry-run=server
kubectl apply -f https://example.org/all.yaml
kubectl delete -f deploy/service.yaml --ignore-not-found
kubectl delete namespace bakery --timeout=120s
kubectl create configmap bread --from-literal=A=b --from-file=notes -n bakery
kubectl create secret generic bread --from-file=key=notes/read.txt -n bakery
kubectl create deployment bread --image=oven:1.0 -n bakery; kubectl set env deploy/bread ANY=1 -n bakery
kubectl exec deploy/oven -n bakery -- python -c 'print(1)'
kubectl exec deploy/oven -c oven -n bakery -- cat /run/recipe/RECIPE
kubectl exec deploy/oven -n bakery -- printenv HEAT LEVEL HOSTNAME
kubectl exec deploy/counter -c till -n bakery -- touch /run/recipe/now
kubectl port-forward svc/oven 8000:80 -n bakery &
kubectl port-forward svc/oven :web -n bakery >/dev/null 2>&1 &
kubectl port-forward deploy/oven 7000 -n bakery &
kubectl run guest --rm -i --image=busybox:1.36 --restart=Never -n bakery -- nslookup oven
kubectl cp notes/read.txt bakery/oven-…:/tmp/read.txt
kubectl cp -n bakery oven-…:/tmp/read.txt read.txt
kubectl get serviceaccount default -n bakery
kubectl get sa -n bakery
if ! kubectl get ns bakery; then kubectl create ns bakery; fi
kubectl get pods -n bakery -o name | xargs kubectl delete -n bakery
OPTIONS="-n bakery -o wide"; kubectl get pods $OPTIONS
kubectl logs --help
""".strip().splitlines()


@pytest.mark.parametrize("command", RIGHT)
def test_a_right_command_is_not_spoken_of(command: str) -> None:
    assert deployed(command) == []
