"""Tables, fields, progress."""

import datetime

import pytest

from scailable.cli import output
from scailable.cli.base import State
from scailable.cli.progress import progress


def test_a_table_is_aligned() -> None:
    assert output.table(["NAME", "STATUS"], [["digits", "ok"], ["a", "processing"]]) == [
        "NAME    STATUS",
        "digits  ok",
        "a       processing",
    ]


def test_the_widest_column_is_cut_to_the_width_but_never_a_fixed_one() -> None:
    uuid = "6bd4d2b1-5f0e-4d6b-8a3e-0d3f5b1f7c11"
    lines = output.table(
        ["UUID", "NAME", "STATUS"], [[uuid, "n" * 60, "ok"]], fixed=[True, False, False], width=60
    )
    assert all(output.cells(line) <= 60 for line in lines)
    assert lines[1] == f"{uuid}  {'n' * 13}…  ok"


def test_a_terminal_that_is_too_narrow_for_anything_still_gets_all_columns() -> None:
    lines = output.table(["UUID", "NAME"], [["u" * 36, "n" * 60]], fixed=[True, False], width=10)
    assert lines[1] == "u" * 36 + "  nnnnnnn…"


def test_wide_letters_count_as_two_cells() -> None:
    lines = output.table(["NAME", "S"], [["日本", "x"], ["abcd", "y"]])
    assert lines == ["NAME  S", "日本  x", "abcd  y"]


def test_nothing_from_the_server_steers_the_terminal() -> None:
    assert output.text("a\x1b[2J\r\nb") == r"a\x1b[2J\r\nb"


def test_values_as_people_read_them() -> None:
    moment = datetime.datetime(2026, 11, 20, 12, 30).astimezone()
    assert [output.text(value) for value in (None, "", True, False, 3, moment)] == [
        "-",
        "-",
        "yes",
        "no",
        "3",
        "2026-11-20 12:30",
    ]


def test_fields_with_several_values_take_a_line_each_and_without_any_none() -> None:
    assert output.field_lines(
        [("Name", "x"), ("Inputs", ["a", "b"]), ("Files", []), ("Alias", "")]
    ) == [
        "Name    x",
        "Inputs  a",
        "        b",
    ]


def test_progress_in_lines_also_when_a_transfer_starts_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress(State(), "Uploading", wanted=True) as on_progress:
        for done in (0, 500, 520, 0, 1000):
            on_progress(done, 1000)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split("  ")[1] for line in lines] == ["0 %", "50 %", "0 %", "100 %"]


@pytest.mark.parametrize(
    ("state", "wanted"),
    [(State(json=True), True), (State(quiet=True), True), (State(), None), (State(), False)],
)
def test_no_progress_where_nobody_asked(
    state: State, wanted: bool | None, capsys: pytest.CaptureFixture[str]
) -> None:
    with progress(state, "Uploading", wanted=wanted) as on_progress:
        on_progress(10, 10)
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""
