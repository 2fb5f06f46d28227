"""Run a command in a folder and print its cost: ``python -I -S launcher.py FOLDER COMMAND...``.

It is a separate small process, because the reported memory of a process is at least that of its
parent. Only the command runs between the two readings of the clock.
"""

import json
import os
import sys
import time


def main() -> None:
    """Measure the command, including its child processes."""
    folder, *command = sys.argv[1:]
    os.chdir(folder)
    discard_output = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    start = time.perf_counter()
    process = os.posix_spawn(command[0], command, os.environ, file_actions=discard_output)
    _, status, used = os.wait4(process, 0)
    wall = time.perf_counter() - start
    # Linux reports memory in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    cost = {
        "status": os.waitstatus_to_exitcode(status),
        "wall": wall,
        "cpu": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss * unit,
    }
    sys.stdout.write(json.dumps(cost))


if __name__ == "__main__":
    main()
