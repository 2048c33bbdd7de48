"""usage: python -m browser. Prints the browser that the tests would drive, or fails and says that there is none."""

import sys

from .find import MISSING, find_browser

found = find_browser()
print(found or MISSING, file=sys.stdout if found else sys.stderr)
sys.exit(found is None)
