"""Files of choices: what is read, and how every problem is named."""

import pytest

from cascade_sim.experiments.classroom.choices import (
    Choice,
    ChoicesError,
    example_choices,
    read_choices,
    write_choices,
)


def read(tmp_path, text, encoding="utf-8"):
    file = tmp_path / "class.csv"
    file.write_bytes(text.encode(encoding))
    return read_choices(file, 100.0)


def problems(tmp_path, text):
    with pytest.raises(ChoicesError) as caught:
        read(tmp_path, text)
    return caught.value.problems


def test_the_example_is_read_as_it_was_written(tmp_path):
    write_choices(example_choices(), tmp_path / "class.csv")
    assert read_choices(tmp_path / "class.csv", 100.0) == example_choices()
    assert len({choice.student for choice in example_choices()}) == 24


@pytest.mark.parametrize(
    "text",
    [
        "student,leverage\nZoë,2.5\n王芳,10\n",
        "\ufeffStudent;Leverage\nZoë;2,5\n\n王芳;10\n",  # what a spreadsheet writes in half of Europe
        "group\tleverage\tstudent\nA\t2.5\tZoë\nB\t10\t 王芳 \n",
    ],
)
def test_ways_to_write_a_file(tmp_path, text):
    assert read(tmp_path, text) == [Choice("Zoë", 2.5), Choice("王芳", 10.0)]


def test_every_bad_row_is_named(tmp_path):
    text = "student,leverage\nAna,0.5\n,3\nBen,many\nana,4\nCem,101\nDora\nEva,nan\nFay,2\n"
    assert problems(tmp_path, text) == [
        "line 2: leverage: must be a number from 1 to 100, got '0.5'",
        "line 3: student: must have a name, got nothing",
        "line 4: leverage: must be a number from 1 to 100, got 'many'",
        "line 5: student: 'ana' is named in line 2 already; add an initial to one of them",
        "line 6: leverage: must be a number from 1 to 100, got '101'",
        "line 7: leverage: must be a number from 1 to 100, got ''",
        "line 8: leverage: must be a number from 1 to 100, got 'nan'",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: must name the columns student and leverage once each, got []"),
        ("name,leverage\nAna,2\n", "line 1: must name the columns student and leverage once each"),
        ("student,leverage\n", "1 to 500 students can take part, got 0"),
        ("student,leverage\n" + "".join(f"s{k},2\n" for k in range(501)), "1 to 500 students can take part, got 501"),
        (f"student,leverage\n{'a' * 61},2\n", "line 2: student: must be 1 to 60 printable letters"),
    ],
)
def test_files_that_can_not_be_used(tmp_path, text, said):
    assert said in problems(tmp_path, text)[0]


def test_files_that_can_not_be_read(tmp_path):
    with pytest.raises(ChoicesError, match="the type CSV UTF-8"):
        read(tmp_path, "student,leverage\nZoë,2\n", encoding="latin-1")
    with pytest.raises(ChoicesError, match="cascade-sim classroom --example"):
        read_choices(tmp_path / "absent.csv", 100.0)


def test_an_existing_file_is_not_overwritten(tmp_path):
    (tmp_path / "class.csv").write_text("mine")
    with pytest.raises(FileExistsError):
        write_choices(example_choices(), tmp_path / "class.csv")
    assert (tmp_path / "class.csv").read_text() == "mine"
