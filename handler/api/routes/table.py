"""All routes. A new one is a function in a module beside this one, and its line here."""

from handler.api.routes import contract, model, pages, predict
from handler.api.routes.route import Route

ROUTES: tuple[Route, ...] = (
    Route("POST", "/predict", predict.predict, predict.SUMMARY, operation=predict.operation),
    Route("GET", "/health", model.health, model.HEALTH, operation=model.health_operation),
    Route("GET", "/model", model.model, model.MODEL, operation=model.model_operation),
    Route("GET", "/openapi.json", contract.contract, "This contract as OpenAPI 3.1, made for the model that serves"),
    Route("GET", "/", pages.try_it, "A page to try the model in a browser", needs_key=False),
    Route("GET", "/report", pages.report, "The report of the version that serves: data, metrics, plots"),
    Route("GET", "/docs", pages.docs, "The contract in Swagger UI, to read and to try", needs_key=False),
    Route("GET", "/docs/swagger-ui.js", pages.swagger_ui, "The script of GET /docs", needs_key=False),
    Route("GET", "/docs/swagger-ui.css", pages.swagger_ui, "The style of GET /docs", needs_key=False),
)

KEYLESS = frozenset(route.path for route in ROUTES if not route.needs_key)
KEYLESS_FOLDERS = tuple({f"{path.rpartition('/')[0]}/" for path in KEYLESS} - {"/"})


def needs_key(path: str) -> bool:
    """Whether the gateway asks for the key on `path`, a route's or any other.

    A browser sends no key when it opens a page, so the pages and their files need none. template.yaml lets their whole
    folders through (a test holds the two to each other). What is answered there says nothing of the model, not even in
    an error or a header.
    """
    return path not in KEYLESS and not path.startswith(KEYLESS_FOLDERS)
