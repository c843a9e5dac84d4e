"""Who stands outside a cell: clocks, and memory of all processes together."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from sandbox_lab import descendants, eventually, failure_of

from autograder.sandbox import seccomp
from autograder.sandbox.accounts import Accounts, Process
from autograder.sandbox.jail import Limits
from autograder.sandbox.launcher import WarmProcess
from autograder.sandbox.overseer import Overseer
from autograder.sandbox.student import Student

Run = Callable[..., Any]
MakeStudent = Callable[..., Student]


class TestMemoryOfAllProcessesTogether:
    TAKE = """
        import mmap, os, time
        def take(megabytes):
            block = bytearray(megabytes << 20)
            for at in range(0, len(block), 4096):
                block[at] = 1
            return block
        def children(count, megabytes):
            for _ in range(count):
                if os.fork() == 0:
                    block = take(megabytes)
                    time.sleep(60)
            time.sleep(3)
            return "done"
        def programs(count, megabytes):
            import subprocess, sys
            script = f"import time; x = bytearray(b'1' * ({megabytes} << 20)); time.sleep(60)"
            for _ in range(count):
                subprocess.Popen([sys.executable, "-S", "-c", script])
            time.sleep(4)
            return "done"
        def shared(count, megabytes):
            for _ in range(count):
                if os.fork() == 0:
                    block = mmap.mmap(-1, megabytes << 20)
                    for at in range(0, len(block), 4096):
                        block[at] = 1
                    time.sleep(60)
            time.sleep(3)
            return "done"
        """
    TOO_MUCH = "used more than 400 MB of memory, all its processes together"

    @pytest.mark.parametrize("way", ["children", "programs", "shared"])
    def test_is_limited(self, notebook: MakeStudent, way: str) -> None:
        """Each takes less than the limit for one process."""
        student = notebook(self.TAKE, limits=Limits(memory_mb=400))
        assert self.TOO_MUCH in failure_of(getattr(student, way), 5, 250)

    def test_what_fits_is_let_be(self, notebook: MakeStudent) -> None:
        student = notebook(self.TAKE, limits=Limits(memory_mb=400))
        assert student.children(3, 60) == "done"

    def test_what_is_inherited_counts_for_nobody(self, notebook: MakeStudent) -> None:
        """Twenty children of a process that has torch and numpy in it take no memory for that."""
        student = notebook(self.TAKE, limits=Limits(memory_mb=400))
        assert student.children(20, 1) == "done"

    def test_a_child_that_hides_its_memory_is_counted_too(self, notebook: MakeStudent) -> None:
        """Not dumpable, it lets nobody read how it shares its memory."""
        source = (
            self.TAKE + "\n        import ctypes\n        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)"
        )
        student = notebook(source, limits=Limits(memory_mb=400))
        assert self.TOO_MUCH in failure_of(student.children, 5, 250)

    def test_what_sockets_hold_back_counts(self, notebook: MakeStudent) -> None:
        student = notebook(
            """
            import os, socket, time
            def f():
                for _ in range(20):
                    if os.fork() == 0:
                        kept = [socket.socketpair() for _ in range(100)]
                        time.sleep(60)
                time.sleep(3)
                return "done"
            """,
            limits=Limits(memory_mb=400),
        )
        assert self.TOO_MUCH in failure_of(student.f)

    def test_without_a_jail_too(self, open_warm: WarmProcess, notebook: MakeStudent) -> None:
        student = notebook(self.TAKE, process=open_warm, limits=Limits(memory_mb=400))
        assert self.TOO_MUCH in failure_of(student.children, 5, 250)


class TestClocks:
    BURN = """
        import os, time
        def burn(count):
            for _ in range(count):
                if os.fork() == 0:
                    while True:
                        pass
            time.sleep(60)
        def restless():
            '''Children that burn and end, one after the other: none is there for long.'''
            while True:
                if os.fork() == 0:
                    end = time.process_time() + 0.3
                    while time.process_time() < end:
                        pass
                    os._exit(0)
                os.waitpid(-1, os.WNOHANG)
                time.sleep(0.05)
        """

    @pytest.mark.parametrize(("way", "arguments"), [("burn", (8,)), ("restless", ())])
    def test_processor_time_of_all_processes_together(
        self, notebook: MakeStudent, way: str, arguments: tuple[int, ...]
    ) -> None:
        """Two seconds of it for each second of a call, so that threads are no disadvantage."""
        limits = Limits(call_seconds=30, total_seconds=0.5)
        student = notebook(self.BURN, limits=limits)
        assert "used more than 1 s of processor time" in failure_of(
            getattr(student, way), *arguments
        )

    def test_of_one_call(self, notebook: MakeStudent) -> None:
        student = notebook(self.BURN, limits=Limits(call_seconds=2))
        told = failure_of(student.burn, 8)
        assert "did not finish within 2 s" in told or "used more than 4 s" in told

    def test_a_sleeper_is_ended_by_the_wall_clock(self, notebook: MakeStudent) -> None:
        student = notebook("import time\ndef f(): time.sleep(60)", limits=Limits(call_seconds=0.5))
        begin = time.monotonic()
        assert "did not finish within 0.5 s" in failure_of(student.f)
        assert time.monotonic() - begin < 10

    def test_between_calls_no_clock_runs(self, notebook: MakeStudent) -> None:
        student = notebook(
            "n = 0\ndef f():\n    global n; n += 1; return n", limits=Limits(call_seconds=0.5)
        )
        assert student.f() == 1
        time.sleep(1.2)
        assert student.f() == 2

    def test_time_that_others_took_is_not_the_students(
        self, notebook: MakeStudent, hogs: Callable[[int], None]
    ) -> None:
        """With many busy processes on the machine a call takes longer, and is given longer."""
        source = """
            import time
            def work(seconds):
                end = time.process_time() + seconds
                while time.process_time() < end:
                    pass
                return "done"
            """
        student = notebook(source, limits=Limits(call_seconds=2, cell_seconds=20))
        assert student.work(0.01) == "done"
        hogs(3 * (os.cpu_count() or 1))
        assert student.work(0.9) == "done"


@pytest.fixture
def hogs() -> Iterator[Callable[[int], None]]:
    """Starts busy processes, each in its own session: schedulers may share by session."""
    started: list[subprocess.Popen[bytes]] = []

    def start(count: int) -> None:
        for _ in range(count):
            command = [sys.executable, "-S", "-c", "while True: pass"]
            started.append(subprocess.Popen(command, start_new_session=True))

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def proc() -> Iterator[int]:
    descriptor = os.open("/proc", os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


class TestAccounts:
    def test_a_tree_holds_all_below_and_nobody_else(self, proc: int) -> None:
        child = subprocess.Popen(["sh", "-c", "sleep 60 & sleep 60"], start_new_session=True)
        family = Accounts(child.pid, proc)
        try:
            assert eventually(lambda: len(descendants(child.pid)) == 2)
            pids = {process.pid for process in family.processes()}
            assert pids == {child.pid, *descendants(child.pid)}
            assert os.getpid() not in pids
        finally:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        assert family.processes() == []

    def test_the_time_of_the_dead_is_remembered(self, proc: int) -> None:
        clock = Accounts(os.getpid(), proc)

        def process(pid: int, started: int, seconds: float) -> Process:
            return Process(pid, 1, started, seconds, 0)

        assert clock.seconds([process(2, 7, 1.0), process(3, 7, 2.0)]) == 3.0
        assert clock.seconds([process(2, 7, 1.5)]) == 3.5
        # The same number once more is another process.
        assert clock.seconds([process(2, 8, 0.25)]) == 3.75
        assert clock.seconds([]) == 3.75

    def test_own_memory_is_what_was_taken(self, proc: int) -> None:
        here = Accounts(os.getpid(), proc)
        before = here.own_memory(os.getpid())
        block = b"1" * (64 << 20)
        after = here.own_memory(os.getpid())
        assert 60 << 20 < after - before < 80 << 20
        assert len(block) == 64 << 20

    def test_nothing_is_told_of_nobody(self, proc: int) -> None:
        nobody = Accounts(2**22 + 1, proc)
        assert nobody.own_memory(2**22 + 1) == nobody.sockets_memory() == nobody.waited() == 0
        assert nobody.processes() == []


class TestTheEndOfTheOverseer:
    @pytest.fixture
    def watched(self, proc: int) -> Iterator[tuple[Overseer, socket.socket, int]]:
        """An overseer of a sleeping child, in this process; the grader's end of its leash."""
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        child = os.fork()
        if child == 0:
            mine.close()  # or nobody else could let it go
            time.sleep(60)
            os._exit(0)
        overseer = Overseer(child, theirs.detach(), Limits(), proc=proc, jailed=True)
        with mine, overseer._leash:
            yield overseer, mine, child

    def test_one_that_fails_ends_its_cell(
        self,
        watched: tuple[Overseer, socket.socket, int],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        overseer, leash, child = watched

        def fail(accounts: Accounts) -> None:
            raise ValueError("a line of /proc that nobody expected")

        monkeypatch.setattr(Accounts, "processes", fail)
        overseer.watch()
        told = msgspec.msgpack.decode(leash.recv(4096))
        assert told == ["stopped", "its overseer failed (ValueError)"]
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)

    def test_a_leash_that_is_let_go_ends_it(
        self, watched: tuple[Overseer, socket.socket, int]
    ) -> None:
        overseer, leash, child = watched
        leash.close()
        overseer.watch()
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


class TestManyCellsOfOneWarmProcess:
    """Their overseers are one loop, in the process that they are forked from."""

    def test_one_that_hangs_holds_nobody_up(self, notebook: MakeStudent) -> None:
        slow = notebook("def hang():\n    while True: pass", limits=Limits(call_seconds=1.5))
        quick = notebook("def f(x): return x + 1")
        assert quick.f(1) == 2
        told: list[str] = []
        waiting = threading.Thread(target=lambda: told.append(failure_of(slow.hang)))
        begin = time.monotonic()
        waiting.start()
        while time.monotonic() < begin + 0.5:
            assert quick.f(1) == 2
        fresh = notebook("def f(x): return x + 2")
        assert fresh.f(1) == 3
        assert waiting.is_alive()
        waiting.join()
        assert told == ["hang was stopped: it did not finish within 1.5 s"]
        assert (quick.f(1), quick._epoch, fresh.f(1), fresh._epoch) == (2, 1, 3, 1)

    def test_each_end_is_told_to_its_own_grader(self, notebook: MakeStudent) -> None:
        made = [notebook(f"import os\ndef leave(): os._exit({code})") for code in (3, 4, 5)]
        for student in made:
            student.start()
        told = [failure_of(student.leave) for student in reversed(made)]
        assert [text[-2] for text in told] == ["5", "4", "3"]

    def test_what_they_are_forked_from_has_one_thread(self, warm: WarmProcess) -> None:
        """Of others, a copy would have their locks and not them."""
        for pid in descendants(warm._process.pid):
            assert os.listdir(f"/proc/{pid}/task") == [str(pid)]

    def test_a_worker_that_cannot_be_shut_in(self) -> None:
        """One network namespace is for the outer wall, and the cell gets none."""
        program = """
from autograder.errors import JailUnavailable
from autograder.sandbox.jail import Limits
from autograder.sandbox.launcher import WarmProcess
with WarmProcess(preload=()) as warm:
    for _ in range(2):
        try:
            warm.spawn(Limits()).request(5, "seed", 1)
        except JailUnavailable as error:
            print(error.what)
    print(warm.is_gone())
"""
        forbid = 'echo 1 >/proc/sys/user/max_net_namespaces && exec "$@"'
        command = [
            "unshare",
            "--user",
            "--map-user=1000",
            "--map-group=1000",
            "--keep-caps",
            "sh",
            "-c",
            forbid,
        ]
        command += ["sh", sys.executable, "-c", program]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert ended.stderr == ""
        said = "a worker could not be shut in: clone: No space left on device"
        assert ended.stdout.splitlines() == [said, said, "False"]


class TestRefusedCalls:
    def test_each_fails_with_enosys(self, run: Run) -> None:
        """With arguments of -1, so that one that is let through does no harm."""
        told = run(
            """
            import ctypes
            def f(numbers):
                libc = ctypes.CDLL(None, use_errno=True)
                told = {}
                for name, number in numbers.items():
                    ctypes.set_errno(0)
                    result = libc.syscall(ctypes.c_long(number), -1, -1, -1, -1, -1, -1)
                    told[name] = (result, ctypes.get_errno())
                return told
            """,
            seccomp.numbers(),
        )
        assert set(told.values()) == {(-1, errno.ENOSYS)}
        assert len(told) > 40

    def test_which_this_process_may_call(self) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        assert libc.syscall(ctypes.c_long(seccomp.numbers()["memfd_create"]), b"x", 0) >= 0

    def test_no_process_begins_in_a_new_namespace(self, run: Run) -> None:
        assert (
            run(
                """
            import ctypes
            def f(clone):
                libc = ctypes.CDLL(None, use_errno=True)
                made = []
                for flag in (0x10000000, 0x20000, 0x20000000, 0x40000000, 0x8000000, 0x4000000):
                    pid = libc.syscall(ctypes.c_long(clone), flag | 17, 0, 0, 0, 0)
                    if pid == 0:
                        libc._exit(0)
                    made.append((pid, ctypes.get_errno()))
                return made
            """,
                {"x86_64": 56, "aarch64": 220}[os.uname().machine],
            )
            == [(-1, errno.EPERM)] * 6
        )

    def test_sockets_that_no_namespace_contains(self, run: Run) -> None:
        families = run(
            """
            import socket
            def f():
                made = set()
                for family in range(64):
                    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, 3):
                        try:
                            socket.socket(family, kind).close()
                            made.add(family)
                        except OSError:
                            pass
                return made
            """
        )
        assert families <= {socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK}
        assert socket.AF_UNIX in families


def test_orphans_are_ended_without_a_jail(open_warm: WarmProcess, notebook: MakeStudent) -> None:
    """In sessions of their own, and with nobody left who started them."""
    student = notebook(
        """
        import os, time
        def f():
            if os.fork() == 0:
                os.setsid()
                for _ in range(3):
                    if os.fork() == 0:
                        os.setsid()
                        time.sleep(60)
                os._exit(0)
            return "started"
        """,
        process=open_warm,
    )
    assert student.f() == "started"
    pid = open_warm._process.pid
    assert eventually(lambda: len(descendants(pid)) >= 5)
    student.close()
    assert eventually(lambda: descendants(pid) == [])
