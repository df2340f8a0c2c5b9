"""The pages at the deployed URL, driven in a real Chromium, which is given the key that they ask for.

The browser's tests run in an environment of their own, `.tools/page`, as all of tests/page does.
"""

import os
import subprocess

from ops.commands import ROOT
from tests.e2e.deploy.stages import Serving

PYTHON = ROOT / ".tools/page/bin/python"
SECONDS = 180


def test_the_pages_ask_for_the_key_and_then_show_the_model(serving: Serving) -> None:
    told = {"DEPLOYED_URL": f"{serving.stack.url}/", "DEPLOYED_KEY": serving.stack.api_key}
    command = [str(PYTHON), "-m", "pytest", "-q", "--confcutdir=tests/page", "tests/page/deployed_stage.py"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | told, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
