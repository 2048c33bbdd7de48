"""usage: python -m served FOLDER PORT"""

import sys
from pathlib import Path

from .server import site_server

site_server(Path(sys.argv[1]), int(sys.argv[2])).serve_forever()
