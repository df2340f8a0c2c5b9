"""What mkdocs calls while it makes the site; mkdocs.yml names this file. It needs the interpreter of `.tools/docs`."""

import re
from typing import Any

from ops.commands import ROOT
from ops.site.links import OF_ROOT, as_in_site

NAMES = {of_site: of_root for of_root, of_site in OF_ROOT.items()}


def on_files(files: Any, config: Any) -> Any:
    """Add the pages of the repository's root to those of docs/."""
    # Here, because everything else may import this module without the tool.
    from mkdocs.structure.files import File  # type: ignore[import-not-found]  # it is in .tools/docs alone

    for of_root, of_site in OF_ROOT.items():
        if (ROOT / of_root).exists():
            files.append(File.generated(config, of_site, abs_src_path=str(ROOT / of_root)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """The page's Markdown for the site."""
    name = page.file.src_uri
    return as_in_site(markdown, NAMES.get(name, f"docs/{name}"))


def on_page_content(html: str, **_: Any) -> str:
    """The page, where the empty corner of a table heads nothing."""
    return re.sub(r"<th([^>]*)></th>", r"<td\1></td>", html)
