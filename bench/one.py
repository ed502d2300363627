"""One benchmark in this process, in the environment of bench.run: empties and migrates the database, measures, prints the figures as JSON."""

import importlib
import sys

import django
from django.core.management import call_command

from bench.run import as_json


def main(name: str, people: int) -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    # A page names its files by their fingerprint, as it does in production.
    call_command("collectstatic", interactive=False, verbosity=0)
    module = importlib.import_module(f"bench.{name}")
    figures = list(module.figures(people))
    sys.stdout.write(as_json(figures) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
