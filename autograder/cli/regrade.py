"""`dl30 regrade`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.cli.common import (
    course_option,
    find_day,
    jobs_option,
    no_jail_option,
    students_option,
    summary,
)
from autograder.cli.grade import UNJAILED, grade_with_progress, kept_when_interrupted
from autograder.text import plural

if TYPE_CHECKING:
    from autograder.instructor.marks import Sheet
    from autograder.instructor.regrading import Change, Preview

NAMED = 5  # marks that are named on a line; all are in the JSON
WOULD_CHANGE = 4  # exit code of a preview that found something
_KINDS = ("now passes", "now fails", "new, passes", "new, fails", "gone")


@click.command("regrade")
@click.argument("day")
@students_option
@jobs_option
@click.option("--preview", is_flag=True, help="Only show what would change.")
@click.option("--yes", is_flag=True, help="Write it without asking.")
@click.option("--force", is_flag=True, help="Regrade what is unchanged, too.")
@no_jail_option
@click.option(
    "--scheduler", metavar="URL", default="", help="Have a Dask cluster do it, as in dl30 grade."
)
@click.option("--json", "as_json", is_flag=True, help="Print what changes as a JSON object.")
@course_option
def command(
    day: str,
    students: tuple[str, ...],
    jobs: int,
    preview: bool,
    yes: bool,
    force: bool,
    no_jail: bool,
    scheduler: str,
    as_json: bool,
    course_folder: Path | None,
) -> None:
    """Grade DAY again after its hidden tests were corrected, and show what changes before anything
    is written.

    Manual grades and comments stay; where what was marked has changed, the mark must be confirmed
    anew. An interrupted run goes on where it was.

    Exit code 0 when all is written or nothing changes, 4 when something would change and was not
    written, 1 when some were broken or unreadable, 2 for wrong usage, 3 when the course or the
    machine is at fault.
    """
    from autograder.grading.grade import Options
    from autograder.grading.room import affordable
    from autograder.instructor import marks, regrading

    course, chosen = find_day(course_folder, day)
    if no_jail:
        click.echo(UNJAILED, err=True)
    at_once = jobs if scheduler else affordable(jobs)
    options = Options(students, at_once, force, not no_jail, scheduler=scheduler)
    whole, todo, staged = regrading.plan(course, chosen, options)
    for refused in whole.refused:
        click.echo(f"dl30: {refused}", err=True)
    sheets = marks.read(course, chosen)  # says before minutes are spent that there are none
    count = f"{len(whole.jobs)} out of date, {len(whole.current)} unchanged"
    click.echo(f"{chosen.stem}: {count}", err=True)
    with kept_when_interrupted():
        made = grade_with_progress(todo, staged) if whole.jobs else []
        found = regrading.preview(whole, made)
        _decide_and_write(found, sheets, preview=preview, yes=yes, as_json=as_json)
    raise click.exceptions.Exit(1 if whole.refused or _at_fault(found) else 0)


def _decide_and_write(
    found: Preview, sheets: Mapping[str, Sheet], *, preview: bool, yes: bool, as_json: bool
) -> None:
    """Show it, ask, write; ends the command where there is something and it is not written."""
    from autograder.grading.grade import in_full
    from autograder.grading.gradebook import store
    from autograder.instructor import regrading
    from autograder.instructor.confirming import to_confirm

    kit = found.kit
    renew = _pages(found)
    confirm = [f"{student}'s {cell}" for student, cell in to_confirm(found, sheets)]
    if not as_json:
        _show(found, sheets, confirm)
        _show_pages(found, renew, preview=preview)
    writes = not preview and (yes or not found.changes or (not as_json and _agreed()))
    if writes:
        regrading.adopt(found)
        made = in_full(kit, (*found.kept, *found.adopted))
        stored = store(kit, made, same=found.same)
    if as_json:
        _print(found, sheets, confirm, renew, written=writes)
    elif writes:
        records = plural(len(found.adopted), "record")
        click.echo(f"written: {records}, {len(stored)} stored in the gradebook")
    if not writes and found.changes:
        raise click.exceptions.Exit(WOULD_CHANGE)


def _agreed() -> bool:
    if sys.stdin.isatty():
        answer: bool = click.confirm("Write this?", default=False)
    else:
        answer = False
    if not answer:
        click.echo("nothing was written (--yes writes it; nothing is graded twice)")
    return answer


def _pages(found: Preview) -> list[str]:
    """Whose feedback has to be made anew."""
    from autograder.instructor.regrading import with_feedback

    changed = [record.student for record in found.adopted if record.student not in found.same]
    return with_feedback(found.kit, changed)


def _at_fault(found: Preview) -> bool:
    return any(record.status != "graded" for record in (*found.made, *found.kept))


# Showing.


def _show(found: Preview, sheets: Mapping[str, Sheet], confirm: Sequence[str]) -> None:
    for record in found.made:
        if record.status == "broken":
            click.echo(f"{record.student}: {summary(record)}; the older result stays", err=True)
    if found.changes:
        _show_students(found.changes)
        _show_tests(found.changes)
        click.echo()
    _show_sums(found)
    if found.changes:
        for line in _by_hand(found.changes, sheets):
            click.echo(f"marked by hand, which stays: {line}")
        click.echo("manual grades and comments stay; late penalties follow the scores")
    if confirm:
        many = f"{len(confirm)} marks" if len(confirm) > 1 else "1 mark"
        more = f" and {len(confirm) - NAMED} more" if len(confirm) > NAMED else ""
        named = ", ".join(confirm[:NAMED]) + more
        click.echo(f"{many} by hand must be confirmed anew (Resolve in the formgrader): {named}")


def _show_pages(found: Preview, renew: Sequence[str], *, preview: bool) -> None:
    if renew:
        stem, names = found.kit.day.stem, ", ".join(renew)
        what = "would be taken away, and have" if preview else "is taken away, and has"
        click.echo(f"feedback {what} to be made anew, for {names}:")
        click.echo(f"  nbgrader generate_feedback {stem} && nbgrader release_feedback {stem}")


def _show_students(changes: Sequence[Change]) -> None:
    """Who gets other points, or the same by other verdicts; a new test alone is no change."""
    changes = [each for each in changes if each.by != 0 or each.exercises or each.flipped]
    width = max([len(change.student) for change in changes] + [7])
    click.echo(f"{'student':<{width}}  {'from':>6}  {'to':>6}  {'by':>7}  what changes")
    for change in changes:
        by = "-" if change.by is None else f"{change.by:+g}"
        parts = [
            f"{name} {_points(one)} -> {_points(other)}"
            for name, (one, other) in change.exercises.items()
        ]
        if not parts:
            parts = ["the same points by other tests"]
        click.echo(
            f"{change.student:<{width}}  {_points(change.before):>6}  {_points(change.after):>6}  "
            f"{by:>7}  {', '.join(parts)}"
        )


def _points(points: float | None) -> str:
    return "-" if points is None else f"{points:g}"


def _show_tests(changes: Sequence[Change]) -> None:
    flips = Counter(
        (name, _flip(*pair)) for change in changes for name, pair in change.tests.items()
    )
    if not flips:
        return
    tests = dict.fromkeys(name for name, _ in flips)
    kinds = [kind for kind in _KINDS if any(found == kind for _, found in flips)]
    width = max(len(name) for name in [*tests, "hidden test"])
    click.echo(f"\n{'hidden test':<{width}}" + "".join(f"  {kind}" for kind in kinds))
    for name in tests:
        counts = "".join(f"  {flips[name, kind] or '':>{len(kind)}}" for kind in kinds)
        click.echo(f"{name:<{width}}{counts}".rstrip())


def _flip(before: str, after: str) -> str:
    """What became of a test for a student."""
    if not after:
        return "gone"
    verdict = "passes" if after == "PASS" else "fails"
    return f"{'now' if before else 'new,'} {verdict}"


def _show_sums(found: Preview) -> None:
    moved = [change for change in found.changes if change.by]
    new = sum(change.by is None for change in found.changes)
    down = found.down
    if down:
        names = ", ".join(change.student for change in down)
        click.secho(f"SCORES GO DOWN for {plural(len(down), 'student')}: {names}", bold=True)
    up = sum((change.by or 0.0) > 0 for change in moved)
    everybody = len(found.kept) + len(found.adopted)
    first = f"{new} new; " if new else ""
    stay = everybody - len(moved) - new
    scores = plural(everybody, "score") + (" changes" if len(moved) == 1 else " change")
    click.echo(
        f"{len(moved)} of {scores}: {up} up, {len(down)} down; {first}"
        f"{stay} {'stays' if stay == 1 else 'stay'}; mean change {found.mean_change:+g}"
    )


def _by_hand(changes: Sequence[Change], sheets: Mapping[str, Sheet]) -> list[str]:
    """Where a person's mark stands over an exercise whose points change."""
    return [
        f"{change.student}'s {name}, {cell.manual:g}"
        for change in changes
        for name, cell in (sheets[change.student].cells if change.student in sheets else {}).items()
        if name in change.exercises and cell.manual is not None
    ]


def _print(
    found: Preview,
    sheets: Mapping[str, Sheet],
    confirm: Sequence[str],
    renew: Sequence[str],
    *,
    written: bool,
) -> None:
    import json

    changes: list[dict[str, Any]] = [
        {
            "student": change.student,
            "from": change.before,
            "to": change.after,
            "by": change.by,
            "exercises": {
                name: {"from": one, "to": other} for name, (one, other) in change.exercises.items()
            },
            "tests": {
                name: {"from": one or None, "to": other or None}
                for name, (one, other) in change.tests.items()
            },
        }
        for change in found.changes
    ]
    told = {
        "day": found.kit.day.stem,
        "written": written,
        "changes": changes,
        "same": len(found.kept) + len(found.adopted) - sum(c.by != 0 for c in found.changes),
        "mean_change": found.mean_change,
        "down": [change.student for change in found.down],
        "broken": {r.student: r.problem for r in found.made if r.status == "broken"},
        "marked_by_hand": _by_hand(found.changes, sheets),
        "to_confirm": list(confirm),
        "feedback_to_renew": list(renew),
    }
    click.echo(json.dumps(told, indent=2, ensure_ascii=False))
