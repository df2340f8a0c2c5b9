"""A page's Markdown on its way into the site."""

import pytest

from ops.site.links import as_in_site


@pytest.mark.parametrize(
    ("page", "link", "in_site"),
    [
        ("README.md", "docs/client.md#retry", "client.md#retry"),
        ("README.md", "CONTRIBUTING.md", "contributing.md"),
        ("README.md", "docs/picture.svg", "picture.svg"),
        ("docs/security.md", "../SECURITY.md", "reporting.md"),
        ("docs/client.md", "security.md", "security.md"),
        ("docs/client.md", "../README.md#start", "index.md#start"),
        ("docs/client.md", "../handler/app.py", "../handler/app.py"),
        ("docs/client.md", "https://example.org/docs/a.md", "https://example.org/docs/a.md"),
        ("docs/client.md", "#here", "#here"),
    ],
)
def test_a_link_leads_to_the_same_page_in_the_site(page: str, link: str, in_site: str) -> None:
    assert as_in_site(f"[a]({link}) and ![b]({link})\n", page) == f"[a]({in_site}) and ![b]({in_site})\n"


def test_the_sources_of_a_picture_are_links_too() -> None:
    html = '<picture><source srcset="docs/dark.svg"><img src="docs/light.svg" alt=""></picture>\n'
    assert as_in_site(html, "README.md") == html.replace("docs/", "")


def test_what_stands_in_a_block_stays_and_markers_go() -> None:
    block = "```text\n[x](docs/a.md)\n<!-- end -->\n```\n"
    markdown = f"<!-- generated: routes -->\n| a |\n<!-- end -->\n- b\n\n  <!-- sample: request -->\n{block}"
    assert as_in_site(markdown, "README.md") == f"\n| a |\n\n- b\n\n\n{block}"
