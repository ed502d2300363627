"""One command in a process of its own: prints the most memory it held, in MB, as its last line.

Read from /proc (Linux): what getrusage says of a child counts its parent's memory too.
"""

import io
import re
import sys
from pathlib import Path

import django
from django.core.management import call_command


def main(command: str, *arguments: str) -> None:
    django.setup()
    call_command(command, *arguments, stdout=io.StringIO(), stderr=io.StringIO())
    status = Path("/proc/self/status").read_text(encoding="ascii")
    kilobytes = re.search(r"VmHWM:\s+([0-9]+) kB", status)
    assert kilobytes
    print(int(kilobytes[1]) / 1024)


if __name__ == "__main__":
    main(*sys.argv[1:])
