"""The page and the tables of a class, written whole or not at all."""

from pathlib import Path

from cascade_sim.experiments.classroom.page import class_page
from cascade_sim.experiments.classroom.story import Story
from cascade_sim.experiments.classroom.study import ClassStudy
from cascade_sim.folders import whole_folder

__all__ = ["PAGE", "save"]

PAGE = "class.html"


def save(story: Story, found: ClassStudy, folder: Path) -> Path:
    """Write page and tables into a folder; gives the place of the page.

    ``students.csv``: what everybody got in the told run. ``otherwise.csv``: averages over the seeds, and what other
    choices would have brought. ``limits.csv``: the class under every limit. Payoffs are over the money put down.
    """
    why = {fall.student: fall.words for fall in story.falls}
    students = story.table.assign(why=[why.get(name, "") for name in story.table["student"]])
    with whole_folder(folder) as half:
        (half / PAGE).write_text(class_page(story, found), encoding="utf-8")
        for name, frame in (("students", students), ("otherwise", found.students()), ("limits", found.curve())):
            frame.to_csv(half / f"{name}.csv", index=False, encoding="utf-8-sig")  # spreadsheets want the mark
    return folder / PAGE
