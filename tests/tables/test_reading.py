"""Tables as people have them: each is a row of a case list, with what must be made of it and what must be said."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable

import pandas as pd
import pytest

from playground.tables.encoding import ENCODINGS, decode
from playground.tables.numerals import find_decimals, number, undress
from playground.tables.sheet import MAX_BYTES, Reading, Sheet, read_sheet

N = 12


def rows(cell: Callable[[int], str], n: int = N) -> str:
    return "\n".join(cell(k) for k in range(n)) + "\n"


def plain(k: int) -> str:
    return f"{k * 0.37:.2f},{k * k % 7 + 0.5},{'ab'[k % 2]}"


def sheet_of(text: str, reading: Reading | None = None) -> Sheet:
    return read_sheet(text.encode(), "T", reading)


# ---- the row of names --------------------------------------------------------------------------------------------
NAMED = {
    "pandas' index": (",x,y,label\n" + rows(lambda k: f"{k},{plain(k)}"), ("column 1", "x", "y", "label")),
    "a pandas series": (",0\n" + rows(lambda k: f"a{k},{k * 0.3:.1f}"), ("column 1", "0")),
    "years": ("2019,2020,k\n" + rows(plain), ("2019", "2020", "k")),
    "years alone": ("2019,2020,2021\n" + rows(lambda k: f"{k * 100},{k * 90},{k * 70}"), ("2019", "2020", "2021")),
    "World Bank": (
        "Country,Code,1960,1961\n" + rows(lambda k: f"C{k},K{k},{k}.5,{k}.7"),
        ("Country", "Code", "1960", "1961"),
    ),
    "numbers behind a word": (
        "name,0,1,2\n" + rows(lambda k: f"n{k},{k * 0.3:.1f},{k % 5}.5,{k % 4}"),
        ("name", "0", "1", "2"),
    ),
    "pixels": (
        ",".join(map(str, range(8))) + "\n" + rows(lambda k: ",".join(str(k * j % 16) for j in range(8))),
        tuple(map(str, range(8))),
    ),
    "R, spaces": (
        '"x" "y" "label"\n' + rows(lambda k: f'"{k + 1}" 0.{k} {k % 5}.5 "{"ab"[k % 2]}"'),
        ("column 1", "x", "y", "label"),
    ),
    "R, commas": ('"x","y","label"\n' + rows(lambda k: f'"{k + 1}",{plain(k)}'), ("column 1", "x", "y", "label")),
    "commas at the ends": ("x,y,label,\n" + rows(lambda k: plain(k) + ","), ("x", "y", "label")),
    "a comma at the end of the names": ("x,y,label,\n" + rows(plain), ("x", "y", "label")),
    "commas at the ends of the rows": ("x,y,label\n" + rows(lambda k: plain(k) + ","), ("x", "y", "label")),
    "words over words": (
        "colour,size\n" + rows(lambda k: f"{['red', 'blue'][k % 2]},{'SML'[k % 3]}"),
        ("colour", "size"),
    ),
    "a number sign": ("#,name,hp\n" + rows(lambda k: f"{k + 1},n{k},{k * 3 % 50}"), ("#", "name", "hp")),
    "2nd over numbers": ("1st,2nd,k\n" + rows(plain), ("1st", "2nd", "k")),
}
NAMED["tabs and spaces"] = (
    "name \tx  y\t\tk\n" + rows(lambda k: f"n{k}{chr(32 - 23 * (k % 2))} {k}.5  {k % 5}\t{'ab'[k % 2]}"),
    ("name", "x", "y", "k"),
)
NAMED["single quotes"] = ("'x','y z','k'\n" + rows(lambda k: f"'{k}.5',{k % 5},'{'ab'[k % 2]}'"), ("x", "y z", "k"))
NAMED["quotation marks of a word processor"] = (
    "“x”,“y z”,„k“\n" + rows(lambda k: f"“{k}.5”,«{k % 5}»,„{'ab'[k % 2]}“"),
    ("x", "y z", "k"),
)
NAMED["about, before a number"] = ("x,y,k\n" + rows(lambda k: f"~{plain(k)}"), ("x", "y", "k"))
NAMELESS = {
    "spaces, and a tab before the last column": rows(lambda k: f'{k}.0   8   {k * 7}.5   3504.  70\t"car {k}"'),
    "numbers and classes": rows(plain),
    "names of the rows": rows(lambda k: f"n{k},{k * 0.3:.1f},{k}.5"),
    "whole numbers": "1,2,3\n" + rows(lambda k: f"{k + 4},{k * k % 7},{k % 3}"),
    "a gap in the first row": ",3.4,cat\n" + rows(lambda k: f"{k}.5,{k}.5,{'cat' if k % 2 else 'dog'}"),
    "whole numbers over others": "3,1,2\n" + rows(lambda k: f"{k}.5,{k}.25,{k}.1"),
    "a gap among words": ",red,big\n" + rows(lambda k: f"{'' if k == 4 else k},w{k},u{k}"),
    "units in the first row": rows(lambda k: f"{k} cm,{k * k} kg"),
}


@pytest.mark.parametrize("case", NAMED)
def test_a_row_of_names_is_known(case: str) -> None:
    text, names = NAMED[case]
    sheet = sheet_of(text)
    assert (sheet.names, len(sheet), sheet.name_rows) == (names, N, 1)


@pytest.mark.parametrize("case", NAMELESS)
def test_a_row_of_values_is_no_row_of_names(case: str) -> None:
    sheet = sheet_of(NAMELESS[case])
    assert sheet.name_rows == 0
    assert sheet.names == tuple(f"column {k}" for k in range(1, len(sheet.columns) + 1))
    assert len(sheet) == NAMELESS[case].count("\n")


def test_the_user_says_whether_the_first_row_holds_the_names() -> None:
    without = sheet_of("x,y,label\n" + rows(plain), Reading(name_rows=0))
    assert (without.names, len(without)) == (("column 1", "column 2", "column 3"), N + 1)
    with_names = sheet_of(rows(plain), Reading(name_rows=1))
    assert (with_names.names, len(with_names)) == (("0.00", "0.5", "a"), N - 1)


# ---- two rows of names ---------------------------------------------------------------------------------------------
def four(k: int) -> str:
    return f"{k}.5,{k % 5}.25,{k % 3}.1,{k * k % 7}.3"


KINDS = "length,width,length,width"
TWO = ("Sepal length", "Sepal width", "Petal length", "Petal width")
IN_TWO_ROWS = {
    "repeated": (f"Sepal,Sepal,Petal,Petal\n{KINDS}\n" + rows(four), TWO),
    "merged": (f"Sepal,,Petal,\n{KINDS}\n" + rows(four), TWO),
    "a column in no group": (
        f",Sepal,,Petal,,\nplace,{KINDS},kind\n" + rows(lambda k: f"p{k},{four(k)},{'ab'[k % 2]}"),
        ("place", *TWO, "kind"),
    ),
    "merged downwards": (
        f"Sepal,,Petal,,Age\n{KINDS},\n" + rows(lambda k: f"{four(k)},{k % 4}"),
        (*TWO, "Age"),
    ),
    "pandas": (f",Sepal,Sepal,Petal,Petal\n,{KINDS}\n" + rows(lambda k: f"{k},{four(k)}"), ("column 1", *TWO)),
    "pandas, with a name for the rows": (
        f",Sepal,Sepal,Petal,Petal\n,{KINDS}\nplace,,,,\n" + rows(lambda k: f"{k},{four(k)}"),
        ("place", *TWO),
    ),
    "pandas, read and written": (
        f"Unnamed: 0_level_0,Sepal,Sepal,Petal,Petal\nplace,{KINDS}\n" + rows(lambda k: f"p{k},{four(k)}"),
        ("place", *TWO),
    ),
    "shares": (
        "Price,Close,High,Low,Open\nTicker,XYZ,XYZ,XYZ,XYZ\nDate,,,,\n"
        + rows(lambda k: f"2020-01-{k + 1:02},{four(k)}"),
        ("Date", "Close XYZ", "High XYZ", "Low XYZ", "Open XYZ"),
    ),
    "years above": (
        "2019,2019,2020,2020\npop,gdp,pop,gdp\n" + rows(four),
        ("2019 pop", "2019 gdp", "2020 pop", "2020 gdp"),
    ),
    "years below": (
        "pop,pop,gdp,gdp\n2019,2020,2019,2020\n" + rows(four),
        ("pop 2019", "pop 2020", "gdp 2019", "gdp 2020"),
    ),
}


@pytest.mark.parametrize("case", IN_TWO_ROWS)
def test_names_in_two_rows_are_put_together(case: str) -> None:
    text, names = IN_TWO_ROWS[case]
    sheet = sheet_of(text)
    assert (sheet.names, len(sheet), sheet.name_rows) == (names, N, 2)
    assert any("two rows, one above the other" in remark for remark in sheet.remarks)
    assert "the first two rows hold the names" in sheet.describe()
    assert all(c.is_numeric and not c.strangers for c in sheet.columns if c.name in TWO)


IN_ONE_ROW = {
    "units": ("x,y,z,k\ncm,kg,s,\n" + rows(lambda k: f"{k}.5,{plain(k)}"), ("cm", "kg", "s", "")),
    "units below names that repeat": ("x,x,y,y\ncm,cm,kg,kg\n" + rows(four), ("cm", "cm", "kg", "kg")),
    "kinds of columns": ("x,y,z,k\nfloat,float,int,str\n" + rows(lambda k: f"{k}.5,{plain(k)}"), ("",) * 4),
    "Orange's three rows": (
        "x,y,z,k\ncontinuous,continuous,continuous,discrete\n,,,class\n" + rows(lambda k: f"{k}.5,{plain(k)}"),
        ("",) * 4,
    ),
    "numbers at once": ("x,x,y,y\n" + rows(four), ("",) * 4),
    "missing numbers at once": ("x,x,y,y\n?,-,NA,none\n" + rows(four, N - 1), ("",) * 4),
}


@pytest.mark.parametrize("case", IN_ONE_ROW)
def test_what_stands_below_the_names_is_not_always_more_of_them(case: str) -> None:
    text, units = IN_ONE_ROW[case]
    sheet = sheet_of(text)
    assert (len(sheet), sheet.name_rows) == (N, 1)
    assert tuple(c.told_unit for c in sheet.columns) == units


def test_units_may_stand_below_two_rows_of_names() -> None:
    sheet = sheet_of(f"Sepal,,Petal,\n{KINDS}\ncm,cm,mm,mm\n" + rows(four))
    assert sheet.names == TWO
    assert [c.read_as for c in sheet.columns] == ["numbers in cm"] * 2 + ["numbers in mm"] * 2


def test_the_user_says_that_the_names_stand_in_two_rows() -> None:
    told = sheet_of("x,y,k\nof a,of b,\n" + rows(plain), Reading(name_rows=2))
    assert (told.names, len(told)) == (("x of a", "y of b", "k"), N)
    with pytest.raises(ValueError, match="nothing below"):
        sheet_of("x,y\n1,2\n", Reading(name_rows=2))


def test_names_that_are_not_as_they_stand_in_the_file_are_said() -> None:
    said = sheet_of("x,x,,k\n" + rows(lambda k: f"{k}.5,{plain(k)}")).remarks
    assert said == (
        "Column 3 has no name and is called “column 3”.",
        "Column 2 has a name that others have too and is called “x (2)”.",
    )


# ---- lines that are no rows --------------------------------------------------------------------------------------
AROUND = {
    "sep=;": (
        "sep=;\nx;y;k\n" + rows(plain).replace(",", ";"),
        "Line 1, “sep=;”, says which sign stands between the cells.",
    ),
    "comments": (
        "# by me, in 2020\n# again\nx,y,k\n" + rows(plain),
        "2 lines, such as line 1, are comments and were passed over.",
    ),
    "a comment in percent": ("% by me\nx,y,k\n" + rows(plain), "Line 1 is a comment and was passed over."),
    "a comment among the rows": ("x,y,k\n" + rows(plain) + "# the end\n", "Line 14 is a comment and was passed over."),
    "a comment as wide as the table": (
        "% a, b\n% c, d, e\nx,y,k\n" + rows(plain),
        "2 lines, such as line 1, are comments and were passed over.",
    ),
    "names in a comment": ("# x y k\n" + rows(plain).replace(",", " "), "The names stand in a comment, line 1."),
    "a title": (
        "My table of things\n\nx,y,k\n" + rows(plain),
        "Line 1 stands above the table (“My table of things”) and was passed over.",
    ),
    "a title with commas": (
        "My table,,\nx,y,k\n" + rows(plain),
        "Line 1 stands above the table (“My table”) and was passed over.",
    ),
    "a sentence for a title": (
        "Things that I measured, in May 2021\nx,y,k\n" + rows(plain),
        "Line 1 stands above the table (“Things that I measured, in May 2021”) and was passed over.",
    ),
    "a title with as many commas as the table": (
        "Weather in the north, the south, and the east\nx,y,k\n" + rows(plain),
        "Line 1 stands above the table (“Weather in the north, the south, and the”) and was passed over.",
    ),
    "titles of several lengths": (
        "Report, 2021\nBy the bureau, the office, the city, the land\n\nx,y,k\n" + rows(plain),
        "2 lines, such as line 1, stand above the table (“Report, 2021”) and were passed over.",
    ),
    "a source below": (
        "x,y,k\n" + rows(plain) + "\nSource: my own eyes, 2021\n",
        "Line 15 stands below the table (“Source: my own eyes”) and was passed over.",
    ),
    "a footnote": (
        "x,y,k\n" + rows(plain) + "Seen by me\n",
        "Line 14 stands below the table (“Seen by me”) and was passed over.",
    ),
    "tildes": ("x~y~k\n" + rows(plain).replace(",", "~"), ""),
    "carets": ("x^y^k\n" + rows(plain).replace(",", "^"), ""),
    "colons": ("x:y:k\n" + rows(plain).replace(",", ":"), ""),
    "the names again": (
        "x,y,k\n" + rows(plain, 6) + "x,y,k\n" + rows(lambda k: plain(k + 6), 6),
        "Line 8 says the names again.",
    ),
    "units": ("x,y,k\ncm,kg,\n" + rows(plain), "Line 2 tells the units (cm, kg) and was passed over."),
    "totals": ("x,y,k\n" + rows(plain) + "Total,77,\n", "Line 14 adds up the others (“total”) and was left out."),
    "subtotals": (
        "x,y,k\n" + rows(plain, 6) + "Subtotal,9,\n" + rows(lambda k: plain(k + 6), 6) + "Total 2021,77,\n",
        "2 lines, such as line 8, add up others (“subtotal”) and were left out.",
    ),
    "Markdown in a text": (
        "Here it is:\n\n| x | y | k |\n|---|:-:|--:|\n"
        + rows(lambda k: f"| {plain(k).replace(',', ' | ')} |")
        + "\nThat was it.\n",
        "Line 4 rules off the table.",
    ),
    "Markdown": (
        "| x | y | k |\n|---|:-:|--:|\n" + rows(lambda k: f"| {plain(k).replace(',', ' | ')} |"),
        "Line 2 rules off the table.",
    ),
    "mysql": (
        "+---+---+---+\n| x | y | k |\n+---+---+---+\n"
        + rows(lambda k: f"| {plain(k).replace(',', ' | ')} |")
        + "+---+---+---+\n",
        "3 lines, such as line 1, rule off the table.",
    ),
    "psql": (
        " x | y | k \n---+---+---\n" + rows(lambda k: plain(k).replace(",", " | ")),
        "Line 2 rules off the table.",
    ),
    "reStructuredText": (
        "+---+---+---+\n| x | y | k |\n+===+===+===+\n"
        + rows(lambda k: f"| {plain(k).replace(',', ' | ')} |\n+---+---+---+"),
        "14 lines, such as line 1, rule off the table.",
    ),
    "ruled with spaces": (
        "====  ====  ====\nx     y     k\n====  ====  ====\n"
        + rows(lambda k: plain(k).replace(",", "  "))
        + "====  ====  ====\n",
        "3 lines, such as line 1, rule off the table.",
    ),
    "Polars": (
        "shape: (12, 3)\n┌─────┬─────┬─────┐\n│ x   ┆ y   ┆ k   │\n│ --- ┆ --- ┆ --- │\n│ f64 ┆ f64 ┆ str │\n"
        "╞═════╪═════╪═════╡\n" + rows(lambda k: f"│ {plain(k).replace(',', ' ┆ ')} │") + "└─────┴─────┴─────┘\n",
        "Line 5 tells the kinds (f64, f64, str) and was passed over.",
    ),
    "DuckDB": (
        "┌───┬───┬───┐\n│ x │ y │ k │\n├───┼───┼───┤\n"
        + rows(lambda k: f"│ {plain(k).replace(',', ' │ ')} │")
        + "├───┴───┴───┤\n│ 12 rows        3 columns │\n└───────────┘\n",
        "Line 17 stands below the table (“12 rows        3 columns”) and was passed over.",
    ),
    "psql with its count": (
        " x | y | k \n---+---+---\n" + rows(lambda k: plain(k).replace(",", " | ")) + "(12 rows)\n",
        "Line 15 stands below the table (“(12 rows)”) and was passed over.",
    ),
    "quoted lines": (
        "x,y,k\n" + rows(lambda k: f'"{plain(k)}"'),
        "Quotation marks stood around whole lines and were taken off.",
    ),
    "quoted lines with quoted words": (
        '"x,y,""k"""\n' + rows(lambda k: '"' + plain(k).replace("a", '""a""') + '"'),
        "Quotation marks stood around whole lines and were taken off.",
    ),
    "back quotes": ("`x`,`y`,`k`\n" + rows(plain), ""),
    "signs without a width": ("\ufeff\ufeffx,\u200ey,\u200bk\n" + rows(lambda k: "\u200b" + plain(k) + "\u200e"), ""),
    "a total by another name": (
        "x,y,k\n" + rows(plain) + "Всего,43,\n",
        "Line 14 adds up the others (“всего”) and was left out.",
    ),
    "a total without a name": (
        "x,y,k\n" + rows(plain) + f"{sum(k * 0.37 for k in range(N)):.2f},{sum(k * k % 7 + 0.5 for k in range(N))},\n",
        "Line 14 adds up the others (“24.42”) and was left out.",
    ),
    "a total that is called as nobody foresaw": (
        "x,y,k\n" + rows(plain) + f"Yhteensä,{sum(k * k % 7 + 0.5 for k in range(N))},\n",
        "Line 14 adds up the others (“yhteensä”) and was left out.",
    ),
    "ARFF": (
        "% c\n@RELATION r\n@attribute x numeric\n@attribute 'y' REAL\n@attribute k {a,b}\n\n@data\n" + rows(plain),
        "This is an ARFF file: its declarations give the names.",
    ),
}


@pytest.mark.parametrize("case", AROUND)
def test_lines_that_are_no_rows_are_passed_over_and_it_is_said(case: str) -> None:
    text, remark = AROUND[case]
    sheet = sheet_of(text)
    assert (sheet.names, len(sheet)) == (("x", "y", "k"), N)
    assert [c.kind for c in sheet.columns] == ["number", "number", "category"]
    assert sheet.column("x").numbers[1] == 0.37
    assert not remark or remark in sheet.remarks


SET_WITH_SPACES = "The columns stand below each other, with spaces between them."


def test_columns_that_are_set_with_spaces_are_read_where_cells_are_empty_or_hold_spaces() -> None:
    frame = pd.DataFrame(
        {
            "height cm": [150.5 + k for k in range(N)],
            "town": [("New York", "Rome", "São Paulo")[k % 3] for k in range(N)],
            "age": [None if k == 4 else k * k % 7 for k in range(N)],
            "k": ["ab"[k % 2] for k in range(N)],
        }
    )
    text = frame.to_string(na_rep="")
    for printed, more in ((text, ("column 1",)), (text + "\n\n[12 rows x 4 columns]", ("column 1",))):
        sheet = sheet_of(printed)
        assert (sheet.names, len(sheet), sheet.delimiter) == ((*more, *frame.columns), N, " ")
        assert SET_WITH_SPACES in sheet.remarks
        assert sheet.column("town").cells == tuple(frame["town"])
        assert sheet.column("age").numbers == pytest.approx(tuple(frame["age"]), nan_ok=True)
    assert sheet_of(frame.to_string(index=False, na_rep="")).names == tuple(frame.columns)


WIDE = {
    "a spreadsheet's empty columns": ("x,y,k" + "," * 16_381 + "\n") + rows(lambda k: plain(k) + "," * 16_381),
    "thousands of comments": "x,y,k\n" + rows(lambda k: f"# said {k}\n{plain(k)}", 9_000),
    "spaces": " " * 2_000_000 + "x",
    "brackets": "[" + "," * 19_000 + "\n",
}


@pytest.mark.parametrize("case", WIDE)
def test_a_file_takes_no_longer_than_its_size(case: str) -> None:
    start = time.process_time()
    with contextlib.suppress(ValueError):
        sheet_of(WIDE[case])
    assert time.process_time() - start < 4.0  # seconds; what grows with the square takes half a minute


def test_more_cells_than_a_spreadsheet_has_are_refused() -> None:
    with pytest.raises(ValueError, match=r"Line 1 has 20,001 cells, more than a table may have"):
        sheet_of("x" + "," * 20_000 + "\n1,2\n")


def test_a_name_that_stands_beside_its_column_is_that_columns() -> None:
    lines = [f"{k + 1.29:6.2f} {'' if k == 4 else k * k % 7:5}    {'ab'[k % 2]}" for k in range(N)]
    sheet = sheet_of("\n".join(["x       y    k", *lines]) + "\n")
    assert sheet.names == ("x", "y", "k")
    assert sheet.column("y").numbers == pytest.approx(
        tuple(math.nan if k == 4 else k * k % 7 for k in range(N)), nan_ok=True
    )


def test_a_caret_among_numbers_parts_no_cells() -> None:
    sheet = sheet_of("x,y,k\n" + rows(lambda k: f"{k}.5,{k}×10^{k % 4},{'ab'[k % 2]}"))
    assert (sheet.names, sheet.delimiter) == (("x", "y", "k"), ",")


def test_a_last_row_that_happens_to_hold_one_sum_is_a_row() -> None:
    # the first column's last cell is the sum of those above; the others' are not
    assert len(sheet_of("x,y,z,k\n" + rows(lambda k: f"{k},{plain(k)}") + "66,1.5,0.5,a\n")) == N + 1
    assert len(sheet_of("x,k\n" + rows(lambda k: f"{int(k == 3)},{'ab'[k % 2]}") + "1,a\n")) == N + 1


def test_a_row_of_units_is_kept_with_the_columns() -> None:
    sheet = sheet_of("x,y,k\n[cm],kg,\n" + rows(plain))
    assert [c.read_as for c in sheet.columns] == ["numbers in cm", "numbers in kg", "2 different words"]


def test_rows_that_end_early_lack_what_is_missing_and_it_is_said() -> None:
    sheet = sheet_of("x,y,k,note\n" + rows(lambda k: plain(k) + ",seen" * (k % 3 == 0)))
    assert [len(sheet), sum(sheet.column("note").missing)] == [N, 8]
    assert sheet.remarks == (
        "8 lines, such as line 3, end before the last column: the cells that they lack count as missing.",
    )
    with pytest.raises(ValueError, match="Line 7 has 2 cells where the first line has 3"):
        sheet_of("x,y,k\n" + rows(plain, 5) + "1,2\n" + rows(plain, 40))  # one alone is more likely a slip


def test_rows_of_words_that_come_again_are_rows() -> None:
    sheet = sheet_of("a,b\n" + rows(lambda k: ["sun,hot", "rain,cold"][k % 2]))
    assert len(sheet) == N
    assert len(sheet_of(rows(lambda k: ["sun,hot", "rain,cold"][k % 2])).columns[0].cells) == N


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{"a": 1}]', "not a CSV file but JSON"),
        (rows(lambda k: f'{{"x": {k}, "k": "a"}}'), "not a CSV file but JSON"),
        (rows(lambda k: f"[{k}, {k * k}, 'a'],"), "lists as Python writes them"),
        (rows(lambda k: f"({k}, 2.5)"), "lists as Python writes them"),
        ("[(1, 2), (3, 4)]\n", "lists as Python writes them"),
        ("{'x': 1, 'y': 2}\n", "lists as Python writes them"),
        ("x,y,k\n" + rows(lambda k: f"{k},5,{k},25,a"), "a comma before their decimals"),
        ("1 2 3 4\n5 6\n7 8 9\n", "This is not a table"),
        ("<!DOCTYPE html><html>", "a page in HTML"),
        (
            "x,y,k\n" + rows(plain) + "7.5\n",
            "Line 14 has 1 cell where the first line has 3. What stands above or below",
        ),
        ("\\begin{tabular}{ll}\nx & y \\\\\n", "not a CSV file but LaTeX"),
        ("x,y,k\n" + rows(plain) + "1,2,a,b\n", "must stand in quotation marks"),
        ("1, 2020\nx,y,k,l\n" + rows(lambda k: plain(k) + ",1"), "Line 1 has 2 cells where most lines have 4"),
        ("@relation r\n@data\n1,2\n", "no @attribute lines"),
        ("@relation r\n@attribute a real\n@attribute b real\n@data\n{0 1}\n", "sparse ARFF"),
        ("Dear Madam\nthis is a letter.\nIt has many lines\nand no table.\n", "This is not a table"),
        ("# only\n# comments\n", "comments and no table"),
        ("INSERT INTO t VALUES (1,2,3);\n", "not a CSV file but SQL"),
        ("+1 1:0.5 2:-3\n-1 1:0.25 3:1e-3\n", "a file of LIBSVM"),
    ],
)
def test_what_is_no_table_is_a_sentence_that_names_the_cause(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        sheet_of(text)


# ---- encodings ---------------------------------------------------------------------------------------------------
WRITTEN = {
    "utf-8": "größe,вид,身長\n1,2,kot\n",
    "cp1252": "Größe,prénom,señal\n1.2,Éric,mañana\n3,20°,Århus\n",
    "cp1250": "wysokość,waga,rodzaj\n1.2,3.4,źdźbło\n",
    "cp1251": "рост,ВЕС,Вид\n1.2,3.4,кот\n2.1,3.3,собака\n",
    "koi8-r": "рост,ВЕС,Вид\n1.2,3.4,кот\n2.1,3.3,собака\n",
    "cp1253": "ύψος,βάρος,είδος\n1.2,3.4,γάτα\n",
    "shift-jis": "身長,体重,種類\n1.2,3.4,ねこ\n2.1,3.3,イヌ\n",
    "gbk": "身高,体重,种类\n1.2,3.4,猫\n",
    "big5": "身高,體重,種類\n1.2,3.4,貓\n",
    "euc-kr": "키,몸무게,종류\n1.2,3.4,고양이\n",
}


def test_letters_that_would_be_signs_grown_together_with_others_are_letters() -> None:
    polish = "długo,mało,ładnie\n1,2,było\n"  # a Korean file would have a sign for each ł and the letter after it
    assert decode(polish.encode("cp1250")) == (polish, "cp1250")


@pytest.mark.parametrize("encoding", WRITTEN)
def test_an_encoding_is_found_by_its_letters(encoding: str) -> None:
    text = WRITTEN[encoding]
    assert decode(text.encode(encoding)) == (text, encoding)
    assert ENCODINGS[encoding] in read_sheet(text.encode(encoding)).describe()


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("text", ["a,b\n1,2\n", "рост,вес\n1,2\n", "身長,x\n1,2\n3,4\n"])
def test_unicode_is_known_with_a_mark_and_without(codec: str, text: str) -> None:
    assert decode(text.encode(codec)) == (text, codec.replace("-sig", "").removesuffix("-le").removesuffix("-be"))


def test_the_user_says_what_the_encoding_is() -> None:
    raw = ("рост,вес\n" + rows(lambda k: f"{k},{k}")).encode("mac-cyrillic")
    assert decode("größe".encode("mac-roman"), "mac-roman") == ("größe", "mac-roman")
    assert decode("рост\n".encode("utf-16-be"), "utf-16") == ("рост\n", "utf-16")
    with pytest.raises(ValueError, match=r"not in UTF-8: byte 1 does not fit\. Choose another encoding"):
        read_sheet(raw, "", Reading(encoding="utf-8"))
    with pytest.raises(ValueError, match="The encoding must be one of"):
        decode(raw, "utf-7")


def test_judging_letters_takes_no_longer_for_a_file_made_to_hurt() -> None:
    for piece in (b"a" * 200_000 + b"\xe9", b"\xe9" * 200_000, b"\xff,\x81" * 60_000):
        decode(piece[:MAX_BYTES])


# ---- numbers in another dress ------------------------------------------------------------------------------------
DRESSED = {
    "−1.5": (-1.5, math.nan),
    "–2": (-2, -2),
    "1,234": (1234, 1.234),
    "1.050": (1.05, 1050),
    "1.000,92": (math.nan, 1000.92),
    "1,000.92": (1000.92, math.nan),
    "1.234.567": (math.nan, 1234567),
    "1,00,000": (100000, math.nan),
    "'1.5'": (1.5, math.nan),
    "(0.5)": (-0.5, math.nan),
    "(1,5)": (math.nan, -1.5),
    "5-": (-5, -5),
    "5.-": (5, 5),
    "1'234.--": (1234, 1234),
    "5,—": (5, 5),
    "-5.-": (-5, -5),
    "1 234": (1234, 1234),
    "1\u00a0234,5": (math.nan, 1234.5),
    "1\u202f234": (1234, 1234),
    "1'234.5": (1234.5, math.nan),
    "1’234": (1234, 1234),
    "+3": (3, 3),
    ".5": (0.5, math.nan),
    ",5": (math.nan, 0.5),
    "5.": (5, math.nan),
    "1e5": (1e5, 1e5),
    "1.5E-3": (0.0015, math.nan),
    "1.5D-03": (0.0015, math.nan),
    "１２": (12, 12),
    "007": (7, 7),
}
NO_NUMBERS = (
    "",
    "-",
    "cat5",
    "A12",
    "1.2.2020",
    "2020-01-01",
    "12:30",
    "192.168.1.1",
    "1,2,3",
    "3-4",
    "+-3",
    "(5",
    "5)",
    "(-5)",
    "0x1F",
    "1_000",
    "٣",
    "inf",
    "nan",
    "1e999",
    "$",
    "1 2",
    "5 of 10",
    "--5",
    "1,23,4",
    "1,23,45",
    "x" * 500,
)
WITH_UNITS = {
    "5%": ("%", 5),
    "5 %": ("%", 5),
    "$5625.50": ("$", 5625.5),
    "-$3": ("$", -3),
    "€-3": ("€", -3),
    "(£1,200)": ("£", -1200),
    "93 cm": ("cm", 93),
    "12kg": ("kg", 12),
    "3 km/h": ("km/h", 3),
    "1.5 m²": ("m²", 1.5),
    "3°C": ("°C", 3),
    "12 months": ("months", 12),
    "USD 7": ("USD", 7),
    "7,- kr": ("kr", 7),
    "CHF 1'200.-": ("CHF", 1200),
    "20 % vol": ("% vol", 20),
}


@pytest.mark.parametrize("cell", DRESSED)
def test_a_number_is_read_in_any_dress(cell: str) -> None:
    for decimal, value in zip(".,", DRESSED[cell], strict=True):
        assert number(cell, decimal) == pytest.approx(value, nan_ok=True), decimal


@pytest.mark.parametrize("cell", NO_NUMBERS)
def test_what_is_no_number_is_none(cell: str) -> None:
    assert math.isnan(number(cell, "."))
    assert math.isnan(number(cell, ","))


@pytest.mark.parametrize("cell", WITH_UNITS)
def test_a_unit_is_taken_from_the_digits(cell: str) -> None:
    unit, value = WITH_UNITS[cell]
    dressed = undress(cell)
    assert dressed is not None
    assert dressed.unit == unit
    assert number(cell, ".", unit) == value
    assert math.isnan(number(cell, "."))
    assert math.isnan(number(cell, ".", "pounds"))


@pytest.mark.parametrize(
    ("columns", "delimiter", "decimals"),
    [
        ([["950", "1.050", "2.300", "12.750"], ["3,05", "2", "1", "2"]], ";", ",,"),
        ([["950", "1.050", "2.300", "12.750"]], ";", ","),
        ([["950", "1,250", "99", "12,500", "9,060"]], "\t", "."),
        ([["950", "1,250", "99", "12,500", "9,060"]], ";", "."),
        ([["1,234", "2,345"]], ";", ","),
        ([["1,234", "2,345"]], "\t", "."),
        ([["1,234", "2,345"], ["1.5", "2"]], ";", ".."),
        ([["1.234", "2.345"]], ",", "."),
        ([["1.234", "0.345", "7"]], ";", "."),
        ([["1.234", "1500", "7"]], ";", "."),
        ([["1.234,5", "2"], ["1.050", "3"]], ",", ",,"),
        ([["1,000,000", "2"], ["1,050", "3"]], ";", ".."),
        ([["1.000.000", "2"], ["1.050", "3"]], ",", ",,"),
        ([["1,5", "2"], ["1.5", "3"], ["2.25", "4"], ["1.050", "5"]], ";", ",..."),
        ([["5,5 %", "2,1 %"], ["1.050", "3"]], ";", ",,"),
        ([["Smith, John", "1,5"], ["1.050", "3.5"]], ";", ".."),
    ],
)
def test_the_decimal_sign_is_judged_over_the_whole_file(
    columns: list[list[str]], delimiter: str, decimals: str
) -> None:
    assert "".join(find_decimals(columns, delimiter)) == decimals


def test_how_signs_were_read_is_said_and_can_be_overruled() -> None:
    text = "umsatz;gewinn;art\n" + rows(lambda k: f"{['950', '1.050', '12.750'][k % 3]};{k},05;{'ab'[k % 2]}")
    sheet = sheet_of(text)
    assert sheet.column("umsatz").numbers[:3] == (950, 1050, 12750)
    assert "“1.050” was read as 1050: decimal comma, thousands point." in sheet.remarks
    told = sheet_of(text, Reading(decimal="."))
    assert told.column("umsatz").numbers[:3] == (950, 1.05, 12.75)
    assert "“1.050” was read as 1.05: decimal point, thousands comma." in told.remarks
    assert told.digest != sheet.digest


def test_ordinary_decimals_are_not_talked_about() -> None:
    assert sheet_of("x,y,k\n" + rows(plain)).remarks == ()


def test_a_column_says_what_it_was_read_as() -> None:
    text = "a;b;c;d;e;f;g\n" + rows(
        lambda k: f"{k} cm;{k},5;2020-01-{k + 1:02};;{'ab'[k % 2]};{k if k % 3 else 'x'};{k} {['kg', 'g'][k % 2]}"
    )
    assert [c.read_as for c in sheet_of(text).columns] == [
        "numbers in cm",
        "numbers, decimal comma",
        "dates or times",
        "nothing: all cells are empty",
        "2 different words",
        "numbers and text, mixed",
        "numbers with different units",
    ]


@pytest.mark.parametrize(
    "date",
    [
        "2020-01-{}", "{}.1.2020", "1/{}/2020", "2020-01-{}T12:00:00Z", "12:{}", "2020-{}", "Jan {}, 2020",
        "{}-Jan-20", "{} January 2020", "{}. Mai 2020", "Mon, {} Jan 2020 12:30:00", "Sept. {} 2020", "Jan {}",
    ],
)  # fmt: skip
def test_a_date_is_known(date: str) -> None:
    column = sheet_of("a,k\n" + rows(lambda k: f'"{date.format(k + 10)}",{"ab"[k % 2]}')).column("a")
    assert column.read_as == "dates or times"


@pytest.mark.parametrize("word", ["Janet {}", "March", "may be {}", "decision {}", "{} mars", "sector {}", "mar"])
def test_a_word_that_begins_like_a_month_is_none(word: str) -> None:
    column = sheet_of("a,k\n" + rows(lambda k: f"{word.format(k)},{'ab'[k % 2]}")).column("a")
    assert not column.is_of_dates


def test_a_unit_that_only_some_cells_carry_is_not_guessed_away() -> None:
    column = sheet_of("a,k\n" + rows(lambda k: f"{k}{'%' if k == 5 else ''},{'ab'[k % 2]}")).column("a")
    assert column.unit == ""
    assert column.strangers == (6,)


# ---- what is missing ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "nothing",
    [
        "#N/A",
        "<NA>",
        "#DIV/0!",
        "-1.#IND",
        "inf",
        "-Infinity",
        "NaN",
        "null",
        "?",
        "",
        "-",
        "none",
        ".",
        "n.d.",
        "Unknown",
        "not available",
        "TBD",
    ],
)
def test_what_holds_nothing_among_numbers_is_missing(nothing: str) -> None:
    column = sheet_of("a,k\n" + rows(lambda k: f"{nothing if k in (3, 7) else k},{'ab'[k % 2]}")).column("a")
    assert column.is_numeric
    assert column.strangers == ()
    assert [k for k, gone in enumerate(column.missing) if gone] == [3, 7]


@pytest.mark.parametrize(
    "words",
    [("+", "-"), ("None", "Mild", "Severe"), ("NA", "EU", "AS"), (".", "x"), ("none", "some"), ("-", "?!", "!")],
)
def test_a_frequent_word_that_looks_missing_is_a_class_among_words(words: tuple[str, ...]) -> None:
    column = sheet_of("a,k\n" + rows(lambda k: f"{k}.5,{words[k % len(words)]}", 30)).column("k")
    assert not any(column.missing)
    assert set(column.levels) == set(words)


def test_a_rare_word_that_looks_missing_is_missing_among_words_too() -> None:
    column = sheet_of("a,k\n" + rows(lambda k: f"{k}.5,{'NA' if k == 4 else 'mf'[k % 2]}", 40)).column("k")
    assert sum(column.missing) == 1
    mostly = sheet_of("a,k\n" + rows(lambda k: f"{k}.5,{'mf'[k % 2] if k % 10 == 0 else 'NA'}", 60)).column("k")
    assert sum(mostly.missing) == 54


def test_one_number_written_in_two_ways_is_one_class() -> None:
    assert sheet_of("a,k\n" + rows(lambda k: f"{k}.5,{['1', '1.0', '2'][k % 3]}")).column("k").levels == ("1", "2")


@pytest.mark.parametrize("sign", ["~", ":", "..", "…", "*", "**", "#", "_", "—", "–"])
def test_a_sign_among_numbers_stands_for_nothing(sign: str) -> None:
    column = sheet_of("a,k\n" + rows(lambda k: f"{sign if k % 7 == 3 else k * 0.3},{'ab'[k % 2]}", 40)).column("a")
    assert (column.is_numeric, column.strangers, sum(column.missing)) == (True, (), 6)


def test_words_that_differ_in_large_and_small_letters_alone_are_one_and_it_is_said() -> None:
    sheet = sheet_of("a,k\n" + rows(lambda k: f"{k}.5,{['Yes', 'yes', 'No', 'NO', 'Yes'][k % 5]}", 40))
    assert sheet.column("k").levels == ("No", "Yes")
    assert sheet.remarks == (
        "In “k” words that differ only in capital letters count as the same: “Yes” and “yes”; “No” and “NO”.",
    )
    assert sheet_of("a,k\n" + rows(lambda k: f"{k}.5,{'aA'[k % 2]}", 40)).column("k").levels == ("A", "a")


# ---- numbers that stand for nothing ----------------------------------------------------------------------------------
FILLED = {
    "-999": ("-999", lambda k: k % 9 + 0.5),
    "−999": ("−999", lambda k: k % 9 + 0.5),
    "-9999.0": ("-9999.0", lambda k: k % 9 + 0.5),
    "9999 in a year": ("9999", lambda k: 1990 + k),
    "99 in a code": ("99", lambda k: 1 + k % 5),
    "-99 below what is never negative": ("-99", lambda k: 10 * k),
    "-200 in a gas sensor": ("-200", lambda k: 7 + 30 * k),
    "999.9 in a weather file": ("999.9", lambda k: k % 30 + 0.25),
    "32767 in a picture": ("32767", lambda k: k * 50),
    "1e20 in a model's grid": ("1e20", lambda k: k * 0.1),
    "-999 cm": ("-999 cm", lambda k: f"{k % 9} cm"),
}


def holed(fill: str, value: Callable[[int], object], every: int = 5, reading: Reading | None = None) -> Sheet:
    return sheet_of("a,k\n" + rows(lambda k: f"{fill if k % every == 3 else value(k)},{'ab'[k % 2]}", 40), reading)


@pytest.mark.parametrize("case", FILLED)
def test_a_number_that_stands_for_nothing_is_missing_and_it_is_said(case: str) -> None:
    fill, value = FILLED[case]
    column = (sheet := holed(fill, value)).column("a")
    assert [k for k, gone in enumerate(column.missing) if gone] == list(range(3, 40, 5))
    assert all(math.isnan(column.numbers[k]) for k in range(3, 40, 5))
    assert column.strangers == ()
    assert f"In “a” “{fill}” stands 8 times, far outside the rest: read as missing." in sheet.remarks


@pytest.mark.parametrize("case", FILLED)
def test_the_user_says_that_it_is_a_number(case: str) -> None:
    sheet = holed(*FILLED[case], reading=Reading(fill_values=False))
    assert not any(sheet.column("a").missing)
    assert not sheet.remarks
    assert sheet.digest != holed(*FILLED[case]).digest


def test_one_alone_that_is_very_far_stands_for_nothing() -> None:
    sheet = holed("-999", lambda k: k % 9 + 0.5, every=50)
    assert sum(sheet.column("a").missing) == 1
    assert "In “a” “-999” stands once, far outside the rest: read as missing." in sheet.remarks


def test_two_of_them_in_a_column_are_both_said() -> None:
    sheet = sheet_of("a,k\n" + rows(lambda k: f"{ {1: -99, 3: -999}.get(k % 7, k % 9) },{'ab'[k % 2]}", 42))
    assert sum(sheet.column("a").missing) == 12
    assert "In “a” “-99” stands 6 times and “-999” stands 6 times, far outside the rest: read as missing." in (
        sheet.remarks
    )


MEASURED = {
    "99 of a hundred": ("99", lambda k: k * 2),
    "999 beside 1000": ("999", lambda k: 900 + k * 7),
    "a price": ("99.99", lambda k: [4.99, 9.99, 19.99][k % 3]),
    "prices in hundreds": ("999", lambda k: [99, 199, 299, 399, 499][k % 5]),
    "-100 among others below zero": ("-100", lambda k: 30 * (k % 9) - 120),
    "a debt among debts": ("-999", lambda k: 500 * (k % 9) - 2000),
    "9 of 0 to 3": ("9", lambda k: k % 4),
    "0 beside thousands": ("0", lambda k: 20_000 + 50 * k),
    "1000 beside ones": ("1000", lambda k: k % 9),
    "a column of nines": ("999", lambda k: 999),
    "two values": ("99", lambda k: 1),
}


@pytest.mark.parametrize("case", MEASURED)
def test_a_number_that_may_have_been_measured_is_one(case: str) -> None:
    sheet = holed(*MEASURED[case])
    assert not any(sheet.column("a").missing)
    assert not sheet.remarks
