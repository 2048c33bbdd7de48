"""The options of `docker` (20.10, with the buildx of its time), verb by verb."""

from runbook.checking.commands.options import verbs

GLOBAL = """
--config= -c,--context= -D,--debug -H,--host= -l,--log-level= --tls --tlscacert= --tlscert= --tlskey= --tlsverify -v,--version -h,--help
"""
VERBS = verbs("""
build|buildx build|image build: --add-host= --allow= --annotation= --attest= --build-arg= --build-context= --builder= --cache-from= --cache-to= --cgroup-parent= -f,--file= --iidfile= --label= --load --metadata-file= --network= --no-cache --no-cache-filter= -o,--output= --platform= --progress= --provenance= --pull --push -q,--quiet --sbom= --secret= --shm-size= --ssh= -t,--tag= --target= --ulimit=
buildx ls: --format=
buildx version|image tag|logout|tag|port|top|wait|context show|context use|diff|container port|container top:
buildx inspect: --bootstrap --builder=
buildx prune|builder prune: -a,--all --builder= --filter= -f,--force --keep-storage= --verbose
buildx use: --builder= --default --global
exec|container exec: -d,--detach --detach-keys= -e,--env= --env-file= -i,--interactive --privileged -t,--tty -u,--user= -w,--workdir=
ps|container ls|container ps|container list: -a,--all -f,--filter= --format= -n,--last= -l,--latest --no-trunc -q,--quiet -s,--size
images|image ls|image list: -a,--all --digests -f,--filter= --format= --no-trunc -q,--quiet
image inspect|version|info|volume inspect|system info: -f,--format=
image rm|rmi|image remove: -f,--force --no-prune
image prune: -a,--all --filter= -f,--force
image history|history: --format= -H,--human --no-trunc -q,--quiet
image save|save: -o,--output=
image load|load: -i,--input= -q,--quiet
pull|image pull: -a,--all-tags --disable-content-trust --platform= -q,--quiet
push|image push: -a,--all-tags --disable-content-trust -q,--quiet
login: -p,--password= --password-stdin -u,--username=
logs|container logs: --details -f,--follow --since= -n,--tail= -t,--timestamps --until=
inspect: -f,--format= -s,--size --type=
run|container run: --add-host= -a,--attach= --blkio-weight= --blkio-weight-device= --cap-add= --cap-drop= --cgroup-parent= --cgroupns= --cidfile= --cpu-period= --cpu-quota= --cpu-rt-period= --cpu-rt-runtime= -c,--cpu-shares= --cpus= --cpuset-cpus= --cpuset-mems= -d,--detach --detach-keys= --device= --device-cgroup-rule= --device-read-bps= --device-read-iops= --device-write-bps= --device-write-iops= --disable-content-trust --dns= --dns-option= --dns-search= --domainname= --entrypoint= -e,--env= --env-file= --expose= --gpus= --group-add= --health-cmd= --health-interval= --health-retries= --health-start-period= --health-timeout= --help -h,--hostname= --init -i,--interactive --ip= --ip6= --ipc= --isolation= --kernel-memory= -l,--label= --label-file= --link= --link-local-ip= --log-driver= --log-opt= --mac-address= -m,--memory= --memory-reservation= --memory-swap= --memory-swappiness= --mount= --name= --network= --network-alias= --no-healthcheck --oom-kill-disable --oom-score-adj= --pid= --pids-limit= --platform= --privileged -p,--publish= -P,--publish-all --pull= -q,--quiet --read-only --restart= --rm --runtime= --security-opt= --shm-size= --sig-proxy --stop-signal= --stop-timeout= --storage-opt= --sysctl= --tmpfs= -t,--tty --ulimit= --use-api-socket -u,--user= --userns= --uts= -v,--volume= --volume-driver= --volumes-from= -w,--workdir=
stop|restart|container stop|container restart: -s,--signal= -t,--timeout=
start|container start: -a,--attach --detach-keys= -i,--interactive
kill|container kill: -s,--signal=
rm|container rm: -f,--force -l,--link -v,--volumes
cp|container cp: -a,--archive -L,--follow-link -q,--quiet
stats|container stats: -a,--all --format= --no-stream --no-trunc
network ls: -f,--filter= --format= --no-trunc -q,--quiet
network inspect: -f,--format= -v,--verbose
network create: --attachable --aux-address= --config-from= --config-only -d,--driver= --gateway= --ingress --internal --ip-range= --ipam-driver= --ipam-opt= --ipv4 --ipv6 --label= -o,--opt= --scope= --subnet=
network rm|volume rm: -f,--force
network prune|volume prune|container prune: --filter= -f,--force
volume ls: -f,--filter= --format= -q,--quiet
volume create: -d,--driver= --label= -o,--opt=
system df: --format= -v,--verbose
system prune: -a,--all --filter= -f,--force --volumes
context ls: --format= -q,--quiet
events|system events: -f,--filter= --format= --since= --until=
container inspect: -f,--format= -s,--size
attach: --detach-keys= --no-stdin --sig-proxy
""")
