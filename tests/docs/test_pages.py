"""What the README and the pages of docs/ show is true: each block is run, in the order of its page."""

import json
from pathlib import Path

import pytest

from ops.http_client import HttpApi
from tests.docs.fences import PAGES, fences_of
from tests.docs.reader import Reader
from tests.docs.walk import BEGINNING, Walk, transcript


def test_the_readme_leads_from_a_fitted_model_to_a_url_that_answers_for_it(walk: Walk) -> None:
    print(transcript(walk.steps))
    headers = (("x-api-key", walk.variables["API_KEY"]), ("Content-Type", "application/json"))
    api = HttpApi(walk.variables["API_URL"], Path(walk.variables["CURL_CA_BUNDLE"]), headers)
    example = api.ask("GET", "/model").body["example"]["features"]
    answer = api.ask("POST", "/predict", json.dumps({"features": example}))
    assert (answer.status, answer.body["model"]["name"]) == (200, "churn")


@pytest.mark.parametrize("page", [page for page in PAGES if page != BEGINNING], ids=lambda page: page.name)
def test_every_block_of_the_page_does_what_the_page_says(page: Path, reader: Reader) -> None:
    reader.follow(fences_of(page))
