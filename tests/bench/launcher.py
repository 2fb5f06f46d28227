"""Run a command in a folder and print what it cost: ``python -I -S launcher.py FOLDER COMMAND...``.

A small process of its own, because the memory of a process is reported as at least that of the one
that started it. Nothing but the command runs between the two looks at the clock.
"""

import json
import os
import sys
import time


def main() -> None:
    """Measure the command, its own processes included."""
    folder, *command = sys.argv[1:]
    os.chdir(folder)
    silence = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    begun = time.perf_counter()
    process = os.posix_spawn(command[0], command, os.environ, file_actions=silence)
    _, status, used = os.wait4(process, 0)
    wall = time.perf_counter() - begun
    # Linux counts memory in KiB, macOS in bytes.
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
