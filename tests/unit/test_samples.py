"""What can be said of the pages' samples without running them, and what the frame that runs them refuses."""

import importlib.util
import time
from pathlib import Path

import pytest

from tests.docs.commands import commands, session
from tests.docs.fences import PAGES, PARSED, WORDS, Fence, code_spans, fences, fences_of
from tests.docs.insights import stages
from tests.docs.named import spoken, wrong_make_commands, wrong_modules, wrong_training_commands
from tests.docs.named_elsewhere import unknown_options, wrong_aws_commands
from tests.docs.outputs import with_text, written_anew
from tests.docs.reader import Reader, SampleFailed
from tests.docs.seen import agree
from tests.docs.shell import Shell

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@every_page
def test_every_block_says_what_it_is(page: Path) -> None:
    assert [block.place for block in fences_of(page) if block.word not in WORDS] == []


@every_page
def test_every_block_of_data_names_a_check_and_every_check_that_is_named_exists(page: Path) -> None:
    for block in fences_of(page):
        assert block.kind or block.word not in PARSED, f"{block.place} needs `<!-- sample: KIND -->` on the line before"
        if block.kind:
            module = f"tests.docs.kinds.{block.kind.replace('-', '_')}"
            assert importlib.util.find_spec(module), f"{block.place} names the check {block.kind}, which does not exist"


@every_page
def test_every_sample_comment_stands_right_before_a_block(page: Path) -> None:
    text = page.read_text()
    assert text.count("<!-- sample:") == sum(block.kind is not None for block in fences_of(page))


@every_page
def test_every_query_of_the_log_is_one_that_the_stand_in_runs(page: Path) -> None:
    for block in fences_of(page):
        if block.word == "logs":
            stages(block.text)


@every_page
def test_every_command_option_target_and_module_that_a_page_names_exists(page: Path) -> None:
    wrong = [
        f"{said.place}: {each}"
        for said in spoken(page)
        for each in (*wrong_training_commands(said.text), *wrong_make_commands(said.text), *wrong_modules(said.text))
    ]
    assert wrong == []


@every_page
def test_every_option_on_its_own_and_every_aws_command_that_a_page_names_exists(page: Path) -> None:
    alone = [each for _, text in code_spans(page.read_text(encoding="utf-8")) for each in unknown_options(text)]
    assert alone == []
    assert [f"{said.place}: {each}" for said in spoken(page) for each in wrong_aws_commands(said.text)] == []


def test_an_option_or_an_aws_command_that_does_not_exist_is_found() -> None:
    assert unknown_options("--tabel DATA --target COLUMN") == ["--tabel"]
    assert wrong_aws_commands("aws logs start-query --log-group x; aws logs start --x") == [
        "aws logs start-query --log-group",
        "aws logs start",
    ]
    assert wrong_aws_commands("aws log describe-log-groups") == ["aws log describe-log-groups"]


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (".venv/bin/python -m training train --out x", []),
        ("A=b python -m training train --out=x | head --lines", []),
        ("python -m training tran --out x", ["tran"]),
        ("ls; python -m training train --uot x -q", ["train --uot", "train -q"]),
        ("python -m training --wrong", ["--wrong"]),
        ("python -m training COMMAND --help", []),
    ],
)
def test_a_command_or_option_that_does_not_exist_is_found(said: str, wrong: list[str]) -> None:
    assert wrong_training_commands(said) == wrong


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("make demo && make local-cloud CLOUD_PORT=4567", []),
        ("make demmo", ["demmo"]),
        ("make serve PROT=1", ["PROT=1"]),
        ("apt-get install make curl", []),
        ("make .tools/{sam,page}/installed", []),
    ],
)
def test_a_target_or_variable_of_make_that_does_not_exist_is_found(said: str, wrong: list[str]) -> None:
    assert wrong_make_commands(said) == wrong


def test_a_module_that_does_not_exist_is_found() -> None:
    assert wrong_modules("python -m ops.reference; .venv/bin/python -m ops.refrence") == ["ops.refrence"]


PAGE = """\
# Title

1. In a list:

   <!-- sample: request -->
   ```json
   {}
   ```

<!-- sample: forgotten -->
Words between.

```sh
make demo
```

    make indented
"""


def test_blocks_in_lists_count_and_a_kind_belongs_to_the_block_right_below_it() -> None:
    assert list(fences("page.md", PAGE)) == [
        Fence("page.md", 7, "json", "{}\n", "request"),
        Fence("page.md", 14, "sh", "make demo\n"),
        Fence("page.md", 17, "", "make indented\n"),
    ]


def test_a_block_is_cut_into_whole_commands_with_their_lines() -> None:
    block = "# why\nA=1\n\nif true\nthen echo \\\n  b\nfi\ncat <<END\ntext\nEND\n"
    cut = [(command.line, command.text) for command in commands(block)]
    assert cut == [(1, "A=1"), (3, "if true\nthen echo \\\n  b\nfi"), (7, "cat <<END\ntext\nEND")]


def test_a_console_block_is_cut_into_commands_with_what_they_print() -> None:
    cut = [(command.line, command.text, command.said) for command in session("$ ls \\\n  -a\n.\n..\n$ true\n")]
    assert cut == [(0, "ls \\\n  -a", (".", "..")), (4, "true", ())]
    with pytest.raises(ValueError, match="begins with"):
        list(session("ls\n"))


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """A reader whose checkout is an empty folder."""
    (tmp_path / "checkout").mkdir()
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path)}
    return Reader(Shell(tmp_path / "checkout", environment, tmp_path / "state"))


def page(text: str) -> list[Fence]:
    return list(fences("page.md", text))


def test_what_a_command_sets_the_next_finds_as_in_one_shell(reader: Reader) -> None:
    reader.follow(page("```sh\nA='x y'\nexport B=1\nf() { echo $1; }\nmkdir d; cd d\n```\n"))
    steps = reader.follow(page('```sh\nf "$A"\nbash -c \'echo "$A$B"\'\nbasename "$PWD"\n```\n'))
    assert [step.output for step in steps] == ["x y\n", "1\n", "d\n"]


@pytest.mark.parametrize("command", ["false", "false | cat", "echo first; exit 3", "no-such-program"])
def test_a_command_that_fails_fails_the_page_and_names_the_line(reader: Reader, command: str) -> None:
    with pytest.raises(SampleFailed, match=r"^page\.md:3: ") as failed:
        reader.follow(page(f"```sh\necho before\n{command}\n```\n"))
    assert "ended with" in str(failed.value)


def test_an_output_that_differs_fails_the_page_and_is_quoted(reader: Reader) -> None:
    with pytest.raises(SampleFailed, match=r"^page\.md:2: (?s:.*)three$"):
        reader.follow(page("```console\n$ echo two\\\n    three\ntwo\n```\n"))


def test_a_terminal_is_shown_without_colours_at_100_columns_and_its_refusals_too(reader: Reader) -> None:
    shown = "```console\n$ stty size <&1; test -t 2; echo $? $NO_COLOR; exit 3\n50 100\n0 1\n$ echo $NO_COLOR\n1\n```\n"
    reader.follow(page(shown))


@pytest.mark.parametrize(
    ("block", "why"),
    [
        ("```bash\ntrue\n```\n", "no word"),
        ("```\ntrue\n```\n", "no word"),
        ("```json\n{}\n```\n", "sample: KIND"),
        ("```python\nraise SystemExit(2)\n```\n", "ended with"),
        ("```logs\nstats count(*)\n```\n", "skip over"),
    ],
)
def test_a_block_that_nobody_runs_or_that_fails_fails_the_page(reader: Reader, block: str, why: str) -> None:
    with pytest.raises(SampleFailed, match=why):
        reader.follow(page(block))


def test_what_a_page_leaves_running_is_ended_after_it(reader: Reader) -> None:
    (step,) = reader.follow(page("```sh\nsleep 600 & echo $!\n```\n"))
    reader.finish()
    left = Path("/proc") / step.output.strip() / "stat"
    for _ in range(100):
        # An ended process may stay in the list until the system's first process has seen its end.
        if not left.exists() or left.read_text().rpartition(") ")[2][0] in "ZX":
            return
        time.sleep(0.05)
    pytest.fail("It goes on running.")


def test_what_changes_from_run_to_run_agrees_and_nothing_else_does() -> None:
    shown = ["20260101T000000Z-0123abcd  serves   since 2026-01-01 10:00", "…", "took 3.1 s"]
    assert agree(shown, ["20270202T112233Z-ffffffff serves since 2027-01-01 11:11", "a", "b", "took 12 s"])
    assert agree(shown, ["20270202T112233Z-ffffffff serves since 2027-01-01 11:11", "took 12 s"])
    assert not agree(shown, ["20270202T112233Z-ffffffff served since 2027-01-01 11:11", "took 12 s"])
    assert not agree(["accuracy 0.91"], ["accuracy 0.92"])
    assert agree(['{"a": 0.004313075702966644, "b": 0.5}'], ['{"a": 0.0043131098449053235, "b": 0.5}'])
    assert not agree(['{"a": 0.004313075702966644, "b": 0.5}'], ['{"a": 0.0043231098449053235, "b": 0.5}'])
    assert not agree(['{"a": 0.004313075702966644, "b": 0.5}'], ['{"a": 0.004313075702966644, "b": 0.6}'])
    assert not agree(["0.004313075702966644"], ["0.004"])
    assert not agree(["one"], ["one", "two"])


def test_an_output_is_written_anew_where_it_stood_and_stays_where_it_says_the_same(reader: Reader) -> None:
    markdown = "- a\n\n  ```console\n  $ echo took 3 s\n  took 5 s\n  $ echo new\n  old\n  ```\n\nend\n"
    (block,) = page(markdown)
    text = written_anew(block.text, reader)
    assert with_text(markdown, block, text) == markdown.replace("  old", "  new")


def test_a_query_s_bars_within_a_pattern_separate_nothing() -> None:
    assert stages("fields @message | filter @message like /a|b\\/c/i\n| limit 2") == [
        "fields @message",
        "filter @message like /a|b\\/c/i",
        "limit 2",
    ]
