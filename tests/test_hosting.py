"""The image of docs/hosting.md: all that it copies and runs can be copied and run without a container."""

import json
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

from tests.browser.harness import free_port

ROOT = Path(__file__).parents[1]
IMAGE = re.search(r"^```dockerfile\n(.*?)^```$", (ROOT / "docs/hosting.md").read_text(encoding="utf-8"), re.M | re.S)


def steps() -> list[tuple[str, str]]:
    assert IMAGE is not None
    return [(word, rest) for line in IMAGE[1].splitlines() for word, _, rest in [line.partition(" ")]]


def test_it_installs_what_make_run_installs_and_does_not_run_as_root():
    words = [word for word, _ in steps()]
    assert words.index("USER") < words.index("CMD")
    assert dict(steps())["USER"] not in ("root", "0")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (installs,) = (rest for word, rest in steps() if word == "RUN" and rest.startswith("pip install"))
    assert f"pip install --quiet {installs.split()[-2]} {installs.split()[-1]}" in makefile
    assert "-m streamlit run app.py" in makefile
    assert json.loads(dict(steps())["CMD"])[:3] == ["streamlit", "run", "app.py"]


def test_it_copies_all_that_the_program_reads():
    copied = {rest.split()[0] for word, rest in steps() if word == "COPY"}
    assert {"app.py", "requirements.txt", ".streamlit"} < copied
    named = set()
    for path in (path for name in copied for path in ROOT.glob(f"{name}/**/*.py")):
        named |= set(re.findall(r'parents\[\d\] / "([^"]+)"', path.read_text(encoding="utf-8")))
    assert "docs" in named
    assert {name for name in named if (ROOT / name).exists()} <= copied


def test_its_command_starts_the_server_and_its_check_tells_whether_it_is_well():
    port = free_port()
    check = shlex.split(dict(steps())["HEALTHCHECK"].removeprefix("CMD "))
    assert check[0] == "python"
    check = [sys.executable, *(part.replace(":8501", f":{port}") for part in check[1:])]

    def is_well() -> bool:
        return subprocess.run(check, stderr=subprocess.DEVNULL, check=False).returncode == 0

    assert not is_well()
    command = [sys.executable, "-m", *json.loads(dict(steps())["CMD"])]
    env = {**os.environ, "STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_ADDRESS": "127.0.0.1"}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not is_well():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        process.terminate()
        process.wait(20)
    assert not is_well()
