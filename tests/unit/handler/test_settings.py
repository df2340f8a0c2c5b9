"""`handler.settings`: what is read from the environment, and what is refused."""

import pytest

from handler.errors.model import InvalidSettings
from handler.settings import VARIABLES, Settings


def test_a_model_uri_alone_is_enough_and_the_rest_has_defaults() -> None:
    settings = Settings.from_env({"MODEL_URI": "s3://bucket/iris"})
    assert settings == Settings(
        model_uri="s3://bucket/iris", model_alias="production", model_refresh_seconds=60, max_rows=1000, cors_origins=""
    )


def test_every_variable_is_read() -> None:
    environ = {"MODEL_URI": "models/iris", "MODEL_ALIAS": "canary", "MODEL_REFRESH_SECONDS": "5", "MAX_ROWS": "7"}
    environ["CORS_ORIGINS"] = " https://One.example, http://localhost:3000 "
    assert set(environ) == set(VARIABLES)
    assert Settings.from_env(environ) == Settings(
        model_uri="models/iris",
        model_alias="canary",
        model_refresh_seconds=5,
        max_rows=7,
        cors_origins="https://one.example,http://localhost:3000",
    )


def test_blanks_around_the_uri_are_no_part_of_it() -> None:
    assert Settings.from_env({"MODEL_URI": " models/iris\n"}).model_uri == "models/iris"


def test_other_variables_are_ignored() -> None:
    assert Settings.from_env({"MODEL_URI": "m", "model_alias": "canary", "MAX_ROW": "7"}) == Settings("m")


@pytest.mark.parametrize("environ", [{}, {"MODEL_URI": ""}, {"MODEL_URI": " \t"}])
def test_a_missing_uri_is_named_with_an_example(environ: dict[str, str]) -> None:
    with pytest.raises(InvalidSettings, match=r"MODEL_URI is not set.*s3://"):
        Settings.from_env(environ)


@pytest.mark.parametrize(
    "alias", ["", "Production", "a/b", "../production", "a.b", "-a", "_a", "a b", "a\n", "ä", "a" * 64]
)
def test_an_alias_that_could_leave_its_folder_is_refused(alias: str) -> None:
    with pytest.raises(InvalidSettings, match=r"MODEL_ALIAS must be"):
        Settings.from_env({"MODEL_URI": "m", "MODEL_ALIAS": alias})


@pytest.mark.parametrize("alias", ["a", "0", "production", "blue-green_2", "a" * 63])
def test_an_alias_of_plain_characters_is_taken(alias: str) -> None:
    assert Settings.from_env({"MODEL_URI": "m", "MODEL_ALIAS": alias}).model_alias == alias


@pytest.mark.parametrize("name", ["MAX_ROWS", "MODEL_REFRESH_SECONDS"])
@pytest.mark.parametrize("text", ["", "0", "-1", "+1", "1.0", "1e3", "1_000", " 1", "1\n", "many", "\u0661", "²"])
def test_what_is_no_whole_number_above_0_is_refused(name: str, text: str) -> None:
    with pytest.raises(InvalidSettings, match=rf"{name} must be a whole number above 0"):
        Settings.from_env({"MODEL_URI": "m", name: text})
