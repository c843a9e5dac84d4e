"""Figures as lines for a terminal, and as plain data for `--json`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec

from autograder.report.day import DayFigures, ExerciseFigures, Scores
from autograder.report.likeness.find import Likeness
from autograder.report.progress import CourseFigures, DayRow
from autograder.report.wording import percent, stuck
from autograder.text import one_line, plural

BAR = 10
BEHIND = 20  # students who are named


def day_lines(day: DayFigures, likeness: Likeness) -> list[str]:
    """What the page begins with."""
    lines = [f"{day.stem}: {_submissions(day)}"]
    if day.exercises:
        lines += ["", *_exercise_table(day)]
        if stuck_there := stuck_lines(day.exercises):
            lines += ["", *stuck_there]
    lines += ["", "Explain again tomorrow"]
    lines += [f"{number}. {lesson.text}" for number, lesson in enumerate(day.lessons, start=1)]
    if not day.lessons:
        lines.append("No hidden test was failed by two or more students who began its exercise.")
    return [*lines, "", _alike(likeness)]


def _submissions(day: DayFigures) -> str:
    count, care = day.submissions, day.care
    parts = [plural(count, "submission")]
    if care.missing:
        parts.append(f"{len(care.missing)} not handed in")
    if scores := day.scores:
        parts.append(f"median {scores.median:.3g} of {scores.most:g}")
        parts.append(f"{scores.full} with every point, {scores.zero} with none")
    parts += [
        f"{number} {what}"
        for number, what in (
            (len(care.late), "late"),
            (count - (day.scores.count if day.scores else 0) - len(care.unreadable), "broken"),
            (len(care.unreadable), "unreadable"),
        )
        if number
    ]
    return ", ".join(parts)


def _exercise_table(day: DayFigures) -> list[str]:
    count = len(day.rows)
    width = max(len("exercise"), *(len(exercise.name) for exercise in day.exercises))
    head = f"{'exercise':<{width}}  {'of':>4}  {'mean':>9}  {'':{BAR}}  {'all of it':>9}  not begun"
    rows = [
        f"{each.name:<{width}}  {each.max_points:>4g}  {percent(each.mean_share):>9}  "
        f"{_bar(each.mean_share)}  {percent(each.full / count):>9}  {each.not_begun:>9}"
        for each in day.exercises
    ]
    return [head, *rows]


def stuck_lines(exercises: Sequence[ExerciseFigures]) -> list[str]:
    """Whom no test of an exercise could try, and why."""
    return [
        f"{each.name}: {', '.join(stuck(count, cause) for cause, count in each.stuck)}"
        for each in exercises
        if each.stuck
    ]


def _bar(share: float) -> str:
    full = round(BAR * share)
    return "█" * full + "·" * (BAR - full)


def _alike(likeness: Likeness) -> str:
    if likeness.why_not:
        return f"Nothing was compared: {likeness.why_not}."
    count = likeness.standing_out
    if not count:
        return f"No pair of {likeness.submissions} is more alike than the class explains."
    are = "pair is" if count == 1 else "pairs are"
    return f"{count} {are} more alike than the class explains; look at the page yourself."


def course_lines(course: CourseFigures) -> list[str]:
    """The days, who falls behind, and what was hardest."""
    head = (
        f"{'day':<28}  {'handed in':>9}  {'median':>9}  {'':{BAR}}  {'mean':>9}  {'full':>5}  late"
    )
    lines = [head, *(_day_row(day) for day in course.days), ""]
    if course.exercises:
        first = ", ".join(
            f"{hard.name} of day {hard.number} ({percent(hard.mean_share)})"
            for hard in course.exercises[:3]
        )
        lines.append(f"Hardest: {first}.")
    never = f"; {len(course.never)} more never handed in" if course.never else ""
    fall = "falls" if len(course.behind) == 1 else "fall"
    everybody = plural(len(course.students), "student")
    lines.append(f"{len(course.behind):,} of {everybody} {fall} behind{never}.")
    lines += [f"  {one_line(one.name, 60)}: {one.behind}" for one in course.behind[:BEHIND]]
    if len(course.behind) > BEHIND:
        lines.append(f"  and {len(course.behind) - BEHIND} more, whom the page names")
    return lines


def _day_row(day: DayRow) -> str:
    late = "-" if day.late is None else f"{day.late}"
    start = f"{one_line(day.stem, 28):<28}  {day.submissions:>9}"
    if day.scores is None:
        return f"{start}  {'-':>9}  {'':{BAR}}  {'-':>9}  {'-':>5}  {late:>4}"
    median, mean = _of(day.scores, day.scores.median), _of(day.scores, day.scores.mean)
    shares = f"{percent(median):>9}  {_bar(median)}  {percent(mean):>9}"
    return f"{start}  {shares}  {day.scores.full:>5}  {late:>4}"


def _of(scores: Scores, value: float) -> float:
    return value / scores.most if scores.most else 0.0


def day_data(day: DayFigures, likeness: Likeness) -> dict[str, Any]:
    """Everything but code: a copy of it would be in a second place."""
    twins = tuple(replace(pair, cells=()) for pair in likeness.twins)
    alike = msgspec.to_builtins(replace(likeness, twins=twins))
    for pair in alike["twins"]:
        del pair["cells"]
    found: dict[str, Any] = msgspec.to_builtins(day)
    return found | {"alike": alike}


def course_data(course: CourseFigures) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(course)
    return found
