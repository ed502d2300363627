#!/usr/bin/env python
"""The command line: every job of the year is also a command here."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lerarenkaart.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- the settings come first

    from lerarenkaart.logs import mask_crashes  # noqa: PLC0415 -- the settings come first

    mask_crashes()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
