"""Find the Chromium that the browser tests drive, and install Debian's where there is none."""

import os
import shutil
import subprocess
import sys
import time

PATIENCE = 300.0  # seconds; a new machine's own apt may hold the lock for minutes
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
        apt = ["apt-get", "-qq", "-o", f"DPkg::Lock::Timeout={PATIENCE:.0f}", *step]
        command = [*sudo, "env", "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive", *apt]
        print("No Chromium was found, so:", " ".join(command), flush=True)
        run_when_unlocked(command)


def run_when_unlocked(command: list[str], pause: float = 5.0) -> None:
    """Run apt-get, again and again while another apt holds a lock; CalledProcessError for any other failure.

    DPkg::Lock::Timeout waits for dpkg's lock, but not for the one on the lists that `update` takes.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
        sys.stderr.write(done.stderr)
        if "Could not get lock" not in done.stderr or time.monotonic() > deadline:
            done.check_returncode()
            return
        print("Another apt is at work: waiting for it.", flush=True)
        time.sleep(pause)


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
