"""Are the files that templates take from the static folder of their application there?"""

import posixpath
import re
from collections.abc import Iterator

from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.model import Model

TAKEN = re.compile(r"url_for\(\s*['\"]static['\"]\s*,\s*filename\s*=\s*['\"]([^'\"]+)['\"]")


def static_files(model: Model) -> Iterator[Finding]:
    """Each `url_for('static', filename='…')` of a template: Flask makes an address of it, whether or not the file is there."""
    for name, text in model.templates.items():
        folder = f"{name[: name.index('/templates/')]}/static"
        known = {posixpath.relpath(path, folder) for path in model.files if path.startswith(f"{folder}/")}
        for found in TAKEN.finditer(text):
            if known and found[1] not in known:
                yield Finding(name, text.count("\n", 0, found.start()) + 1, f"« {found[1]} » n'est pas dans « {folder} »", nearest(found[1], known), "static_files")
