"""`python -m ops.reference` (`make reference`): writes every generated part anew."""

from ops.reference.pages import generated, pages

for path in pages():
    path.write_text(generated(path.read_text(encoding="utf-8")), encoding="utf-8")
