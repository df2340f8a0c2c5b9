"""The trust policy of a role: cfn-lint, which knows IAM's elements and actions, finds nothing wrong with it."""

import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from ops.commands import ROOT
from tests.docs.fences import Fence
from tests.docs.reader import Reader, SampleFailed

CFN_LINT = ROOT / ".tools/sam/bin/cfn-lint"


def check(block: Fence, _: Reader) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": json.loads(block.text)}}
    with TemporaryDirectory() as folder:
        template = Path(folder) / "template.json"
        template.write_text(json.dumps({"Resources": {"Role": role}}))
        done = subprocess.run([str(CFN_LINT), str(template)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SampleFailed(f"{block.place}: {done.stdout}{done.stderr}")
