"""How a grading process starts: its warm process parts from it before anything secret is read."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
import pytest
from mini_course import MAX_SCORE, Mini

from autograder.grading.batch import GradingProcess, _packages
from autograder.grading.jobs import Job
from autograder.sandbox import starting
from autograder.sandbox.starting import Forked

MEMORY = '''
import os, re, sys

def memory():
    """All words of a kind that are written anywhere in this process; not those of the pattern."""
    found = set()
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb") as file:
        for line in maps:
            low, high = (int(part, 16) for part in line.split()[0].split("-"))
            try:
                file.seek(low)
                found |= set(re.findall(rb"PLANTED[-]([a-z]+)[-]", file.read(high - low)))
            except (OSError, OverflowError, ValueError):
                continue
    return sorted(word.decode() for word in found)
'''


def planted(name: str) -> str:
    """A word for `memory` to find."""
    return f"PLANTED-{name}-"


def told(mini: Mini, expression: str, *extra: str) -> object:
    """What the expression is in the student's notebook, after the cells `extra`."""
    mini.submit("ada", *extra, scale=f"def scale(x, factor): raise ValueError({expression})")
    (record,) = mini.judge("ada")
    message = record.exercises["scale"].tests[0].message
    return ast.literal_eval(message.partition("raised ValueError: ")[2].splitlines()[0])


class TestWhatTheWarmProcessHasNot:
    def test_nothing_of_environment_settings_tests_and_jobs_is_in_its_memory(
        self, mini: Mini, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        there = Mini(mini.root.rename(mini.root.parent / planted("root")))
        monkeypatch.setenv("DL30_TEST_TOKEN", planted("environment"))
        monkeypatch.setenv("PYTHONPATH", f"/nowhere/{planted('path')}")
        there.hide(f"{there.day.hidden_tests.read_text()}\n\nWORD = {planted('tests')!r}\n")
        assert told(there, "memory()", MEMORY) == []

    def test_the_scan_finds_what_is_there(self, mini: Mini) -> None:
        word = "WORD = '-'.join(['PLANTED', 'here', ''])"
        assert told(mini, "memory()", word, MEMORY) == ["here"]

    def test_no_module_but_those_of_the_warm_process(self, mini: Mini) -> None:
        """Nor the reference and its tests."""
        rooms = "sorted(name for name in sys.modules if 'autograder' in name or 'day01' in name)"
        found = told(mini, f"[name.rpartition('.')[2] for name in {rooms}]", "import sys")
        inside = (
            "autograder grading sandbox accounts arrays frames jail kernel oddities overseer "
            "seccomp shell starting warm wire worker guard"
        )
        assert isinstance(found, list)
        assert set(found) == set(inside.split())

    def test_command_and_environment_tell_nothing(self, mini: Mini) -> None:
        told_of = told(
            mini,
            "[open('/proc/self/cmdline').read().split(chr(0))[1:-1], "
            "sorted({*os.environ, *re.findall('([A-Z_]+)=', open('/proc/self/environ').read())})]",
            "import os, re",
        )
        assert isinstance(told_of, list)
        command, names = told_of
        assert command == ["-P", "-m", "autograder.grading.start", "numpy"]
        assert set(names) <= {
            *starting.environment(),
            *("TMPDIR", "IPYTHONDIR", "MPLCONFIGDIR", "PIP_NO_INDEX"),
        }

    def test_what_the_grader_draws_is_not_what_the_worker_could_foresee(self, mini: Mini) -> None:
        """Both begin with the same generators."""
        (here, there) = msgspec.json.decode(output_of(DRAWING))
        assert len(here) == 4
        assert not set(here) & set(there)


DRAWING = """
import json, random, sys
from autograder.sandbox import starting, warm

def drawn():
    import numpy
    return [random.random(), random.random(), *numpy.random.random(2).tolist()]

warm.obey = lambda control: control.send(json.dumps(drawn()).encode())
begun = starting.parted(["numpy"])
print(json.dumps([drawn(), json.loads(begun.control.recv(9999))]))
begun.close()
"""


def output_of(script: str) -> str:
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return ran.stdout


class TestWhatTheGradingProcessHas:
    def test_the_environment_of_whoever_started_it(
        self, mini: Mini, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """Also what is no text; and modules on PYTHONPATH."""
        (tmp_path / "beside_the_course.py").write_text("NAME = 'DL30_TEST_ODD'\n")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        monkeypatch.setitem(os.environb, b"DL30_TEST_ODD", b"\xff\xfe=")
        monkeypatch.setenv("DL30_TEST_TOKEN", "so it is")
        mini.hide(
            "import os\nfrom beside_the_course import NAME\n"
            "assert os.environb[NAME.encode()] == b'\\xff\\xfe='\n"
            "assert os.environ['DL30_TEST_TOKEN'] == 'so it is'\n"
            "assert 'PYTHONDONTWRITEBYTECODE' not in os.environ\n"
            f"{mini.day.hidden_tests.read_text()}"
        )
        monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        mini.submit("ada")
        assert mini.judge("ada")[0].score == MAX_SCORE

    def test_memory_that_it_shares_with_its_warm_process(self, mini: Mini) -> None:
        """Most of what torch is."""
        mini.hide(f"import torch\n{mini.day.hidden_tests.read_text()}")
        mini.submit("ada")
        process = GradingProcess(msgspec.structs.replace(mini.settings, preload=("numpy", "torch")))
        try:
            assert process.grade(Job("ada", str(mini.path("ada")), 1)).score == MAX_SCORE
            top = psutil.Process(process._process.pid)
            both = [top, top.children()[0].children()[0]]
            memory = [each.memory_full_info() for each in both]
        finally:
            process.close()
        assert all(each.uss < each.rss / 2 for each in memory), memory

    def test_nothing_stays_when_nobody_says_what_to_grade(self) -> None:
        command = [sys.executable, "-P", "-m", "autograder.grading.start"]
        ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", "nobody said what to grade\n")


class TestWhatIsImportedForBoth:
    @pytest.mark.parametrize(
        ("line", "heavy"),
        [
            ("import torch", True),
            ("    from torch.nn import functional", True),
            ("# import torch", False),
            ("import torchlike", False),
        ],
    )
    def test_torch_where_hidden_tests_or_reference_import_it(
        self, mini: Mini, line: str, heavy: bool
    ) -> None:
        settings = msgspec.structs.replace(mini.settings, preload=("numpy", "torch", "matplotlib"))
        wanted = ["numpy", "torch"] if heavy else ["numpy"]
        assert _packages(settings) == ["numpy"]
        for path in (mini.day.hidden_tests, mini.day.solution):
            before = path.read_text()
            path.write_text(f"{before}\n{line}\n")
            assert _packages(settings) == wanted
            path.write_text(before)

    def test_a_day_without_hidden_tests_is_not_for_here_to_tell(self, mini: Mini) -> None:
        mini.day.hidden_tests.unlink()
        assert _packages(mini.settings) == ["numpy"]

    def test_nothing_that_is_not_to_be_preloaded(self, mini: Mini) -> None:
        mini.hide("import torch")
        assert _packages(msgspec.structs.replace(mini.settings, preload=())) == []


@pytest.fixture
def child() -> Iterator[Forked]:
    pid = os.fork()
    if pid == 0:
        time.sleep(60)
        os._exit(0)
    made = Forked(pid)
    yield made
    made.kill()
    made.wait()


class TestForked:
    def test_as_popen(self, child: Forked) -> None:
        assert child.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(timeout=0.01)
        child.kill()
        assert child.wait() == -signal.SIGKILL
        assert child.poll() == child.wait(timeout=0) == -signal.SIGKILL
        child.kill()  # whoever has that number by now is left alone

    def test_exit_code(self) -> None:
        pid = os.fork()
        if pid == 0:
            os._exit(7)
        assert Forked(pid).wait(timeout=20) == 7
