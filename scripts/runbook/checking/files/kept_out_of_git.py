"""Does git ignore what the settings say is made here, secrets among it?"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from runbook.checking.finding import Finding
from runbook.checking.offered.model import Model


def kept_out_of_git(model: Model) -> Iterator[Finding]:
    """Each generated file has a pattern of the repository's own `.gitignore`."""
    path = model.root / ".gitignore"
    if ".gitignore" not in model.files or not path.is_file():
        return
    patterns = [
        line.strip()
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    for name in model.settings.model.generated:
        if not any(_ignores(pattern, name) for pattern in patterns if not pattern.startswith("!")):
            yield Finding(
                ".gitignore",
                1,
                f"« {name} » est fabriqué ici, et git ne l'ignore pas",
                f"ajouter /{name}",
                "kept_out_of_git",
            )


def _ignores(pattern: str, name: str) -> bool:
    plain = pattern.strip("/")
    parents = [name.rsplit("/", up)[0] for up in range(name.count("/") + 1)]
    if "/" in pattern.rstrip("/"):
        return any(fnmatchcase(parent, plain) for parent in parents)
    return any(fnmatchcase(part, plain) for part in name.split("/"))
