"""`handler.settings`: what is read from the environment, and what is refused."""

import pytest

from handler.errors.model import InvalidSettings
from handler.settings import OF_TELEMETRY, SETTINGS, VARIABLES, Setting, Settings
from handler.telemetry.log_and_metrics import Telemetry


def test_a_model_uri_alone_is_enough_and_the_rest_has_defaults() -> None:
    settings = Settings.from_env({"MODEL_URI": "s3://bucket/iris"})
    assert settings == Settings(
        model_uri="s3://bucket/iris",
        model_alias="production",
        model_refresh_seconds=60,
        max_rows=1000,
        cors_origins="",
        observe_seconds=60,
    )


def test_every_variable_is_read() -> None:
    environ = {"MODEL_URI": "models/iris", "MODEL_ALIAS": "canary", "MODEL_REFRESH_SECONDS": "5", "MAX_ROWS": "7"}
    environ |= {"CORS_ORIGINS": " https://One.example, http://localhost:3000 ", "OBSERVE_SECONDS": "0"}
    assert set(environ) == set(VARIABLES)
    assert Settings.from_env(environ) == Settings(
        model_uri="models/iris",
        model_alias="canary",
        model_refresh_seconds=5,
        max_rows=7,
        cors_origins="https://one.example,http://localhost:3000",
        observe_seconds=0,
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


@pytest.mark.parametrize("setting", [setting for setting in SETTINGS if setting.default is not None])
def test_a_default_is_a_value_that_the_setting_takes(setting: Setting) -> None:
    assert setting.value({}) == getattr(Settings("m"), setting.variable.lower())


def test_only_the_model_s_root_must_be_given() -> None:
    assert [setting.variable for setting in SETTINGS if setting.default is None] == ["MODEL_URI"]


def test_every_setting_has_its_help_and_says_what_it_must_be() -> None:
    for setting in (*SETTINGS, *OF_TELEMETRY):
        assert setting.help.endswith(".")
    for setting in SETTINGS:
        assert setting.must_be


def test_what_is_declared_for_powertools_is_what_the_telemetry_falls_back_to() -> None:
    defaults = {setting.variable: setting.default for setting in OF_TELEMETRY}
    telemetry = Telemetry({})
    assert telemetry.service == defaults["POWERTOOLS_SERVICE_NAME"]
    assert telemetry.namespace == defaults["POWERTOOLS_METRICS_NAMESPACE"]
