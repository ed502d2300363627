"""The code of the release before opens years without knowing this column: the database fills it in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("distribution", "0011_lists_drawn_together")]

    operations = [
        migrations.AlterField(
            model_name="cardyear",
            name="falls_back_on_school",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="anders het afhaalpunt van de school"
            ),
        ),
    ]
