"""The frame of a page for people that is one file: no script, nothing that is fetched."""

import html


def html_document(title: str, style: str, body: str) -> str:
    """A complete HTML document of `body`, which is HTML, below the heading `title`, which is plain text."""
    title = html.escape(title)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""
