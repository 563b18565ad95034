"""Set-up steps run once, notice what changed, and never claim more than was done."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from environment import steps
from environment.steps import SetUpError, Step, call, digest, write_whole


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stamps and logs in a folder of this test."""
    monkeypatch.setattr(steps, "STAMPS", tmp_path / "stamps")
    monkeypatch.setattr(steps, "LOGS", tmp_path / "log")


def recorder(inputs: str, runs: list[bool]) -> Step:
    return Step("one", "the one step", inputs, runs.append)


def test_a_step_runs_once_for_the_same_inputs() -> None:
    runs: list[bool] = []
    recorder("a", runs).run()
    recorder("a", runs).run()
    assert runs == [False]


def test_changed_inputs_run_it_again() -> None:
    runs: list[bool] = []
    recorder("a", runs).run()
    recorder("b", runs).run()
    recorder("a", runs).run()
    assert runs == [False, False, False]


def test_after_an_interruption_it_runs_again_and_is_told() -> None:
    def stop(_interrupted: bool) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Step("one", "the one step", "a", stop).run()
    runs: list[bool] = []
    assert not recorder("a", runs).done()
    recorder("a", runs).run()
    assert runs == [True]
    assert recorder("a", runs).done()


def test_an_old_stamp_does_not_outlive_a_failure() -> None:
    recorder("a", []).run()

    def fail(_interrupted: bool) -> None:
        raise SetUpError("no network")

    with pytest.raises(SetUpError):
        Step("one", "the one step", "b", fail).run()
    assert not recorder("a", []).done()


def test_each_step_that_runs_prints_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    recorder("a", []).run()
    recorder("a", []).run()
    assert capsys.readouterr().out == "set-up: the one step\n"


def test_digests_see_names_and_contents(tmp_path: Path) -> None:
    folder = tmp_path / "msg"
    folder.mkdir()
    seen = set()
    (folder / "A.msg").write_text("float64 x\n")
    seen.add(digest(folder))
    (folder / "A.msg").write_text("float32 x\n")
    seen.add(digest(folder))
    (folder / "A.msg").rename(folder / "B.msg")
    seen.add(digest(folder))
    (folder / "C.msg").touch()
    seen.add(digest(folder))
    assert len(seen) == 4


def test_a_file_is_replaced_in_one_piece(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "setup.sh"
    write_whole(file, "old", mode=0o755)
    with file.open() as before:
        write_whole(file, "new", mode=0o755)
        assert before.read() == "old"
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == 0o755
    assert [entry.name for entry in file.parent.iterdir()] == ["setup.sh"]


def test_a_command_that_fails_shows_its_last_words_and_the_advice() -> None:
    script = "print('first'); import sys; sys.exit('the last words')"
    with pytest.raises(SetUpError, match=r"(?s)status 1.*the last words.*try again"):
        call([sys.executable, "-c", script], "failing", advice="try again")
