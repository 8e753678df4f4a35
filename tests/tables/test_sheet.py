"""Files as people have them: encodings, delimiters, headers, gaps; and a sentence for each that cannot be read."""

import math

import pytest

from playground.tables.choice import Choice, choose, guess
from playground.tables.sheet import MAX_BYTES, read_sheet
from playground.tables.table import MAX_ROWS

ROWS = "\n".join(f"{k}.5,{k * k % 7},{'cat' if k % 3 else 'dog'}" for k in range(12))
PLAIN = f"height,weight,kind\n{ROWS}\n"


@pytest.mark.parametrize(
    ("raw", "encoding", "delimiter"),
    [
        (PLAIN.encode(), "utf-8", ","),
        (PLAIN.replace(",", ";").encode(), "utf-8", ";"),
        (PLAIN.replace(",", "\t").encode(), "utf-8", "\t"),
        (PLAIN.replace(",", "|").encode(), "utf-8", "|"),
        (PLAIN.replace(",", "  ").encode(), "utf-8", " "),
        (PLAIN.replace("\n", "\r\n").encode(), "utf-8", ","),
        (b"\xef\xbb\xbf" + PLAIN.encode(), "utf-8", ","),
        (PLAIN.encode("utf-16"), "utf-16", ","),
        (PLAIN.replace("cat", "café").encode("cp1252"), "cp1252", ","),
        (PLAIN.replace("cat", "кот").encode(), "utf-8", ","),
        (PLAIN.replace("cat", '"a ""quoted"", cat"').encode(), "utf-8", ","),
    ],
)
def test_encoding_and_delimiter_are_found(raw: bytes, encoding: str, delimiter: str) -> None:
    sheet = read_sheet(raw)
    assert (sheet.encoding, sheet.names) == (encoding, ("height", "weight", "kind"))
    assert sheet.delimiter in (delimiter, " ")
    assert [c.kind for c in sheet.columns] == ["number", "number", "category"]
    assert sheet.column("height").numbers[3] == 3.5
    assert len(sheet) == 12


def test_a_decimal_comma_is_a_number_where_something_else_parts_the_cells() -> None:
    sheet = read_sheet(PLAIN.replace(",", ";").replace(".5", ",5").encode())
    assert sheet.column("height").numbers[:2] == (0.5, 1.5)


def test_a_file_without_a_row_of_names_gets_numbers_for_names() -> None:
    sheet = read_sheet(ROWS.encode())
    assert sheet.names == ("column 1", "column 2", "column 3")
    assert len(sheet) == 12


def test_repeated_and_empty_names_are_told_apart() -> None:
    assert read_sheet(b"a,a,b\n1,2,3\n4,5,6\n").names == ("a", "a (2)", "b")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "The file is empty."),
        (b"\n\n  \n", "The file is empty."),
        (b"hello world, this is a letter\nwith some lines\n", "Line 2 has 1 cell where the first line has 2."),
        (b"hello\nworld\n", "not a table"),
        (b"PK\x03\x04....", "Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"PAR1xxxx", "Parquet"),
        (b"\x80\x04\x95", "pickle"),
        (b"a,b\n1,\x00\n", "zero bytes"),
        (b"a,b,c\n1,2,3\n4,5\n", "Line 3 has 2 cells where the first line has 3."),
        (b"a,b\n", "nothing below"),
        (b'a,b\n1,"' + b"x" * 200_000, "Line 2 cannot be read as CSV"),
        (b"x" * (MAX_BYTES + 1), "at most 10 MB; it has 10.0 MB"),
        (b"1,2\n" * (MAX_ROWS + 5), "at most 20,000 rows"),
        (",".join(map(str, range(300))).encode() + b"\n", "at most 200 columns; it has 300"),
        (b"\xff\xfea", "utf-16"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_cannot_be_read_is_said_in_a_sentence(raw: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        read_sheet(raw)
    assert str(caught.value).endswith(".")


def test_classes_and_numbers_are_guessed_from_the_target() -> None:
    sheet = read_sheet(PLAIN.encode())
    assert guess(sheet) == Choice("kind", ("height", "weight"), "classification")
    assert guess(sheet, "height") == Choice("height", ("weight", "kind"), "regression")
    assert guess(sheet, "weight").task == "classification"


def test_a_target_with_a_telling_name_is_preferred_and_a_row_number_is_no_input() -> None:
    rows = "\n".join(f"{k},{'xy'[k % 2]},{k * k},{-k}" for k in range(1, 9))
    sheet = read_sheet(f"no,species,a,b\n{rows}".encode())
    assert guess(sheet) == Choice("species", ("a", "b"), "classification")


def test_missing_values_are_dropped_or_filled_and_it_is_said() -> None:
    raw = PLAIN.replace("3.5,", "NA,").replace("5.5,", ",").replace("8,1,cat", "8,1,").encode()
    sheet = read_sheet(raw)
    dropped = choose(sheet, guess(sheet))
    assert len(dropped.table) == 10
    assert dropped.notes == ("2 rows with missing values were left out.",)
    filled = choose(sheet, Choice("kind", ("height", "weight"), "classification", gaps="fill"))
    assert len(filled.table) == 12
    assert "2 missing values were filled in" in filled.notes[0]
    known = [x for x in sheet.column("height").numbers if not math.isnan(x)]
    assert filled.table.x[3, 0] == pytest.approx(sum(known) / len(known))


def test_words_become_columns_of_zero_and_one() -> None:
    raw = "size,colour,y\n" + "\n".join(f"{'SM'[k % 2]},{['red', 'green', 'blue'][k % 3]},{k / 7}" for k in range(9))
    table = choose(sheet := read_sheet(raw.encode()), guess(sheet)).table
    assert table.inputs == ("size = S", "colour = blue", "colour = green", "colour = red")
    assert table.x[:3].tolist() == [[1, 0, 0, 1], [0, 0, 1, 0], [1, 1, 0, 0]]
    assert table.task == "regression"


@pytest.mark.parametrize(
    ("raw", "choice", "words"),
    [
        (PLAIN, Choice("kind", (), "classification"), "at least one"),
        (PLAIN, Choice("kind", ("height", "kind"), "classification"), "target and an input at once"),
        (PLAIN, Choice("kind", ("height", "weight"), "regression"), "“kind” holds words, not numbers"),
        (PLAIN, Choice("age", ("height", "weight"), "regression"), "There is no column “age”"),
        (PLAIN.replace("dog", "cat"), Choice("kind", ("height", "weight"), "classification"), "one class only, “cat”"),
        (PLAIN.replace(".5", ""), Choice("height", ("weight", "kind"), "classification"), "12 classes; at most 10"),
        (PLAIN.replace("7.5", "tall"), Choice("kind", ("height", "weight"), "classification"), "“tall” in row 8"),
        (
            "a,b,c\n" + "\n".join(f"1,{k},{k % 2}" for k in range(9)),
            Choice("c", ("a", "b"), "classification"),
            "“a” has the same value in every row",
        ),
        (
            "a,b,c\n" + "\n".join(f"word{k},{k},{k % 2}" for k in range(20)),
            Choice("c", ("a", "b"), "classification"),
            "holds 20 different words",
        ),
        ("a,b,c\n" + "\n".join(f"{k},{-k},1.5" for k in range(9)), Choice("c", ("a", "b"), "regression"), "same value"),
        ("a,b,c\n1,2,3\n4,5,6\n", Choice("c", ("a", "b"), "regression"), "at least 8 rows"),
        (
            "\n".join(f"{name},{','.join(str(k * k % 7) for k in range(30))}" for name in "abc"),
            Choice("column 1", (), "regression"),
            "at least 8 rows; there are 3. Each row must be one example: here rows and columns seem",
        ),
        (PLAIN.replace("1.5", "1e300"), Choice("kind", ("height", "weight"), "classification"), "at most 1e"),
    ],
)
def test_what_cannot_be_learned_is_said_in_a_sentence(raw: str, choice: Choice, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        choose(read_sheet(raw.encode()), choice)


def test_the_plane_is_the_two_chosen_inputs_or_the_principal_components() -> None:
    raw = "a,b,c,y\n" + "\n".join(f"{k % 5},{k % 3},{k % 4},{k % 2}" for k in range(30))
    sheet = read_sheet(raw.encode())
    both = choose(sheet, Choice("y", ("a", "b", "c"), "classification", plane=("c", "a"))).table
    assert both.plane == (2, 0)
    assert choose(sheet, guess(sheet)).table.plane is None
