"""Find the Chromium that the browser tests drive, and install Debian's where there is none."""

import os
import shutil
import subprocess
import sys

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
MISSING = (
    "The browser tests need Chromium or Google Chrome, and none was found. "
    "Install one of them, or say where yours is with CHROMIUM=/path/to/chromium."
)


def find_chromium() -> str:
    """Give the path of a Chromium or Chrome, the one in $CHROMIUM first; without any, say what to do."""
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        if path := shutil.which(name):
            return path
    raise FileNotFoundError(MISSING)


def install_chromium() -> None:
    """Install Debian's package, through sudo for anyone but root."""
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    if not shutil.which("apt-get") or (sudo and not shutil.which("sudo")):
        raise FileNotFoundError(MISSING)
    for step in (["update"], ["install", "-y", "chromium"]):
        command = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", *step]
        print("No Chromium was found, so:", " ".join(command), flush=True)
        subprocess.run(command, check=True)


def main() -> int:
    """Make sure of a browser; the exit code tells whether there is one."""
    try:
        try:
            find_chromium()
        except FileNotFoundError:
            install_chromium()
            find_chromium()
    except FileNotFoundError as problem:
        print(problem, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError:
        print(f"apt-get could not install Chromium. {MISSING}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
