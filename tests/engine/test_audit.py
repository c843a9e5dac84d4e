"""The audit finds what it looks for: a day spoilt in every way that it knows, and a sound one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from dl30_command import run
from mini_course import FAST, HIDDEN, SOLUTIONS, STEM, Mini, book, cell, exercise_cells

from autograder.audit import checklist, trials
from autograder.audit.mutants import mutants
from autograder.audit.offenders import offenders
from autograder.audit.trials import Trial
from autograder.audit.verdict import DayAudit, audit
from autograder.errors import UsageError
from autograder.grading.batch import Pool
from autograder.sandbox import launcher
from autograder.sandbox.jail import Limits

NewMini = Callable[[], Mini]
BRIEF = Limits(cell_seconds=5, call_seconds=0.5)
VARIANTS = """
from autograder.testing import equivalent, right, wrong

@wrong("scale")
def scale_adds(x, factor):
    return x + factor

@right("scale")
def scale_the_other_way_round(x, factor):
    return factor * x

@wrong("row_means")
def row_means_of_columns(x):
    return x.mean(axis=0)

@right("row_means")
def row_means_by_loop(x):
    return np.array([row.mean() for row in x])
"""
SPOILT_SOLUTIONS = SOLUTIONS.replace(
    "return np.asarray(x) * factor", "size = 3 + 4\n    return np.asarray(x) * factor + 0 * size"
)
SPOILT_HIDDEN = (
    HIDDEN
    + '''
    def test_that_trusts_the_student(self, student, rng):
        """What comes back is subtracted from."""
        x = rng.normal(size=(2, 3))
        check(abs(student.row_means(x) - x.mean(axis=1)).max() < 1e-9, "wrong")
'''
)
SPOILT_VARIANTS = (
    VARIANTS
    + """
equivalent("scale", "size = 3 + 4", "size = 3 - 4", because="Nothing is added anyway.")
equivalent("scale", "size = 1", "size = 2", because="A line that is no more.")

@wrong("scale")
def scale_is_right_after_all(x, factor):
    return x * factor

@right("row_means")
def row_means_that_sum(x):
    return x.sum(axis=1)

@right("nothing")
def of_no_exercise(x):
    return x
"""
)


@pytest.fixture(autouse=True, scope="module")
def quick():
    """No torch in the warm process, and little time for what never ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launcher, "PRELOAD", FAST)
        patch.setattr(trials, "BRIEF", BRIEF)
        patch.setattr(trials, "BRIEFEST", BRIEF)
        yield


def with_variants(mini: Mini, text: str = VARIANTS) -> Mini:
    mini.day.variants.write_text(text)
    return mini


@pytest.fixture(scope="module")
def sound(new_mini: NewMini) -> Mini:
    return with_variants(new_mini())


@pytest.fixture(scope="module")
def sound_audit(sound: Mini) -> DayAudit:
    return audit(sound.course, sound.day, jobs=2)


@pytest.fixture(scope="module")
def spoilt(new_mini: NewMini) -> Mini:
    mini = with_variants(new_mini(), SPOILT_VARIANTS)
    mini.day.solution.write_text(SPOILT_SOLUTIONS)
    mini.hide(SPOILT_HIDDEN)
    return mini


@pytest.fixture(scope="module")
def spoilt_audit(spoilt: Mini) -> DayAudit:
    return audit(spoilt.course, spoilt.day, jobs=2)


def trial_problems(found: DayAudit) -> list[str]:
    kinds = ("reference", "blank", "wrong", "right", "offender", "mutant")
    return [problem for problem in found.problems if problem.startswith(kinds)]


class TestSoundDay:
    def test_everything_ends_as_it_should(self, sound_audit: DayAudit) -> None:
        assert trial_problems(sound_audit) == []
        assert sound_audit.survivors == []
        assert sound_audit.released
        counts = (sound_audit.reference, sound_audit.blank, sound_audit.wrong, sound_audit.right)
        assert [(c.good, c.total) for c in counts] == [(5, 5), (1, 1), (2, 2), (2, 2)]
        assert sound_audit.offenders.complete
        assert sound_audit.mutants.complete
        assert sound_audit.mutants.total >= 2

    def test_a_second_audit_grades_nothing(
        self, sound: Mini, sound_audit: DayAudit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        graded: list[str] = []
        told: list[Trial] = []
        monkeypatch.setattr(Pool, "run", lambda self, todo, done: graded.extend(todo))
        again = audit(sound.course, sound.day, jobs=2, done=told.append)
        assert again == sound_audit
        assert graded == []
        assert len(told) == len(trials.trials(sound.course, sound.day))

    def test_only_what_changed_is_graded_again(
        self, sound: Mini, sound_audit: DayAudit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        graded: list[str] = []

        def stop(self: Pool, todo: list[trials.Job], done: object) -> None:
            graded.extend(job.student for job in todo)

        monkeypatch.setattr(Pool, "run", stop)
        with_variants(sound, VARIANTS.replace("x + factor", "x - factor"))
        with pytest.raises(KeyError):
            audit(sound.course, sound.day, jobs=2)
        with_variants(sound)
        assert graded == ["wrong: scale_adds"]

    def test_interrupted_it_goes_on_where_it_was(
        self, new_mini: NewMini, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mini = with_variants(new_mini())
        seen: list[Trial] = []

        def interrupt(trial: Trial) -> None:
            seen.append(trial)
            if len(seen) == 4:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            audit(mini.course, mini.day, jobs=1, exercise="scale", done=interrupt)
        left: list[str] = []
        run_on = Pool.run

        def count(self: Pool, todo: list[trials.Job], done: Callable[..., None]) -> None:
            left.extend(job.student for job in todo)
            run_on(self, todo, done)

        monkeypatch.setattr(Pool, "run", count)
        diary = mini.course.records / ".audit" / f"{STEM}.jsonl"
        with diary.open("ab") as file:
            file.write(b'["half a li')
        found = audit(mini.course, mini.day, jobs=1, exercise="scale")
        assert trial_problems(found) == []
        assert len(left) == len(trials.trials(mini.course, mini.day, "scale")) - 4
        assert not set(left) & {f"{trial.kind}: {trial.name}" for trial in seen}


class TestSpoiltDay:
    def problem(self, found: DayAudit, *parts: str) -> str:
        hits = [text for text in found.problems if all(part in text for part in parts)]
        assert len(hits) == 1, found.problems
        return hits[0]

    def test_a_wrong_variant_with_full_marks(self, spoilt_audit: DayAudit) -> None:
        self.problem(spoilt_audit, "wrong scale_is_right_after_all", "got full marks in scale")
        assert (spoilt_audit.wrong.good, spoilt_audit.wrong.total) == (1, 3)  # one is BROKEN

    def test_a_right_variant_that_loses_points(self, spoilt_audit: DayAudit) -> None:
        text = self.problem(spoilt_audit, "right row_means_that_sum", "lost points in row_means")
        assert "every entry is" in text

    def test_a_variant_of_no_exercise(self, spoilt_audit: DayAudit) -> None:
        self.problem(spoilt_audit, "variants of an unknown exercise nothing")

    def test_a_hidden_test_that_breaks(self, spoilt_audit: DayAudit) -> None:
        text = self.problem(spoilt_audit, "offender row_means returns_none", "BROKEN")
        assert "test_that_trusts_the_student" in text
        assert "TypeError" in text
        assert not spoilt_audit.offenders.complete

    def test_a_survivor_that_nothing_explains(self, spoilt_audit: DayAudit) -> None:
        text = self.problem(spoilt_audit, "`size = 4 + 4`")
        assert text.startswith(f"solutions/{STEM}.py, line 9: scale gives full marks")

    def test_a_survivor_that_is_explained(self, spoilt_audit: DayAudit) -> None:
        (one,) = [found for found in spoilt_audit.survivors if found.because]
        assert (one.after, one.because) == ("size = 3 - 4", "Nothing is added anyway.")
        assert not any("3 - 4" in problem for problem in spoilt_audit.problems)

    def test_too_few_killed(self, spoilt_audit: DayAudit) -> None:
        self.problem(spoilt_audit, "mutants are killed, under 97%")

    def test_an_explanation_of_nothing(self, spoilt_audit: DayAudit) -> None:
        self.problem(spoilt_audit, "explains `size = 2` in scale, and no such mutant is alive")


def test_a_failing_reference_a_blank_that_scores_a_release_that_drifted(new_mini: NewMini) -> None:
    mini = with_variants(new_mini())
    mini.hide(
        HIDDEN.replace("expected = reference.scale(x, SECRET_FACTOR)", "expected = x")
        + "\n    def test_nothing(self):\n        pass\n"
    )
    (mini.day.release_dir / "notes.txt").write_text("left behind")
    found = audit(mini.course, mini.day, jobs=2, exercise="scale")
    faults = trial_problems(found)
    assert sum(text.startswith("reference seed") for text in faults) == 5
    assert any(text.startswith("blank as released: got 1 points") for text in faults)
    assert any("notes.txt: stray file" in text for text in found.problems)
    assert not found.released
    assert not found.reference.complete
    assert not found.blank.complete


class TestChecklist:
    TEXT = (
        "## Exercise 1 · scale\n*5 min · difficulty 2/3 · 7 points*\n\n"
        "<details><summary>Hint 1 · a</summary>\nx\n</details>\n\n"
        "<details><summary>Hint 2 · b</summary>\ny\n</details>"
    )

    def card(self, mini: Mini, text: str, solutions: str = SOLUTIONS) -> checklist.Card:
        cells = [cell("text", text, "markdown"), *exercise_cells("scale")]
        mini.day.source_notebook.write_text(book([*cells, *exercise_cells("row_means")]))
        mini.day.solution.write_text(solutions)
        return checklist.cards(mini.day)[0]

    def test_complete(self, mini: Mini) -> None:
        card = self.card(mini, self.TEXT)
        facts = (card.name, card.minutes, card.difficulty, card.points, card.hints)
        assert facts == ("scale", 5, 2, 7.0, 2)
        assert card.problems == ()

    @pytest.mark.parametrize(
        ("old", "new", "problem"),
        [
            ("## Exercise 1 · scale", "## Scale", "no heading"),
            ("5 min · ", "", "no line `*N min · difficulty D/3 · P points*`"),
            ("2/3", "4/3", "no line"),
            ("7 points", "8 points", "the text promises 8 points, and the cell has 7"),
            ("Hint", "More", "no hint in <details><summary>Hint, and there should be at least 2"),
            ("Hint 1", "More", "1 hint in <details><summary>Hint, and there should be at least 2"),
            ("Hint 2", "A Hint", "1 hint in <details><summary>Hint, and there should be at least"),
        ],
    )
    def test_text(self, mini: Mini, old: str, new: str, problem: str) -> None:
        (found,) = self.card(mini, self.TEXT.replace(old, new)).problems
        assert problem in found

    @pytest.mark.parametrize(
        ("head", "docstring", "problem"),
        [
            ("x, factor", "", "scale has no docstring"),
            ("x, factor", '"""x times something."""', "does not say what factor is"),
            ("x: np.ndarray, factor", '"""x times factor."""', "gives no shape such as (N, D)"),
            ("x: list[Tensor], factor", '"""x (n) times factor."""', "gives no shape"),
            ("x, factor) -> (float", '"""x times factor."""', "not say what it returns"),
        ],
    )
    def test_docstring(self, mini: Mini, head: str, docstring: str, problem: str) -> None:
        text = SOLUTIONS.replace("x, factor", head, 1).replace('"""x times factor."""', docstring)
        (found,) = self.card(mini, self.TEXT, text).problems
        assert problem in found

    def test_class(self, mini: Mini) -> None:
        text = SOLUTIONS.replace("def scale(x, factor):", "class scale:\n  def f(self, y, n):", 1)
        found = self.card(mini, self.TEXT, text.replace('"""x times factor."""', '"""y."""'))
        assert found.problems == (
            "scale has no docstring",
            "no docstring of scale gives a shape such as (N, D)",
            "no docstring of scale says what n is",
        )

    def test_day(self, mini: Mini) -> None:
        written = cell("why", "Because.", "markdown", grade=True, solution=True, points=3)
        model = "### BEGIN SOLUTION\nTODO\n### END SOLUTION"
        other = cell("how", model, "markdown", grade=True, solution=True, points=3)
        mini.day.source_notebook.write_text(book([*exercise_cells("scale"), written, other]))
        mini.day.variants.write_text("# TODO variants\n")
        assert checklist.day_problems(mini.day) == [
            "it has 1 exercises, and should have 4 to 7",
            "it draws 0 figures (plt.show), and should draw at least 2",
            '"why" has no model answer between the solution marks',
            '"how" has no marking scheme',
            f'{STEM}.ipynb, cell "how": TODO',
            f"tests/variants/{STEM}.py, line 1: # TODO variants",
        ]

    def test_no_written_question(self, mini: Mini) -> None:
        mini.day.source_notebook.write_text(book(exercise_cells("scale")))
        assert "there is no written question" in checklist.day_problems(mini.day)


class TestMutants:
    def of(self, tmp_path: Path, body: str) -> list[tuple[int, str]]:
        path = tmp_path / "day.py"
        path.write_text(
            f'def before():\n    pass\n\ndef f(x, n=3):\n    """1 + 1."""\n'
            f"    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION\n"
        )
        return [(mutant.line, mutant.after) for mutant in mutants(path, ["f"])]

    def test_one_change_each_inside_the_solution(self, tmp_path: Path) -> None:
        assert self.of(tmp_path, "    y: int = x + 1\n    return y < n") == [
            (7, "y: int = x - 1"),
            (7, "y: int = x + 2"),
            (8, "return y <= n"),
        ]

    def test_nothing_for_show(self, tmp_path: Path) -> None:
        """No None for a value, no other case of an einsum, no wording of errors."""
        body = '    if not x: raise ValueError(f"{x - 1} too small")\n    y = e("ij->i", x)'
        assert self.of(tmp_path, body) == [
            (7, 'if x: raise ValueError(f"{x - 1} too small")'),
            (8, "y = e(x)"),
            (8, 'y = e("ij->i", )'),
            (8, 'y = e("XXij->iXX", x)'),
        ]


def test_offenders_change_arrays_where_there_are_any(tmp_path: Path) -> None:
    path = tmp_path / "day.py"
    body = "\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n"
    path.write_text(f"def f(x: np.ndarray):{body}\ndef g(n: int):{body}")
    assert "changes_its_input" in offenders(path, ["f", "g"])
    assert "changes_its_input" not in offenders(path, ["g"])
    assert {"returns_none", "spins", "forks", "exits"} <= offenders(path, ["g"]).keys()


class TestCommand:
    def test_a_spoilt_day(self, spoilt: Mini, spoilt_audit: DayAudit) -> None:
        ran = run(spoilt, "audit", "1")
        assert ran.code == 3
        head, line, *rest = ran.out.splitlines()
        assert head.split() == (
            "day reference blank wrong right offenders mutants release verdict".split()
        )
        assert line.split()[:4] == [STEM, "full", "zero", "1/3"]
        assert line.endswith(f"clean  {len(spoilt_audit.problems)} problems")
        assert "  line 9 scale: size = 3 + 4 → size = 3 - 4" in rest
        assert "wrong scale_is_right_after_all: got full marks in scale" in ran.err

    def test_json(self, spoilt: Mini, spoilt_audit: DayAudit) -> None:
        ran = run(spoilt, "audit", "1", "--json")
        (found,) = json.loads(ran.out)
        assert (found["day"], found["passed"], ran.code) == (STEM, False, 3)
        assert found["wrong"] == {"good": 1, "total": 3}
        assert found["problems"] == spoilt_audit.problems
        assert {one["name"] for one in found["exercises"]} == {"scale", "row_means"}

    def test_unknown_exercise(self, sound: Mini) -> None:
        ran = run(sound, "audit", "1", "--exercise", "scales", "--json")
        assert ran.code == 2
        assert ran.complaint == f"dl30: {STEM}: no exercise scales (scale, row_means)"

    def test_without_the_mutation_library(
        self, sound: Mini, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(__import__("sys").modules, "libcst", None)
        ran = run(sound, "audit", "1", "--json")
        assert ran.code == 1
        assert "which is not installed (pip install 'dl30[audit]')" in ran.complaint


def test_a_variant_file_that_explains_badly(mini: Mini) -> None:
    with_variants(mini, 'x = 1\nequivalent("scale", "one line")\n')
    with pytest.raises(Exception, match=r"line 2: this explains no mutant") as caught:
        audit(mini.course, mini.day, jobs=1)
    assert not isinstance(caught.value, UsageError)


class TestNewDay:
    def test_it_can_be_audited_at_once(self, mini: Mini) -> None:
        ran = run(mini, "new-day", "29", "gan", "--title", "Adversaries")
        assert (ran.code, ran.err) == (0, "")
        made = [line.split()[1] for line in ran.out.splitlines() if line.startswith("made ")]
        assert len(made) == 6
        assert all((mini.root / name).is_file() for name in made)
        day = mini.course.day("29")
        assert (day.stem, day.title, day.max_score) == ("day29_gan", "Adversaries", 100)
        found = audit(mini.course, day, jobs=2)
        open_points = [text for text in found.problems if "TODO" in text]
        assert len(open_points) > 15
        assert sorted(set(found.problems) - set(open_points)) == [
            "it draws 1 figures (plt.show), and should draw at least 2",
            "it has 1 exercises, and should have 4 to 7",
        ]

    @pytest.mark.parametrize(
        ("arguments", "complaint"),
        [
            (["1", "gan"], "day 01 exists already"),
            (["100", "gan"], "'100' is no number of a day (for example 29)"),
            (["twenty", "gan"], "'twenty' is no number of a day"),
            (["29", "../gan"], "a day cannot be called '../gan'"),
            (["29", "Gan"], "a day cannot be called 'Gan'"),
        ],
    )
    def test_refused(self, mini: Mini, arguments: list[str], complaint: str) -> None:
        before = sorted(mini.root.rglob("*"))
        ran = run(mini, "new-day", *arguments)
        assert ran.code == 2
        assert complaint in ran.complaint
        assert sorted(mini.root.rglob("*")) == before

    def test_no_file_is_overwritten(self, mini: Mini) -> None:
        path = mini.root / "solutions" / "day29_gan.py"
        path.write_text("mine")
        ran = run(mini, "new-day", "29", "gan")
        assert (ran.code, path.read_text()) == (2, "mine")
        assert not (mini.root / "source" / "day29_gan").exists()
