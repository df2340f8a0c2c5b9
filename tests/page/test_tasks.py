"""The try-it page shows the answer of each task: a score, a cluster, an object of targets, a list of labels."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Service = Callable[[str], str]

SHOWN: dict[str, tuple[str, str, list[str]]] = {
    "outliers": ("Tells outliers from inliers.", "inlier|outlier", ["score"]),
    "clusters": ("Predicts the number of a cluster.", "[012]", ["0", "1", "2"]),
    "targets": (
        'Predicts species: one of setosa, versi%color, virg"inica; si%ze: one of long, short.',
        "species: .* · si%ze: (long|short)",
        ["species: setosa", "species: versi%color", 'species: virg"inica', "si%ze: long", "si%ze: short"],
    ),
    "labels": ("Predicts traits: any of tall, wi%de.", "(tall|wi%de|, )+|no label", ["tall", "wi%de"]),
    "scores": (
        'Predicts species: one of setosa, versi%color, virg"inica.',
        'setosa|versi%color|virg"inica',
        ["setosa", "versi%color", 'virg"inica'],
    ),
}


@pytest.mark.parametrize("model", SHOWN)
def test_the_page_shows_what_a_model_of_this_task_answers(model: str, page: Page, service: Service) -> None:
    target, prediction, names = SHOWN[model]
    page.goto(service(model))
    expect(page.locator("#prediction")).not_to_have_text("…")
    expect(page.locator("#target")).to_have_text(target)
    expect(page.locator("#prediction")).to_have_text(re.compile(f"^({prediction})$"))
    assert page.locator("#probabilities dt").all_text_contents() == names
    shown = page.locator(".share").all_text_contents()
    is_share = model not in ("outliers", "scores")
    assert all(text.endswith(" %") == is_share and re.match(r"-?\d", text) for text in shown)
