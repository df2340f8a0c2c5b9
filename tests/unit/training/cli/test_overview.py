"""What the command line says of itself: one order, one example a command, the same words for the same thing."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from training.cli.command import PROGRAM, Command
from training.cli.main import HEADINGS, main

PROJECT = Path(__file__).parents[4]
COMMANDS = [command for group in HEADINGS.values() for command in group]
WORDS = {
    "--out": "FOLDER",
    "--folder": "FOLDER",
    "--model-uri": "URI",
    "--alias": "NAME",
    "--table": "FILE",
    "--name": "NAME",
}


def shown(*arguments: str) -> str:
    result = CliRunner().invoke(main, [*arguments, "--help"], terminal_width=100)
    assert result.exit_code == 0
    return result.stdout


def test_the_overview_has_every_command_once_under_a_heading_in_the_order_of_the_way() -> None:
    way = [
        "train",
        "package",
        "publish",
        "promote",
        "rollback",
        "score",
        "status",
        "drift",
        "list",
        "show",
        "history",
        "functions",
    ]
    assert list(main.commands) == [*way, "verify", "prune", "demo", "serve"]
    text = shown()
    places = [text.index(f"{heading}:") for heading in HEADINGS]
    assert places == sorted(places)
    listed = re.findall(r"^  (\w+)  +\S", text[places[0] :], re.MULTILINE)
    assert listed == list(main.commands)


def test_the_overview_shows_the_whole_first_sentence_of_every_command() -> None:
    text = " ".join(shown().split())
    for command in COMMANDS:
        first = (command.help or "").partition("\n")[0]
        assert first.endswith("."), command.name
        assert first in text


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_each_command_has_an_example_that_it_takes(
    command: click.Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(command, Command)
    assert f"Example:\n  {PROGRAM} {command.example}\n" in shown(command.name or "")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MODEL_URI", str(tmp_path))
    (tmp_path / "packaged").mkdir()
    (tmp_path / "churn.joblib").touch()
    (tmp_path / "windows.log").touch()
    name, *words = shlex.split(command.example)
    assert name == command.name
    with command.make_context(name, words, parent=click.Context(main)) as context:
        assert context.params


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_same_thing_has_the_same_word_in_every_command(command: click.Command) -> None:
    context = click.Context(command, show_default=True)
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.is_flag:
            metavar = parameter.make_metavar(context)
            assert metavar not in ("TEXT", "INTEGER", "FLOAT", "PATH", "DIRECTORY") or parameter.metavar, parameter.opts
            assert WORDS.get(parameter.opts[0], metavar) == metavar
        if isinstance(parameter, click.Option):
            shown_help = (parameter.get_help_record(context) or ("", ""))[1]
            assert len(re.findall(r"default:|required|env var", shown_help)) <= 1, parameter.opts
            assert re.match(r"[A-Z]", parameter.help or ""), parameter.opts


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_what_is_required_comes_first(command: click.Command) -> None:
    required = [option.required for option in command.params if isinstance(option, click.Option)]
    assert required == sorted(required, reverse=True)


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    result = CliRunner().invoke(main, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"{project['name']} {project['version']}\n")


def test_help_loads_none_of_the_slow_libraries() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from training.cli.main import main; "
        "CliRunner().invoke(main, ['package', '--help']); "
        "print(*({name.partition('.')[0] for name in sys.modules} & "
        "{'sklearn', 'pandas', 'matplotlib', 'scipy', 'joblib'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
