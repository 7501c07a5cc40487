"""`cascade-sim classroom` as a teacher meets it."""

from tests.unit.test_cli import call, refused


def test_from_an_empty_folder_to_the_page(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "cascade-sim classroom choices.csv" in call("classroom", "--example").stdout
    text = (tmp_path / "choices.csv").read_text(encoding="utf-8-sig")
    assert text.count("\n") == 25
    (tmp_path / "choices.csv").write_text("student,leverage\nAna,2\nBo,60\n", encoding="utf-8")
    result = call("classroom", "choices.csv", "--seeds", 2, "--workers", 1, "-q")
    assert result.exit_code == 0
    assert "Open choices-page/class.html in a browser" in result.stdout
    assert "1 of 2 fell" in result.stdout
    assert (tmp_path / "choices-page" / "class.html").is_file()
    assert "exists already" in refused("classroom", "choices.csv")
    assert "exists already" in refused("classroom", "--example")


def test_bad_files_are_refused_and_nothing_is_written(tmp_path):
    (tmp_path / "c.csv").write_text("student,leverage\nAna,500\n")
    assert "line 2: leverage: must be a number from 1 to 100, got '500'" in refused("classroom", tmp_path / "c.csv")
    assert [file.name for file in tmp_path.iterdir()] == ["c.csv"]
    assert "--example" in refused("classroom")
    assert "there is no such file" in refused("classroom", tmp_path / "absent.csv")
