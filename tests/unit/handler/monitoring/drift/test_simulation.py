"""The promise of the verdicts, by fewer windows than `make drift-simulation` draws."""

from bench.drift.simulation import CASES, Case, simulate


def case_of(title: str, fitted: int, rows: int) -> Case:
    return next(case for case in CASES if (case.title, case.fitted, case.rows) == (title, fitted, rows))


def test_windows_without_a_drift_do_not_alarm_and_half_a_standard_deviation_is_found() -> None:
    shares = simulate(case_of("normal", 2000, 2000), windows=40, drifted=30)
    assert (shares.alarmed, shares.found, shares.too_little) == (0, 1, 0)
    assert shares.fixed["0.25"][1] < 0.9


def test_where_a_fixed_limit_alarms_most_of_the_time_the_bound_does_not() -> None:
    shares = simulate(case_of("normal", 150, 2000), windows=30, drifted=1)
    assert shares.fixed["0.1"][0] > 0.3
    assert shares.alarmed <= 1 / 30


def test_the_same_seed_gives_the_same_figures() -> None:
    case = case_of("70 % zeros", 150, 2000)
    assert simulate(case, 4, 2) == simulate(case, 4, 2)
