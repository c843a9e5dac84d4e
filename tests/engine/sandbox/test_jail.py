"""The real jail: what a cell sees, what it may use up, and that nothing of it stays behind."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sandbox_lab import SECRET, SHORT, descendants, eventually, failure_of

from autograder.errors import JailUnavailable
from autograder.sandbox.jail import Limits
from autograder.sandbox.launcher import Remote, WarmProcess, WorkerDied
from autograder.sandbox.student import Student
from autograder.testing import StudentFailure

Run = Callable[..., Any]
MakeStudent = Callable[..., Student]
ROOT = Path(__file__).resolve().parents[3]


def small(**limits: float) -> Limits:
    return Limits(**{"cell_seconds": 10.0, "call_seconds": 10.0, **limits})  # type: ignore[arg-type]


class TestWhatACellSees:
    HIDDEN = tuple(
        str(path)
        for path in (
            ROOT / "solutions",
            ROOT / "tests",
            ROOT / "source",
            ROOT / "autograder",
            ROOT / "gradebook.db",
            Path.home() / ".ssh",
            Path.home() / ".bashrc",
            "/etc/shadow",
            "/etc/hostname",
            "/etc/ssh",
            "/home",
            "/var",
            "/opt",
            "/mnt",
            "/run",
            "/sys",
            "/boot",
            "/.old",
        )
        if not Path(sys.prefix).is_relative_to(path)  # an empty folder on the way to Python
    )

    def test_nothing_is_where_the_graders_things_are(self, run: Run) -> None:
        """Straight, by way of "..", by a symbolic link, and by /proc."""
        assert (
            run(
                """
            import os
            def f(paths):
                ways = [str(number) for number in range(len(paths))]
                for way, path in zip(ways, paths):
                    os.symlink(path, way)
                for start in ("", "../../../..", "/proc/self/root", "/proc/1/root"):
                    ways += [start + path for path in paths]
                return [way for way in ways if os.path.exists(way)]
            """,
                self.HIDDEN,
            )
            == []
        )

    def test_the_whole_tree_holds_programs_python_and_scratch_alone(self, run: Run) -> None:
        others = run(
            """
            import os, sys
            windows = {"/proc", "/usr", "/bin", "/sbin", sys.prefix, sys.base_prefix}
            windows |= {os.path.realpath(window) for window in windows}
            windows |= {"/lib", "/lib32", "/lib64", "/libx32", "/etc/alternatives", "/etc/fonts"}
            def f():
                found = []
                for folder, folders, files in os.walk("/"):
                    inner = [os.path.join(folder, name) for name in folders]
                    folders[:] = [name for name, path in zip(folders, inner) if path not in windows]
                    found += [os.path.join(folder, name) for name in files]
                return found
            """
        )
        allowed = r"/dev/(null|zero|full|u?random)|/etc/(passwd|group|hosts|localtime|ld.so.cache)"
        strange = [path for path in others if not re.fullmatch(allowed + "|/scratch/.*", path)]
        assert strange == []
        assert "/etc/passwd" in others

    def test_no_secret_of_the_grader_is_in_reach(self, run: Run, secrets: Path) -> None:
        """Not in the environment, the descriptors, the keyring or the memory of the process."""
        assert os.environ["DL30_TEST_SECRET"] == SECRET
        begin, end = SECRET[:14], SECRET[14:]
        seen = run(
            """
            import ctypes, os, re
            def f(begin, end):
                found = [part for part in os.environ.values() if part.startswith(begin)]
                for number in os.listdir("/proc/self/fd"):
                    try:
                        found.append(os.readlink("/proc/self/fd/" + number))
                    except FileNotFoundError:
                        pass
                libc = ctypes.CDLL(None, use_errno=True)
                text = ctypes.create_string_buffer(100)
                key = libc.syscall(249, b"user", b"dl30:test", None, -3)  # request_key
                libc.syscall(250, 11, key, text, 100, 0)  # keyctl read
                found.append(text.value.decode())
                with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb") as memory:
                    for line in maps:
                        span = re.match("(.*)-(.*) rw", line)
                        if span and "[v" not in line:
                            low, high = (int(part, 16) for part in span.groups())
                            memory.seek(low)
                            found += holds(memory.read(high - low), begin.encode(), end.encode())
                return found
            def holds(data, begin, end):
                spots = [found.end() for found in re.finditer(re.escape(begin), data)]
                return ["memory" for spot in spots if data[spot : spot + len(end)] == end]
            """,
            begin,
            end,
        )
        assert sorted(entry for entry in seen if not entry.startswith("socket:")) == [
            "",
            *["/dev/null"] * 3,
        ]
        assert len(seen) == 5

    def test_its_environment_and_descriptors_are_its_own(self, run: Run) -> None:
        names, home, temporary, inheritable, reluctance = run(
            """
            import os, tempfile
            def f():
                kept = [number for number in range(100) if inherits(number)]
                reluctance = open("/proc/self/oom_score_adj").read()
                return list(os.environ), os.environ["HOME"], tempfile.gettempdir(), kept, reluctance
            def inherits(number):
                try:
                    return os.get_inheritable(number)
                except OSError:
                    return False
            """
        )
        assert {name for name in names if not name.startswith(("LC_", "PYTHON", "PIP_"))} <= set(
            "PATH HOME TMPDIR IPYTHONDIR MPLCONFIGDIR MPLBACKEND LANG TZ OMP_NUM_THREADS "
            "OPENBLAS_NUM_THREADS MKL_NUM_THREADS KMP_INIT_AT_FORK KMP_DUPLICATE_LIB_OK "
            "TORCHINDUCTOR_CACHE_DIR CLICOLOR FORCE_COLOR TERM PAGER GIT_PAGER".split()
        )
        assert (home, temporary) == ("/scratch", "/scratch/tmp")
        assert inheritable == [0, 1, 2]
        assert reluctance == "1000\n"

    def test_only_its_own_processes(self, run: Run) -> None:
        assert run(
            """
            import os
            def f():
                pids = [name for name in os.listdir("/proc") if name.isdigit()]
                return os.getpid(), os.getppid(), pids
            """
        ) == (1, 0, ["1"])

    def test_it_is_nobody_without_any_capability(self, run: Run) -> None:
        status = run('def f(): return open("/proc/self/status").read()')
        facts = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        assert facts["Uid"].split() == facts["Gid"].split() == ["65534"] * 4
        # An ordinary user cannot give up further groups; inside they are nobody's too.
        assert set(facts["Groups"].split()) <= ({"65534"} if os.geteuid() else set())
        assert {facts[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {
            "0" * 16
        }
        assert facts["NoNewPrivs"] == "1"

    def test_it_cannot_change_where_it_is(self, run: Run) -> None:
        """No new namespaces, mounts, root folder or identity."""
        assert (
            run(
                """
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            flags = [0x10000000, 0x20000, 0x20000000, 0x40000000, 0x8000000, 0x4000000]
            def allowed(call):
                try:
                    return call() in (0, None)
                except OSError:
                    return False
            def f():
                tries = {f"unshare {flag:x}": allowed(lambda: libc.unshare(flag)) for flag in flags}
                for target in (b"/scratch", b"/usr", b"/", b"/proc"):
                    tries[f"mount {target}"] = allowed(
                        lambda: libc.mount(b"tmpfs", target, b"tmpfs", 0, b"")
                    )
                    tries[f"remount {target}"] = allowed(
                        lambda: libc.mount(b"none", target, None, 0x1020, b"")
                    )
                    tries[f"umount {target}"] = allowed(lambda: libc.umount2(target, 2))
                tries["chroot"] = allowed(lambda: os.chroot("/scratch"))
                tries["setuid"] = allowed(lambda: os.setuid(0))
                tries["mknod"] = allowed(lambda: os.mknod("disk", 0o60666, os.makedev(8, 0)))
                return [name for name, worked in tries.items() if worked]
            """
            )
            == []
        )

    def test_every_mount_is_closed_but_scratch(self, run: Run) -> None:
        """Read-only, without set-uid programs and devices, whoever owns the files."""
        mounts = run('def f(): return open("/proc/mounts").read()')
        lacking = {}
        for _, place, _, options, *_ in map(str.split, mounts.splitlines()):
            lacking[place] = {"ro", "nosuid", "nodev"} - set(options.split(","))
        for name in ("null", "zero", "full", "random", "urandom"):
            lacking.pop(f"/dev/{name}")
        writable = {place: missing for place, missing in lacking.items() if missing}
        assert writable == {place: {"ro"} for place in ("/proc", "/scratch", "/dev/shm")}
        assert set(lacking) > {"/", "/usr"}

    def test_python_and_the_system_cannot_be_written(self, run: Run) -> None:
        written = run(
            """
            import numpy, os, sys
            def f():
                folders = [sys.prefix, sys.base_prefix, os.path.dirname(numpy.__file__)]
                folders += ["/", "/usr", "/usr/bin", "/etc", "/dev", "/proc/sys/kernel"]
                done = []
                for path in [os.path.join(folder, "sitecustomize.py") for folder in folders] + [
                    numpy.__file__, "/etc/passwd", "/proc/sys/kernel/hostname", "/proc/1/mem_"
                ]:
                    try:
                        os.close(os.open(path, os.O_WRONLY | os.O_CREAT))
                        done.append(path)
                    except OSError:
                        pass
                return done
            """
        )
        assert written == []


REACH = """
import socket
def f(port, name):
    reached = []
    for family, kind, address in (
        (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", port)),
        (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", port)),
        (socket.AF_UNIX, socket.SOCK_STREAM, "\\0" + name),
        (socket.AF_INET, socket.SOCK_STREAM, ("192.0.2.1", 80)),
    ):
        with socket.socket(family, kind) as client:
            client.settimeout(2)
            try:
                client.connect(address)
                client.send(b"x")
                reached.append(str(address))
            except OSError:
                pass
    return reached
"""


@pytest.fixture
def services() -> Iterator[tuple[int, str]]:
    """A TCP and a UDP port of this machine, and an abstract unix socket, that anybody may reach."""
    name = f"dl30-test-{os.getpid()}"
    with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as unix:
        tcp.bind(("127.0.0.1", 0))
        unix.bind("\0" + name)
        port = tcp.getsockname()[1]
        with socket.socket(type=socket.SOCK_DGRAM) as udp:
            udp.bind(("127.0.0.1", port))
            tcp.listen()
            unix.listen()
            yield port, name


class TestNoNetwork:
    def test_no_service_of_the_machine_or_beyond_is_reached(
        self, run: Run, services: tuple[int, str]
    ) -> None:
        assert run(REACH, *services) == []

    def test_which_this_process_does_reach(self, services: tuple[int, str]) -> None:
        names: dict[str, Any] = {}
        exec(REACH.replace("192.0.2.1", "127.0.0.1"), names)
        assert len(names["f"](*services)) >= 3

    def test_no_interface_is_up_and_no_name_resolves(self, run: Run) -> None:
        assert run(
            """
            import socket
            def f():
                try:
                    socket.getaddrinfo("example.org", 80)
                except OSError:
                    return [name for _, name in socket.if_nameindex()]
            """
        ) == ["lo"]


COUNT = """
def count(step, most=2000):
    for number in range(most):
        try:
            step(number)
        except (OSError, RuntimeError, MemoryError):
            return number
    return most
"""


class TestLimits:
    def test_memory(self, notebook: MakeStudent) -> None:
        student = notebook(
            """
            import numpy as np, torch
            def zeros(megabytes): return int(np.ones(megabytes << 20, np.uint8)[-1])
            def tensor(megabytes): return int(torch.ones(megabytes << 20, dtype=torch.uint8)[-1])
            def text(megabytes): return len("x" * (megabytes << 20)) >> 20
            def grow():
                kept = []
                while True:
                    kept.append(bytearray(1 << 20))
            """,
            limits=small(memory_mb=300),
        )
        assert student.zeros(100) == student.tensor(100) == 1
        assert student.text(100) == 100
        assert "MemoryError" in failure_of(student.zeros, 400)
        assert "RuntimeError" in failure_of(student.tensor, 400)
        assert "MemoryError" in failure_of(student.text, 400)
        assert "MemoryError" in failure_of(student.grow)
        assert student.zeros(100) == 1

    def test_memory_that_belongs_to_no_process(self, run: Run) -> None:
        """Nothing that counts the memory of processes would see it."""
        assert (
            run(
                """
            import ctypes, errno, os
            def f():
                libc = ctypes.CDLL(None, use_errno=True)
                made = []
                for name, call in (
                    ("memfd", lambda: libc.memfd_create(b"x", 0)),
                    ("secret", lambda: libc.syscall(447, 0)),
                    ("segment", lambda: libc.shmget(0, 4096, 0o1600)),
                ):
                    if call() != -1 or ctypes.get_errno() != errno.ENOSYS:
                        made.append(name)
                return made
            """
            )
            == []
        )

    def test_threads(self, run: Run) -> None:
        source = """
            import threading
            def f():
                wait = threading.Event().wait
                return count(lambda _: threading.Thread(target=wait, daemon=True).start())
            """
        assert 10 < run(COUNT + textwrap.dedent(source), limits=small(processes=30)) < 30

    def test_processes_and_what_they_fork(self, run: Run) -> None:
        source = """
            import os, time
            def fork(_):
                if os.fork() == 0:
                    count(fork_quietly)
                    time.sleep(100)
            def fork_quietly(_):
                if os.fork() == 0:
                    time.sleep(100)
            def f():
                count(fork)
                return len([name for name in os.listdir("/proc") if name.isdigit()])
            """
        assert 10 < run(COUNT + textwrap.dedent(source), limits=small(processes=30)) <= 30

    def test_open_files(self, run: Run) -> None:
        source = """
            import os
            def f(): return count(lambda _: os.open("/dev/null", os.O_RDONLY))
            """
        assert 40 < run(COUNT + textwrap.dedent(source), limits=small(open_files=60)) < 60

    @pytest.mark.parametrize("folder", ["/scratch", "/tmp", "/dev/shm", "."])
    def test_size_of_scratch(self, run: Run, folder: str) -> None:
        source = """
            import os
            def f(folder):
                os.chdir(folder)
                return count(lambda i: open(f"file{i}", "wb").write(bytes(1 << 18)))
            """
        got = run(COUNT + textwrap.dedent(source), folder, limits=small(scratch_mb=2))
        if folder == "/tmp" and sys.prefix.startswith("/tmp/"):
            assert got == 0  # a folder on the way to Python is read-only
        else:
            assert 6 <= got <= 8

    @pytest.mark.parametrize("folder", ["/scratch", "/dev/shm"])
    def test_number_of_files_in_scratch(self, run: Run, folder: str) -> None:
        source = """
            import os
            def f(folder):
                os.chdir(folder)
                return count(lambda i: os.mkdir(f"folder{i}"))
            """
        got = run(COUNT + textwrap.dedent(source), folder, limits=small(scratch_files=50))
        assert 20 < got < 70

    def test_size_of_one_file(self, run: Run) -> None:
        """Even of one that takes up no space."""
        source = """
            import os
            def f():
                file = os.open("sparse", os.O_RDWR | os.O_CREAT)
                return count(lambda i: os.ftruncate(file, i << 18))
            """
        assert run(COUNT + textwrap.dedent(source), limits=small(scratch_mb=2)) == 9

    def test_no_core_is_dumped_and_no_limit_can_be_raised(self, run: Run) -> None:
        assert run(
            """
            import resource
            def f():
                raised = []
                for name in ("AS", "CPU", "CORE", "FSIZE", "NOFILE", "NPROC"):
                    what = getattr(resource, "RLIMIT_" + name)
                    soft, hard = resource.getrlimit(what)
                    assert soft == hard != resource.RLIM_INFINITY
                    try:
                        resource.setrlimit(what, (soft, hard + 1))
                        raised.append(name)
                    except ValueError:
                        pass
                return raised, resource.getrlimit(resource.RLIMIT_CORE)
            """
        ) == ([], (0, 0))

    def test_a_gigabyte_of_output_goes_nowhere(self, run: Run) -> None:
        assert (
            run(
                """
            import os, sys
            def f():
                for number in (1, 2):
                    for _ in range(512):
                        os.write(number, bytes(1 << 20))
                print("x" * 50_000_000)
                print("x" * 50_000_000, file=sys.stderr, flush=True)
                return "done"
            """
            )
            == "done"
        )


class TestTime:
    def test_of_a_cell(self, notebook: MakeStudent) -> None:
        student = notebook("def f(): return 1", "while True: pass", limits=SHORT)
        assert student.f() == 1
        assert student.cell_errors == {2: "was left out: it did not finish within 1 s"}

    def test_of_a_call_and_the_next_call_works(self, notebook: MakeStudent) -> None:
        student = notebook("def f(spin):\n    while spin: pass\n    return 1", limits=SHORT)
        begin = time.monotonic()
        assert failure_of(student.f, True) == "f was stopped: it did not finish within 1 s"
        assert time.monotonic() - begin < 4
        assert student.f(False) == 1

    def test_of_the_notebook(self, notebook: MakeStudent) -> None:
        slow = "import time; time.sleep(0.3)"
        limits = Limits(cell_seconds=5, notebook_seconds=0.5, call_seconds=5)
        student = notebook(slow, slow, slow, "def f(): return 1", limits=limits)
        told = failure_of(student.f)
        late = "was not run: the cells before took over 0.5 s"
        assert told == f"f is not defined: code cell 4 {late}"
        assert student.cell_errors[4] == late

    def test_of_all_together(self, notebook: MakeStudent) -> None:
        limits = Limits(call_seconds=5, total_seconds=1)
        student = notebook("import time\ndef f(): time.sleep(0.6)", limits=limits)
        student.f()
        with contextlib.suppress(StudentFailure):
            student.f()
        assert failure_of(student.f) == "the notebook used up its 1 s, so this was not run"

    def test_of_all_together_also_ends_restarts(self, notebook: MakeStudent) -> None:
        limits = Limits(cell_seconds=0.3, notebook_seconds=5, total_seconds=0.5)
        spins = ["while True: pass"] * 6
        student = notebook(*spins, "def f(): return 1", limits=limits)
        assert "used up its 0.5 s" in failure_of(student.f)
        assert len(student.cell_errors) < 5


STUBBORN = """
import ctypes, os, signal, time
def cling():
    ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)  # PR_SET_PDEATHSIG: none
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
def f():
    cling()
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.setsid()
                while True:
                    time.sleep(1)
            os._exit(0)
    return "started"
def hang():
    f()
    while True:
        try:
            time.sleep(1)
        except BaseException:
            pass
"""


def pid_of(process: WarmProcess) -> int:
    return process._process.pid


def only_the_warm_process_lives(process: WarmProcess) -> bool:
    """In a jail that is the first process of a namespace, and the one that waits for it."""
    return eventually(lambda: len(descendants(pid_of(process))) == process.jailed)


class TestNothingIsLeftBehind:
    def test_after_close_no_process_lives(self, warm: WarmProcess, notebook: MakeStudent) -> None:
        student = notebook(STUBBORN)
        assert student.f() == "started"
        assert eventually(lambda: len(descendants(pid_of(warm))) >= 5)
        student.close()
        assert only_the_warm_process_lives(warm)

    def test_after_a_time_out_no_process_lives(
        self, warm: WarmProcess, notebook: MakeStudent
    ) -> None:
        student = notebook(STUBBORN, limits=SHORT)
        assert "did not finish" in failure_of(student.hang)
        assert only_the_warm_process_lives(warm)

    def test_after_the_worker_ended_itself_no_process_lives(
        self, warm: WarmProcess, notebook: MakeStudent
    ) -> None:
        student = notebook(STUBBORN, "def leave():\n    f()\n    os._exit(7)")
        assert "exit code 7" in failure_of(student.leave)
        assert only_the_warm_process_lives(warm)

    def test_a_killer_meets_nobody_else(self, notebook: MakeStudent) -> None:
        victim = notebook("x = 5\ndef f(): return x")
        assert victim.f() == 5
        killer = notebook(
            """
            import os, signal
            def f():
                for target in (-1, 0, 1, os.getppid(), -os.getpgrp(), *range(2, 3000)):
                    try:
                        os.kill(target, signal.SIGKILL)
                    except OSError:
                        pass
                return "done"
            """
        )
        assert killer.f() == "done"
        assert victim.f() == 5
        assert victim._epoch == 1

    def test_workers_leave_no_descriptor_and_no_process(self, warm: WarmProcess) -> None:
        def state() -> tuple[int, int]:
            alive = descendants(pid_of(warm))
            own = [pid for pid in alive if os.access(f"/proc/{pid}/fd", os.R_OK)]
            files = sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in own)
            return len(os.listdir("/proc/self/fd")), files

        first = warm.spawn(Limits())
        assert first.request(10, "seed", 1) == ["ok"]  # else its cell may come up after the count
        first.close()
        assert only_the_warm_process_lives(warm)
        before = state()
        for number in range(30):
            remote = warm.spawn(Limits())
            if number % 2:
                assert remote.request(10, "seed", 1) == ["ok"]
            remote.close()
        assert eventually(lambda: state() == before)

    @pytest.mark.parametrize("jailed", [True, False])
    def test_a_killed_grader_takes_warm_process_and_workers_with_it(self, jailed: bool) -> None:
        script = f"""
            import json, sys, time
            sys.path[:0] = {[str(Path(__file__).parent)]!r}
            from sandbox_lab import descendants, make_student
            from autograder.sandbox.launcher import WarmProcess
            warm = WarmProcess(jailed={jailed}, preload=())
            student = make_student(warm, {STUBBORN if jailed else "def f(): return 1"!r})
            student.f()
            print(json.dumps(descendants(warm._process.pid) + [warm._process.pid]), flush=True)
            time.sleep(100)
            """
        with python(script, stdout=subprocess.PIPE) as grader:
            assert grader.stdout is not None
            pids = json.loads(grader.stdout.readline())
            assert len(pids) >= 3
            grader.send_signal(signal.SIGKILL)
            grader.wait()
            try:
                assert eventually(lambda: not any(alive(pid) for pid in pids))
            finally:
                for pid in filter(alive, pids):
                    os.kill(pid, signal.SIGKILL)


def python(script: str, **options: Any) -> subprocess.Popen[str]:
    """A grader's process of its own, in the project's folder."""
    command = [sys.executable, "-c", textwrap.dedent(script)]
    return subprocess.Popen(command, cwd=ROOT, text=True, **options)


def output_of(script: str) -> str:
    with python(script, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    return output


def alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    return False


BECOME_ORDINARY = """
import os, sys
from autograder.sandbox import kernel
def become_ordinary():
    '''A user who may read Python: what is below a closed home is shown to this process alone.'''
    top = "/" + sys.base_prefix.split("/")[1]
    if not os.stat(top).st_mode & 1:
        kernel.unshare(kernel.CLONE_NEWNS)
        kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
        kernel.mount("tmpfs", "/mnt", "tmpfs", 0, "mode=755")
        os.mkdir("/mnt/python")
        kernel.bind(sys.base_prefix, "/mnt/python")
        kernel.mount("tmpfs", top, "tmpfs", 0, "mode=755")
        os.makedirs(sys.base_prefix)
        kernel.bind("/mnt/python", sys.base_prefix)
    os.setgroups([])
    os.setresgid(1000, 1000, 1000)
    os.setresuid(1000, 1000, 1000)
become_ordinary()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="then all other tests are run as an ordinary user")
class TestOrdinaryUser:
    def test_the_same_walls_stand(self, services: tuple[int, str]) -> None:
        probe = f"""
            import json, os, threading
            {textwrap.indent(COUNT, " " * 12).strip()}
            {textwrap.indent(REACH.replace("def f(", "def reach("), " " * 12).strip()}
            def f(port, name):
                status = dict(
                    line.split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line
                )
                found = [path for path in {[str(ROOT / "solutions"), "/home", "/etc/shadow"]!r}
                         if os.path.exists(path)]
                wait = threading.Event().wait
                return {{
                    "ids": os.getresuid() + os.getresgid(),
                    "caps": status["CapEff"].strip() + status["CapBnd"].strip(),
                    "found": found,
                    "pids": [name for name in os.listdir("/proc") if name.isdigit()],
                    "reached": reach(port, name),
                    "threads": count(
                        lambda _: threading.Thread(target=wait, daemon=True).start()
                    ),
                }}
            """
        script = (
            BECOME_ORDINARY
            + f"""
import json
sys.path[:0] = {[str(Path(__file__).parent)]!r}
from sandbox_lab import descendants, eventually, make_student
from autograder.sandbox.jail import Limits
from autograder.sandbox.launcher import WarmProcess
with WarmProcess(preload=()) as warm:
    student = make_student(warm, {probe!r}, limits=Limits(processes=30))
    facts = student.f(*{services!r})
    student.close()
    stubborn = make_student(warm, {STUBBORN!r})
    stubborn.f()
    pid = warm._process.pid
    started = eventually(lambda: len(descendants(pid)) >= 5)
    stubborn.close()
    ended = eventually(lambda: len(descendants(pid)) <= 1)
print(json.dumps(facts | {{"uid": os.getuid(), "started": started, "ended": ended}}))
"""
        )
        facts = json.loads(output_of(script))
        assert 10 < facts.pop("threads") < 30
        assert facts == {
            "uid": 1000,
            "ids": [65534] * 6,
            "caps": "0" * 32,
            "found": [],
            "pids": ["1"],
            "reached": [],
            "started": True,
            "ended": True,
        }


class TestWithoutAJail:
    def test_calls_work_and_limits_hold(
        self, open_warm: WarmProcess, notebook: MakeStudent
    ) -> None:
        student = notebook(
            "def f(megabytes): return len(bytes(megabytes << 20)) >> 20",
            process=open_warm,
            limits=small(memory_mb=300),
        )
        assert student.f(100) == 100
        assert "MemoryError" in failure_of(student.f, 400)

    def test_a_time_out_ends_the_process_and_its_group(
        self, open_warm: WarmProcess, notebook: MakeStudent
    ) -> None:
        student = notebook(
            """
            import os, time
            def f():
                for _ in range(3):
                    if os.fork() == 0:
                        break
                while True:
                    time.sleep(1)
            """,
            process=open_warm,
            limits=SHORT,
        )
        threading.Timer(0.5, lambda: seen.extend(descendants(pid_of(open_warm)))).start()
        seen: list[int] = []
        assert "did not finish" in failure_of(student.f)
        assert len(seen) >= 5
        assert only_the_warm_process_lives(open_warm)

    def test_an_exit_ends_the_group(self, open_warm: WarmProcess, notebook: MakeStudent) -> None:
        student = notebook(
            "import os, time\ndef f():\n  if os.fork(): os._exit(3)\n  time.sleep(100)",
            process=open_warm,
        )
        assert "exit code 3" in failure_of(student.f)
        assert only_the_warm_process_lives(open_warm)


class TestJailUnavailable:
    def test_says_which_step_the_machine_refused(self) -> None:
        """Here a user namespace in which no other may be made stands for such a machine."""
        output = output_of(
            """
            import os
            from pathlib import Path
            from autograder.sandbox import kernel
            uid, gid = os.geteuid(), os.getegid()
            kernel.unshare(kernel.CLONE_NEWUSER)
            kernel.map_identity(1000, uid, gid)
            Path("/proc/sys/user/max_user_namespaces").write_text("0")
            from autograder.errors import JailUnavailable
            from autograder.sandbox.launcher import WarmProcess
            with WarmProcess(preload=()) as warm:
                try:
                    warm.wait_ready()
                except JailUnavailable as error:
                    print(error.exit_code, error)
            """
        )
        assert output.startswith("3 the jail for student code cannot be built: unshare: No space")
        assert "--no-jail" in output

    def test_says_so_of_a_worker_and_blames_no_student(self, notebook: MakeStudent) -> None:
        student = notebook("def f(): return 1", limits=small(scratch_mb=-1))
        with pytest.raises(JailUnavailable, match="mount tmpfs on /scratch"):
            student.f()

    def test_says_so_when_a_worker_ends_before_anything_of_the_students_ran(
        self, notebook: MakeStudent, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        student = notebook("def f(): return 1")

        def die(remote: Remote, *_: object, **__: object) -> None:
            remote.close()
            raise WorkerDied("it was killed")

        monkeypatch.setattr(Remote, "request", die)
        with pytest.raises(JailUnavailable, match="before it ran anything: it was killed"):
            student.f()

    def test_says_so_when_a_module_to_preload_is_missing(self) -> None:
        with (
            WarmProcess(preload=("no_such_module",)) as process,
            pytest.raises(JailUnavailable, match="no_such_module"),
        ):
            process.wait_ready()

    def test_says_so_when_the_warm_process_is_gone(self) -> None:
        with WarmProcess(preload=()) as process:
            process.wait_ready()
            process._process.kill()
            process._process.wait()
            assert eventually(lambda: raises_unavailable(process))


def raises_unavailable(process: WarmProcess) -> bool:
    try:
        process.spawn(Limits()).close()
    except JailUnavailable:
        return True
    return False


def test_a_warm_process_that_cannot_be_reached_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in the moment before its process has ended."""
    with WarmProcess(preload=("numpy",)) as warm:
        warm.wait_ready()
        assert not warm.is_gone()
        warm._process.kill()
        warm._process.wait()
        monkeypatch.setattr(warm._process, "poll", lambda: None)
        with pytest.raises(JailUnavailable, match="the warm process is gone"):
            eventually(lambda: warm.spawn(Limits()).close())
        assert warm.is_gone()
