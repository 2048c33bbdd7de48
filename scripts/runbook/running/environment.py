"""The environment of a run's commands: its own, with what the settings let through of the caller's, and no token."""

import fnmatch
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from runbook.errors import TargetError
from runbook.running import processes
from runbook.running.asking import ask
from runbook.running.run import Run

# What a machine needs of its user's environment: programs, proxies, certificates, the Docker Engine's address.
KEPT = (
    "PATH", "USER", "LOGNAME", "TMPDIR", "TZ", "*_CA_BUNDLE", "SSL_CERT_*", "GIT_SSL_CAINFO", "PIP_CERT",
    "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS*", "DOCKER_CERT_PATH", "DOCKER_API_VERSION",
    "[Hh][Tt][Tt][Pp]_[Pp][Rr][Oo][Xx][Yy]", "[Hh][Tt][Tt][Pp][Ss]_[Pp][Rr][Oo][Xx][Yy]",
    "[Aa][Ll][Ll]_[Pp][Rr][Oo][Xx][Yy]", "[Nn][Oo]_[Pp][Rr][Oo][Xx][Yy]",
)  # fmt: skip
HERE = "localhost,127.0.0.1,::1"
DOCKER = ("currentContext", "cliPluginsExtraDirs", "features", "plugins", "aliases")  # no credentials


def environment(run: Run) -> dict[str, str]:
    """That of pages and services; its home is in the run's folder."""
    home = run.folder / "home"
    if not home.exists():
        home.mkdir(mode=0o700)
        _lend_docker(home / ".docker")
    kept = {
        name: value
        for name, value in os.environ.items()
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in (*KEPT, *run.settings.keep_env))
    }
    around = {name: _with_here(kept.get(name, "")) for name in ("no_proxy", "NO_PROXY")}
    return {
        **kept,
        **(around if any(name.lower().endswith("_proxy") for name in kept) else {}),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', os.defpath)}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        "NO_COLOR": "1",
        **run.settings.env,
        processes.TOKEN: run.token,
    }


def pinned_context(run: Run) -> Path:
    """A copy of the current context alone: whatever happens outside, pages reach no other cluster."""
    told = ask(["kubectl", "config", "view", "--minify", "--flatten", "--raw"])
    if told.status != 0:
        raise TargetError(f"contexte kubectl illisible : {told.err.strip() or 'kubectl ne répond pas'}")
    path = run.folder / "kubeconfig"
    path.touch(mode=0o600)
    path.write_text(told.out, encoding="utf-8")
    return path


def _with_here(listed: str) -> str:
    return f"{listed},{HERE}" if listed else HERE


def _lend_docker(folder: Path) -> None:
    """The caller's contexts and plugins of Docker's command line, without the credentials of any registry."""
    lent = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    folder.mkdir(mode=0o700)
    for name in ("contexts", "cli-plugins", "buildx"):
        if (lent / name).is_dir():
            (folder / name).symlink_to(lent / name)
    try:
        told = json.loads((lent / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    if isinstance(told, Mapping):
        shown = {name: told[name] for name in DOCKER if name in told}
        (folder / "config.json").write_text(json.dumps(shown), encoding="utf-8")
