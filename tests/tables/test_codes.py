"""Digits that are no numbers: columns as people have them, with what must be made of each and what must be said."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from playground.tables.choice import Use, choose, guess, uses
from playground.tables.sheet import Reading, Sheet, read_sheet

N = 40
Cell = Callable[[int], str]


def sheet_of(name: str, cell: Cell, reading: Reading | None = None) -> Sheet:
    """A table of the column, a measured one and two classes."""
    rows = (f"{cell(k)};{k * 37 % 41 / 4:.2f};{'ab'[k % 2]}" for k in range(N))
    return read_sheet("\n".join([f"{name};x;kind", *rows]).encode(), "T", reading)


def use_of(sheet: Sheet, name: str) -> Use:
    return next(use for use in uses(sheet, guess(sheet)) if use.name == name)


def some(*cells: str) -> Cell:
    return lambda k: cells[k % len(cells)]


def digits(k: int, n: int) -> str:
    """So many digits, other ones for each k."""
    return str(7**30 * (k + 3) ** 9)[:n]


CODES: dict[str, tuple[str, Cell]] = {
    "postcodes of the United States": ("x1", some("02139", "90210", "10001")),
    "postcodes of Saxony, all different": ("x1", lambda k: f"0{1067 + 37 * k}"),
    "one leading zero among many": ("x1", lambda k: "07030" if k == 5 else f"{20_000 + 37 * k}"),
    "postcodes as text for a spreadsheet": ("x1", lambda k: f"'0{1067 + 37 * k}"),
    "postcodes as formulas": ("x1", lambda k: f'"=""0{1067 + 37 * k}"""'),
    "postcodes by name, without a zero": ("Zip Code", lambda k: f"{90_001 + 37 * k % 900}"),
    "postcodes with gaps that pandas has written": ("zip", some("90210.0", "10001.0", "")),
    "a name in capitals inside": ("zipCode", lambda k: f"{90_001 + 37 * k % 900}"),
    "telephone numbers with a plus sign": ("x1", lambda k: f"+49{digits(k, 10)}"),
    "telephone numbers by name": ("phone", lambda k: f"555{digits(k, 7)}"),
    "telephone numbers in groups": ("x1", lambda k: f"030 {digits(k, 3)} {digits(k, 6)[3:]}"),
    "cards": ("x1", lambda k: f"4{digits(k, 15)}"),
    "ISBNs": ("x1", some("9783161484100", "9780306406157", "9780131103627")),
    "barcodes of America": ("x1", some("036000291452", "123601057072")),
    "short barcodes": ("x1", some("96385074", "73513537")),
    "bits": ("x1", lambda k: f"{k % 8:04b}"),
    "hours and minutes": ("x1", lambda k: f"{k % 24:02}{k * 7 % 60:02}"),
    "codes of areas": ("area code", some("408", "415", "510")),
    "customers who come again": ("customer_id", lambda k: str(17_850 + k // 3)),
}
NUMBERS: dict[str, tuple[str, Cell]] = {
    "zeros and ones": ("code", some("0", "1")),
    "decimals below one": ("x1", lambda k: f"0.{k}"),
    "a decimal comma": ("x1", lambda k: f"0,{k:03}"),
    "decimals filled up with zeros": ("x1", lambda k: f"{k * 1.7:06.2f}"),
    "months": ("Month", lambda k: f"{k % 12 + 1:02}"),
    "numbers filled up below zero": ("x1", lambda k: f"-{k:03}"),
    "thirteen digits": ("x1", lambda k: str(1_700_000_000_000 + 977 * k * k)),
    "prices with a unit": ("x1", lambda k: f"{k:03} €"),
    "populations": ("x1", lambda k: digits(k, 8)),
    "plus signs": ("x1", lambda k: f"+{k}"),
    "a grid": ("grid", some("100", "200")),
    "whether there is a telephone": ("phone", some("0", "1")),
}


@pytest.mark.parametrize("case", CODES)
def test_digits_that_name_something_are_no_numbers_and_it_is_said(case: str) -> None:
    name, cell = CODES[case]
    sheet = sheet_of(name, cell)
    use = use_of(sheet, name)
    assert "different codes" in use.read_as
    n = len(sheet.column(name).levels)
    few = "input: one code or not" if n == 2 else f"{n} inputs, one a code"
    assert use.used == (few if n <= 12 else f"left out: {n} different codes; they name something and have no size")
    assert f"The digits in “{name}” are codes, such as “" in " ".join(sheet.remarks)


@pytest.mark.parametrize("case", NUMBERS)
def test_digits_that_count_are_numbers(case: str) -> None:
    name, cell = NUMBERS[case]
    sheet = sheet_of(name, cell)
    assert sheet.column(name).is_numeric
    assert "are codes" not in " ".join(sheet.remarks)


def test_zeros_before_a_number_are_not_passed_over_in_silence() -> None:
    (remark,) = sheet_of("month", NUMBERS["months"][1]).remarks
    assert remark == "The digits in “month” are numbers in spite of the zero before them, such as “01”."


@pytest.mark.parametrize("case", CODES)
def test_the_user_says_that_they_are_numbers_all_the_same(case: str) -> None:
    name, cell = CODES[case]
    sheet = sheet_of(name, cell, Reading(codes=()))
    assert sheet.column(name).is_numeric
    assert sheet.digest != sheet_of(name, cell).digest


def test_the_user_says_that_numbers_are_codes() -> None:
    sheet = sheet_of("deck", some("1", "2", "10"), Reading(codes=("deck",)))
    assert sheet.column("deck").levels == ("1", "2", "10")
    assert use_of(sheet, "deck").used == "3 inputs, one a code"


def test_codes_are_classes_as_they_stand() -> None:
    sheet = sheet_of("code", some("010", "001", "100"))
    choice = guess(sheet, "code")
    assert choice.task == "classification"
    assert choose(sheet, choice).table.classes == ("001", "010", "100")


def test_codes_are_no_number_to_predict() -> None:
    sheet = sheet_of("zip", lambda k: f"0{1067 + 37 * k}")
    with pytest.raises(ValueError, match="Column “zip” holds codes, not numbers"):
        choose(sheet, type(guess(sheet))("zip", ("x",), "regression"))


@pytest.mark.parametrize("gap", ["", "NA"])
def test_an_id_with_a_gap_still_numbers_the_rows(gap: str) -> None:
    sheet = sheet_of("id", lambda k: gap if k == 3 else str(1000 + 7 * k))
    assert use_of(sheet, "id").used == "left out: it numbers the rows"
