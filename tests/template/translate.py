"""`python translate.py TEMPLATE NAME=VALUE…` prints the template after SAM's transform, as JSON.

Run it by path in `.tools/sam`, where the transform is. It passes on the parameters as CloudFormation does.
"""

import json
import sys
from pathlib import Path

import boto3
from samcli.yamlhelper import yaml_parse  # type: ignore[import-not-found]  # in .tools/sam alone
from samtranslator.parser.parser import Parser  # type: ignore[import-not-found]  # as above
from samtranslator.translator.translator import Translator  # type: ignore[import-not-found]  # as above

if __name__ == "__main__":
    template = yaml_parse(Path(sys.argv[1]).read_text())
    # The transform takes only a place in S3, which `sam deploy` would have put here.
    for resource in template["Resources"].values():
        if "CodeUri" in resource["Properties"]:
            resource["Properties"]["CodeUri"] = "s3://bucket/package.zip"
    parameters = dict(argument.split("=", 1) for argument in sys.argv[2:])
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name="us-east-1"))
    print(json.dumps(translator.translate(template, parameters)))
