"""Find the programs that the browser tests drive, and install Debian's package where one is missing."""

import os
import shutil
import subprocess
import sys
import time

PROGRAMS = {
    "chromium": (
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ),
    "nginx": ("nginx", "/usr/sbin/nginx"),
    "firefox-esr": ("firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"),
}
if sys.platform == "linux":  # WebKitGTK is there for no other system
    PROGRAMS |= {"webkit2gtk-driver": ("WebKitWebDriver",), "xvfb": ("Xvfb",)}
"""Debian's package, and where the program may be found"""
MISSING = (
    "The browser tests need {name}, and none was found. "
    "Install it, or say where yours is with {variable}=/path/to/{name}."
)
PATIENCE = 300.0  # seconds; a new machine's own apt may hold the lock for minutes


def find(name: str) -> str:
    """Give the path of a program, the one in $CHROMIUM, $FIREFOX_ESR and so on first; without any, say what to do."""
    variable = name.upper().replace("-", "_")
    for place in (os.environ.get(variable, ""), *PROGRAMS[name]):
        if path := shutil.which(place):
            return path
    raise FileNotFoundError(MISSING.format(name=name, variable=variable))


def install(name: str) -> None:
    """Install Debian's package, through sudo for anyone but root."""
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    if not shutil.which("apt-get") or (sudo and not shutil.which("sudo")):
        return
    # A service that a package brings along is not started: nginx is run by its tests alone.
    quiet = ["env", "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1"]
    for step in (["update"], ["install", "-y", "--no-install-recommends", name]):
        command = [*sudo, *quiet, "apt-get", "-qq", "-o", f"DPkg::Lock::Timeout={PATIENCE:.0f}", *step]
        print(f"No {name} was found, so:", " ".join(command), flush=True)
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
    """Make sure of all programs; the exit code tells whether they are there."""
    for name in PROGRAMS:
        try:
            try:
                find(name)
            except FileNotFoundError:
                install(name)
                find(name)
        except FileNotFoundError as problem:
            print(problem, file=sys.stderr)
            return 1
        except subprocess.CalledProcessError:
            print(f"apt-get could not install {name}.", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
