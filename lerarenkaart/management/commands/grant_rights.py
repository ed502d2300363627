"""python manage.py grant_rights: after each migration, what the roles of the database may do."""

from typing import Any

from django.core.management.base import BaseCommand

from lerarenkaart import rights


class Command(BaseCommand):
    help = (
        "Geeft de rollen van deploy/roles.sql hun rechten op de tabellen, niet meer en niet minder. Na elke migratie."
    )

    def handle(self, *arguments: Any, **options: Any) -> None:
        given = rights.grant()
        self.stdout.write("Rechten gegeven." if given else "Er zijn geen aparte rollen: elk proces is eigenaar.")
