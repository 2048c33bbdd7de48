"""Which browser does this machine have?"""

import shutil

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "aucun navigateur (Chromium ou Chrome) ; sous Debian : apt-get install chromium"


def find_browser(search: str | None = None) -> str | None:
    """The program of a browser that can be driven and can print, if there is one."""
    return next((found for name in BROWSERS if (found := shutil.which(name, path=search))), None)
