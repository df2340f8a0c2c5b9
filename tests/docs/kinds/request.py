"""A JSON body for `POST /predict` of the model that serves: it is answered with 200."""

import json
from pathlib import Path

from ops.http_client import HttpApi
from tests.docs.fences import Fence
from tests.docs.reader import Reader, SampleFailed


def check(block: Fence, reader: Reader) -> None:
    json.loads(block.text)
    variables = reader.shell.variables()
    headers = (("x-api-key", variables["API_KEY"]), ("Content-Type", "application/json"))
    api = HttpApi(variables["API_URL"], Path(variables["CURL_CA_BUNDLE"]), headers)
    answer = api.ask("POST", "/predict", block.text)
    if answer.status != 200:
        raise SampleFailed(f"{block.place}: The request is answered with {answer.status}: {answer.body}")
