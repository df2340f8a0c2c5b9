"""Runs schemathesis against a served contract, on the loopback address or on a deployed stage.

It has an environment of its own, `.tools/contract`.
"""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent.parent
SCHEMATHESIS = PROJECT / ".tools" / "contract" / "bin" / "st"
SETTINGS = Path(__file__).with_name("schemathesis.toml")


@dataclass(frozen=True)
class Outcome:
    """How many requests were made, how many failures were found, and the whole output of schemathesis."""

    cases: int
    failures: int
    said: str


def run_schemathesis(
    url: str,
    scratch: Path,
    seconds: int,
    headers: Mapping[str, str] | None = None,
    *,
    certificate: Path | None = None,
    most_a_second: int | None = None,
) -> Outcome:
    """Try the contract at `url`/openapi.json for `seconds`, all checks on; `headers` go with each request.

    `certificate` is the one to trust on https; `most_a_second` limits the requests per second below a throttle.
    Raises FileNotFoundError if `make .tools/contract/installed` was not run.
    """
    report = scratch / "report.json"
    # fmt: off
    command = [
        str(SCHEMATHESIS), "--no-color", "--config-file", str(SETTINGS), "run", f"{url}/openapi.json", "--url", url,
        "--checks", "all", "--max-time", str(seconds), "--continue-on-failure",
        "--report", "json", "--report-json-path", str(report),
        *(part for name, value in (headers or {}).items() for part in ("--header", f"{name}:{value}")),
        *(["--tls-verify", str(certificate)] if certificate else []),
        *(["--rate-limit", f"{most_a_second}/s"] if most_a_second else []),
    ]
    # fmt: on
    done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, timeout=seconds + 120, check=False)
    found: dict[str, Any] = json.loads(report.read_text()) if report.exists() else {}
    cases = found.get("test_cases", {})
    failures = len(found.get("failures", [])) + len(found.get("errors", []))
    if done.returncode and not failures:
        failures = 1
    return Outcome(cases.get("generated", 0), failures, done.stdout + done.stderr)
