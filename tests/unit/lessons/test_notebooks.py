"""The nine lessons as they are stored: each has its parts, and the index knows all of them."""

import json
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def cells(file, kind):
    found = json.loads(file.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in found if cell["cell_type"] == kind]


def test_there_are_nine():
    assert [file.name[:2] for file in NOTEBOOKS] == [f"{k:02d}" for k in range(1, 10)]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_every_lesson_has_its_parts(file):
    words = "\n".join(cells(file, "markdown"))
    assert re.match(r"# \d\. ", words)
    parts = ["**The question.**", "**Predict", "picture", "## Exercise", "## Answer", "## For the teacher"]
    assert [part for part in parts if part not in words and part.replace("**Predict", "## Predict") not in words] == []
    assert words.index("## Exercise") < words.index("## Answer") < words.index("## For the teacher")


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_cells_of_code_are_short(file):
    assert max(len(source.splitlines()) for source in cells(file, "code")) <= 15


def test_the_index_links_every_lesson():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(([^)]+)\)", text))
    assert linked == {file.name for file in NOTEBOOKS} | {"worksheet-a-cascade-by-hand.html"}
    assert all((FOLDER / name).exists() for name in linked)
