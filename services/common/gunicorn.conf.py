"""Gunicorn's settings for both services, in the images and on a developer's machine.

In an image Gunicorn finds this file in its working directory; elsewhere:

    PYTHONPATH=services/common:services/front PORT=8080 \
        gunicorn -c services/common/gunicorn.conf.py 'datapress_front:create_app()'
"""

import atexit
import os
import resource
from pathlib import Path
from typing import Any

from datapress_common.gunicorn_settings import GunicornSettings
from datapress_common.metrics_folder import make_folder, remove_folder
from datapress_common.settings import load

_settings = load(GunicornSettings)

# The heartbeat file, and what workers count together, must live in memory: a disk can block, and the
# containers have no other writable place. Where there is no /dev/shm (macOS), a folder on disk will do.
_MEMORY = Path("/dev/shm")  # noqa: S108 - each file there has a name of its own
_memory = str(_MEMORY) if _MEMORY.is_dir() else None

if _settings.metrics_port:
    make_folder(_memory)
    atexit.register(remove_folder, os.getpid())

# Only now: Prometheus' client looks for that folder when it is loaded.
from datapress_common.logs import logging_settings  # noqa: E402
from datapress_common.metrics_server import forget, serve  # noqa: E402

_host = f"[{_settings.bind_address}]" if ":" in _settings.bind_address else _settings.bind_address
bind = f"{_host}:{_settings.port}"

# Flask waits: threads serve several callers at once, and none of them waits for a client. More load
# is met by more pods rather than by more workers, which would each cost a whole interpreter.
worker_class = "datapress_common.worker.Worker"
workers = _settings.gunicorn_workers
threads = _settings.gunicorn_threads
# Connections at once, of which a thread serves a few; what is left of the descriptors is for the work.
_descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
worker_connections = 1000 if _descriptors == resource.RLIM_INFINITY else max(16, min(1000, _descriptors - 64))

# The application is built in the master, before any fork: a refused setting ends the start with
# its one line, where a worker would die and be started again for ever.
preload_app = True

if _memory:
    worker_tmp_dir = _memory

# Its socket needs a writable home directory, which a read-only container does not have.
control_socket_disable = True

timeout = 30
# Shorter than the grace periods of Compose (30 s) and Kubernetes, so that requests in flight end
# before anybody loses patience.
graceful_timeout = 25
keepalive = _settings.gunicorn_keepalive

logger_class = "datapress_common.logs.ServiceLogger"
loglevel = _settings.log_level
if _settings.metrics_port:

    def when_ready(server: Any) -> None:
        """Serve metrics beside the workers."""
        serve(_settings.bind_address, _settings.metrics_port, lambda: list(server.WORKERS))

    def child_exit(_server: Any, worker: Any) -> None:
        """Keep what a worker that has ended counted."""
        forget(worker.pid)


accesslog = "-"
errorlog = "-"
logconfig_dict = logging_settings(_settings.log_level)
