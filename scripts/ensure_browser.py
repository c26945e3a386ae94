"""Make sure there is a Chromium for the browser tests: use the machine's, else install Debian's, else say how."""

import os
import shutil
import subprocess
import sys

CANDIDATES = ("chromium", "chromium-browser", "google-chrome")
ADVICE = "The browser tests need Chromium: install it (Debian: apt-get install chromium) or set CHROMIUM to one."


def main() -> None:
    wanted = os.environ.get("CHROMIUM")
    if wanted and shutil.which(wanted):
        return
    if any(shutil.which(name) for name in CANDIDATES):
        return
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        sys.exit(ADVICE)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in ([apt, "update", "-qq"], [apt, "install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
            sys.exit(ADVICE)


if __name__ == "__main__":
    main()
