"""Reading in other processes: none is lost, and none stays."""

import os
import subprocess
import sys
import time

from metrics.files.parallel import open_parallel_reader
from tests.support.paths import ROOT

WAITING_PARENT = """
import os, time
from metrics.files.parallel import open_parallel_reader
if __name__ == "__main__":
    with open_parallel_reader(os.getppid, 2) as reader:
        [(_, read)] = reader.read_ahead([(None, ())])
        read()
        print(*reader.pool._processes, flush=True)
        time.sleep(60)
"""


def test_a_process_that_dies_loses_no_file():
    with open_parallel_reader(die_in_another_process, 2) as reader:
        read = reader.read_ahead([(number, (number, os.getpid())) for number in range(5)])
        assert [(item, answer()) for item, answer in read if answer] == [(n, n) for n in range(5)]


def die_in_another_process(number: int, parent: int) -> int:
    if os.getpid() != parent:
        os._exit(1)
    return number


def test_processes_end_when_their_parent_is_killed(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(WAITING_PARENT)
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, script], env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as parent:
        assert parent.stdout
        readers = [int(pid) for pid in parent.stdout.readline().split()]
        parent.kill()
    assert readers
    until = time.monotonic() + 10
    while any(map(is_running, readers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(is_running, readers))


def is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
