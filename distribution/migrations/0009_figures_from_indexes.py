"""Figures over years are counted from indexes alone, the batch of a card among their columns.

Freezing then changes an index at every card, and room beside the card no longer helps: pages fill up again.
"""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def fill_up(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE distribution_card RESET (fillfactor)")


def leave_room(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE distribution_card SET (fillfactor = 50)")


class Migration(migrations.Migration):
    dependencies = [("distribution", "0008_replaced_cards")]

    operations = [
        migrations.RunPython(fill_up, leave_room),
        migrations.RemoveIndex(model_name="card", name="card_by_point"),
        migrations.AddIndex(
            model_name="card",
            index=models.Index(fields=["card_year", "pickup_point", "channel", "state", "batch"], name="card_by_point"),
        ),
        migrations.AddIndex(
            model_name="card",
            index=models.Index(fields=["card_year", "category", "level", "channel", "state"], name="card_by_kind"),
        ),
        migrations.AddIndex(
            model_name="card",
            index=models.Index(fields=["card_year", "province", "nis", "channel", "state"], name="card_by_home"),
        ),
        migrations.AddIndex(
            model_name="card",
            index=models.Index(
                condition=models.Q(("state", "handed_over")),
                fields=["card_year", "handed_over_at", "pickup_point", "level", "category"],
                name="card_out_by_moment",
            ),
        ),
    ]
