"""`score --on-aws` says what it lacks before it reads or writes anything."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from training.cli.main import main

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:churn-Batch"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--state-machine", ARN, "--model-uri", "registry/churn"], "needs the bucket of a stack"),
        (["--model-uri", "s3://models/churn"], "BatchStateMachineArn"),
        (["--model-uri", "s3://models/churn", "--state-machine", ""], "Batches=enabled"),
        (["--model-uri", "s3://models/churn", "--state-machine", ARN, "--workers", "2"], "leave --workers"),
        (["--model-uri", "s3://models/churn", "--state-machine", ARN, "--backend", "dask=x"], "leave --workers"),
    ],
)
def test_what_does_not_go_together_or_is_missing_is_said_first(options: list[str], said: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(main, ["score", "churn.csv", "--out", str(out), "--on-aws", *options])
    assert result.exit_code == 2
    assert said in result.stderr
    assert not out.exists()
