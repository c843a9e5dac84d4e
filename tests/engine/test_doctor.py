"""`dl30 doctor`: protections that hold are told to hold, and those that do not are found out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from dl30_command import run
from mini_course import STEM, Mini

from autograder import doctor
from autograder.errors import JailUnavailable
from autograder.sandbox import probes
from autograder.sandbox.bait import Bait, lay_bait
from autograder.sandbox.jail import Limits
from autograder.sandbox.launcher import WarmProcess
from autograder.sandbox.probes import FILES, PROBES, Probe

ROOT = Path(__file__).parents[2]


class TestOnThisMachine:
    def test_every_protection_holds(self, mini: Mini) -> None:
        ran = run(mini, "doctor", "--json")
        findings = json.loads(ran.out)
        assert [found for found in findings if found["state"] == "broken"] == []
        names = [found["name"] for found in findings]
        assert len(names) == len(set(names)) == len(PROBES) + len(doctor.TRIALS) + 2
        assert ran.code == 0

    def test_says_so_in_lines_that_a_person_reads(self, tmp_path: Path) -> None:
        """Outside of a course too."""
        ran = run(tmp_path, "doctor")
        assert ran.code == 0
        first, *lines = ran.out.splitlines()
        assert first.startswith("Linux ")
        assert sum(line.startswith("✓ ") for line in lines) >= 16
        assert lines[-1].endswith("they held: unknown code can be graded here.")


@pytest.fixture(scope="module")
def bait(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bait]:
    further = tmp_path_factory.mktemp("teacher") / "gradebook.db"
    further.write_text("grades")
    with lay_bait(further) as bait:
        yield bait


@pytest.fixture(scope="module")
def warm(bait: Bait) -> Iterator[WarmProcess]:
    with WarmProcess(preload=("numpy",)) as process:
        yield process


@pytest.fixture(scope="module")
def open_warm(bait: Bait) -> Iterator[WarmProcess]:
    with WarmProcess(jailed=False, preload=("numpy",)) as process:
        yield process


class TestProbes:
    @pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
    def test_finds_what_is_open(self, open_warm: WarmProcess, bait: Bait, probe: Probe) -> None:
        """Without a jail. Of secrets nothing: what is started gets none, jail or not."""
        if probe.name == "secrets":
            put = f"import os\nos.environ['X'] = {bait.secret!r}\n"
            leaky = replace(probe, source=put + probe.source)
            assert probes.reached(open_warm, bait, leaky) == ["X"]
        else:
            assert probes.reached(open_warm, bait, probe) != []

    def test_the_files_are_named(self, open_warm: WarmProcess, bait: Bait) -> None:
        assert set(bait.files) <= set(probes.reached(open_warm, bait, FILES))

    def test_proofs_are_named(self, warm: WarmProcess, bait: Bait) -> None:
        held = probes.prove(warm, bait)
        assert held[: len(PROBES)] == [probe.name for probe in PROBES]
        assert set(held[len(PROBES) :]) <= {probes.CONTROL_GROUP}

    def test_what_does_not_hold_ends_all_grading(self, open_warm: WarmProcess, bait: Bait) -> None:
        told = r'"student code reads nothing of yours": .*nothing was graded'
        with pytest.raises(JailUnavailable, match=told):
            probes.prove(open_warm, bait)

    def test_a_probe_that_fails_proves_nothing(
        self, warm: WarmProcess, bait: Bait, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sick = Probe("sick", "this probe works", "def reach(bait):\n    raise OSError(5, 'ill')")
        assert (
            "the probe itself failed: reach raised OSError" in probes.reached(warm, bait, sick)[0]
        )
        monkeypatch.setattr(probes, "PROBES", (*PROBES, sick))
        with pytest.raises(JailUnavailable, match=r'"this probe works": .*OSError'):
            probes.prove(warm, bait)

    def test_a_course_where_student_code_can_see_it_is_not_graded(
        self, new_mini: Callable[[], Mini]
    ) -> None:
        """Python's own folders are shown to student code, so nothing of a course may lie there."""
        mini = new_mini()
        mini.submit("ada")
        place = Path(sys.prefix) / "share" / f"dl30-course-{os.getpid()}"
        place.parent.mkdir(exist_ok=True)
        shutil.copytree(mini.root, place)
        try:
            ran = run(place, "grade", "1")
        finally:
            shutil.rmtree(place)
        assert ran.code == 3
        assert 'dl30: the jail does not hold what it promises, "student code reads' in ran.err
        assert f"tests/hidden/test_{STEM}.py" in ran.err


WEAK = {
    "memory": Limits(call_seconds=0.2, memory_mb=8000),
    "all memory": Limits(call_seconds=20, memory_mb=2000),
    "time": Limits(call_seconds=2),
    "count": Limits(call_seconds=20, processes=60),
    "disk": Limits(call_seconds=20, scratch_mb=32),
    "inodes": Limits(call_seconds=20, scratch_files=900),
}


class TestTrials:
    @pytest.mark.parametrize("trial", doctor.TRIALS, ids=lambda trial: trial.name)
    def test_a_weaker_limit_is_found_out(self, warm: WarmProcess, trial: doctor.Trial) -> None:
        if trial.name in WEAK:
            found = doctor._run(warm, replace(trial, limits=WEAK[trial.name]))
            assert found.state == "broken"
            assert found.found
            assert doctor.is_fatal(found)
        else:
            assert not trial.holds("", 0)
            assert not trial.holds("f was stopped: it ended its process", -1)


class TestMachinesThatCannot:
    @pytest.mark.parametrize(
        ("what", "todo"),
        [
            ("unshare: Operation not permitted", "unprivileged_userns_clone"),
            ("unshare: No space left on device", "max_user_namespaces"),
            ("clone: Operation not permitted", "unprivileged_userns_clone"),
            ("clone: No space left on device", "max_user_namespaces"),
            ("mount_setattr on /usr (Linux 5.12 or newer is needed): Function", "5.12"),
            ("prctl(PR_SET_SECCOMP): Invalid argument", "CONFIG_SECCOMP_FILTER"),
            ("setgroups: this root is one of a user namespace", "ordinary user"),
            ("ModuleNotFoundError: No module named 'numpy'", "chmod"),
            ("namespaces need Linux on x86-64 or 64-bit ARM", "virtual machine"),
            ("something else", "docs/security.md"),
        ],
    )
    def test_are_told_what_to_do(self, what: str, todo: str) -> None:
        assert todo in doctor.advice(what)

    def test_end_with_code_3(self, tmp_path: Path) -> None:
        """Here a user namespace in which no other may be made stands for such a machine."""
        script = """
            import os, sys
            from pathlib import Path
            from autograder.sandbox import kernel
            uid, gid = os.geteuid(), os.getegid()
            kernel.unshare(kernel.CLONE_NEWUSER)
            kernel.map_identity(1000, uid, gid)
            Path("/proc/sys/user/max_user_namespaces").write_text("0")
            from autograder.cli.main import main
            sys.argv = ["dl30", "doctor"]
            main()
            """
        ran = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (ran.returncode, ran.stderr) == (3, "")
        assert "\n- jail           student code is shut in\n" in ran.stdout
        assert "raise the limit: sysctl -w user.max_user_namespaces" in " ".join(ran.stdout.split())
        assert ran.stdout.endswith("NOT safe for code that you do not trust: jail.\n")


def test_a_course_that_is_not_there_is_told(tmp_path: Path) -> None:
    ran = run(tmp_path, "doctor", "--course", str(tmp_path / "none"))
    assert ran.code == 3
    assert "none" in ran.complaint
