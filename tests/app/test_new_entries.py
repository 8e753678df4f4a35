"""A new activation, loss, optimizer, initializer, dataset and feature, one class or function each, work everywhere."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("languages", ["spoken", "silent"])
def test_one_new_entry_of_each_registry_works_everywhere(languages: str):
    command = [sys.executable, "-m", "tests.app.new_entries", languages]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
