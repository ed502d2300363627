"""The code of the release before makes users and points without knowing these columns: the database fills them in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pickup_points", "0004_account_events")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="klasse_role",
            field=models.CharField(
                blank=True,
                choices=[("office", "Klasse"), ("reader", "lezer van cijfers")],
                db_default="",
                default="",
                max_length=6,
                verbose_name="rol bij Klasse",
            ),
        ),
        migrations.AlterField(
            model_name="pickuppoint",
            name="poster_text",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="tekst op de affiche"
            ),
        ),
    ]
