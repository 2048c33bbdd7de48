"""Where do the workers of a service put what they count, so that it can be read together?"""

import os
import shutil
import tempfile

_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def make_folder(above: str | None) -> None:
    """Make it, in `above`, and say where it is; before `prometheus_client` is imported by anybody."""
    os.environ[_VARIABLE] = tempfile.mkdtemp(prefix="datapress-metrics-", dir=above)


def remove_folder(owner: int) -> None:
    """Leave nothing behind, once the process `owner` ends; its workers know of this too."""
    if os.getpid() == owner:
        shutil.rmtree(os.environ[_VARIABLE], ignore_errors=True)
