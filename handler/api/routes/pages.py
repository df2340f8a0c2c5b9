"""The routes for people: the try-it page, the contract's page with its files, and the report.

What makes a page is imported when somebody looks at one, so that a prediction does not pay for it.
"""

from handler.api.http.responses import Page
from handler.api.routes.route import Call
from handler.errors.request import UnknownPath


def try_it(_: Call) -> Page:
    """GET /: a page to try the model in a browser."""
    from handler.api.pages.assembly import try_it_page

    return try_it_page()


def report(call: Call) -> Page:
    """GET /report: the report as it was published with the version that serves."""
    from handler.api.pages.assembly import report_page

    version = call.services.predictor().manifest.version
    html = call.services.read_report(version)
    if html is None:
        raise UnknownPath(f"{version} was published without a report.")
    return report_page(html)


def docs(call: Call) -> Page:
    """GET /docs: the contract, to read and to try."""
    from handler.api.pages.assembly import docs_page

    return docs_page(call.request.sent_path)


def swagger_ui(call: Call) -> Page:
    """GET /docs/swagger-ui.js and GET /docs/swagger-ui.css: the script and the style of GET /docs."""
    from handler.api.pages.assembly import swagger_ui_file

    files = {"/docs/swagger-ui.js": "swagger-ui-bundle.min.js", "/docs/swagger-ui.css": "swagger-ui.min.css"}
    return swagger_ui_file(files[call.request.path])
