"""`handler.errors.catalogue`: every error that can be raised has its answer, and every answer says what to do."""

import re

import pytest

from handler.errors.base import INTERNAL_ERROR, ErrorAnswer, SklearnOnLambdaError, answer_for
from handler.errors.catalogue import ANSWERS, OF_FUNCTION, OF_GATEWAY, TITLES, codes
from handler.errors.model import ModelUnavailable
from handler.errors.request import RefusedRows, WrongMethod
from tests.unit.handler.asking import STATUSES
from tests.unit.handler.errors.test_errors import subclasses, tree
from training.cli.main import main

TREE = list(tree(SklearnOnLambdaError))
LEAVES = [cls for cls in TREE if not subclasses(cls)]


def made(cls: type) -> Exception:
    """An error of this class with a text that must not reach clients where it is ours to keep."""
    more = ((),) if cls is WrongMethod or issubclass(cls, RefusedRows) else ()
    error = cls("a text", *more)
    assert isinstance(error, Exception)
    return error


@pytest.mark.parametrize("cls", LEAVES)
def test_every_leaf_of_the_tree_has_an_answer(cls: type) -> None:
    assert cls in ANSWERS
    assert answer_for(made(cls)) is ANSWERS[cls]


@pytest.mark.parametrize("cls", [cls for cls in TREE if subclasses(cls)])
def test_a_class_that_only_groups_others_has_none(cls: type) -> None:
    assert cls not in ANSWERS
    assert answer_for(made(cls)) is INTERNAL_ERROR


def test_every_answer_is_of_a_class_of_the_tree() -> None:
    assert set(ANSWERS) <= set(TREE)


@pytest.mark.parametrize("error", [ValueError("a text"), KeyError(), MemoryError(), RecursionError()])
def test_whatever_is_not_one_of_ours_is_an_internal_error(error: Exception) -> None:
    assert answer_for(error) is INTERNAL_ERROR
    assert INTERNAL_ERROR.status == 500


def test_no_two_errors_have_one_code_and_each_is_a_slug() -> None:
    codes = [answer.code for answer in (*ANSWERS.values(), INTERNAL_ERROR)]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)


def test_a_code_is_its_class_in_other_letters() -> None:
    for cls, answer in ANSWERS.items():
        assert answer.code == re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


@pytest.mark.parametrize(("cls", "answer"), ANSWERS.items())
def test_each_status_is_in_the_table_and_on_the_right_side(cls: type, answer: ErrorAnswer) -> None:
    assert answer.status in STATUSES - {200, 500}
    assert (answer.status == 503) == issubclass(cls, ModelUnavailable)


@pytest.mark.parametrize("answer", [*ANSWERS.values(), INTERNAL_ERROR])
def test_an_answer_on_our_side_has_a_fixed_sentence_and_one_on_the_caller_s_the_error_s_own(
    answer: ErrorAnswer,
) -> None:
    assert (answer.sentence is not None) == (answer.status >= 500)
    if answer.sentence is not None:
        assert re.fullmatch(r"[A-Z][^.{}]+\.( [A-Z][^.{}]+\.)*", answer.sentence)


@pytest.mark.parametrize("answer", [*OF_FUNCTION, *OF_GATEWAY], ids=lambda answer: f"{answer.status}-{answer.code}")
def test_every_answer_says_what_to_do_about_it_in_whole_sentences(answer: ErrorAnswer) -> None:
    assert re.fullmatch(r"[A-Z`][^\n]+\.", answer.action)


def test_every_status_of_an_answer_has_a_title_and_no_other_has() -> None:
    assert {answer.status for answer in (*OF_FUNCTION, *OF_GATEWAY)} == set(TITLES)


def test_the_codes_of_a_status_are_those_of_its_answers() -> None:
    assert codes(OF_FUNCTION, 500) == {"internal_error"}
    assert codes(OF_GATEWAY, 500) == {"gateway_error"}
    assert codes(OF_GATEWAY, 429) == {"throttled", "quota_exceeded"}
    assert codes(OF_GATEWAY, 503) == set()


def test_an_error_s_action_names_commands_that_exist() -> None:
    named = {word for answer in (*OF_FUNCTION, *OF_GATEWAY) for word in re.findall(r"-m training (\w+)", answer.action)}
    assert named
    assert named <= set(main.commands)
