"""The Makefile is a newcomer's first page: it explains itself, and says in a sentence what is amiss."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="there is no make here to test")


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def test_make_alone_shows_every_target_with_a_sentence():
    shown = set(re.findall(r"^  make (\w+) +\S", make().stdout, re.M))
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert phony is not None
    assert shown == set(phony[1].split()) - {"programs"}


def test_the_port_can_be_chosen():
    assert "--server.port 8600" in make("--dry-run", "run", "PORT=8600").stdout


def test_an_old_python_is_told_in_a_sentence(tmp_path: Path):
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    done = make("run", f"PYTHON={old}", f"VENV={tmp_path / 'venv'}")
    assert done.returncode != 0
    assert f"The playground needs Python 3.11 or newer, and '{old}' is not that." in done.stdout
