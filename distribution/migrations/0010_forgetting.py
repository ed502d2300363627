"""What is forgotten and when, and the chain over readings (ADR 0020)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("distribution", "0009_figures_from_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReadingSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="nummer")),
                ("at", models.DateTimeField(verbose_name="verzegeld op")),
                ("count", models.PositiveIntegerField(verbose_name="inzages")),
                ("until", models.DateTimeField(verbose_name="inzages tot en met")),
                ("words_key", models.CharField(blank=True, editable=False, max_length=64)),
                ("rows_digest", models.CharField(editable=False, max_length=64)),
                ("words_digest", models.CharField(editable=False, max_length=64)),
                ("digest", models.CharField(editable=False, max_length=64, verbose_name="zegel")),
                ("words_gone_at", models.DateTimeField(blank=True, null=True, verbose_name="zoektermen gewist op")),
                ("rows_gone_at", models.DateTimeField(blank=True, null=True, verbose_name="inzages gewist op")),
            ],
            options={
                "verbose_name": "zegel op inzages",
                "verbose_name_plural": "zegels op inzages",
                "ordering": ["number"],
            },
        ),
        migrations.AddField(
            model_name="cardyear",
            name="numbers_gone_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="stamboeknummers gewist op"),
        ),
        migrations.AddField(
            model_name="cardyear",
            name="people_gone_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="namen en adressen gewist op"),
        ),
        migrations.AddConstraint(
            model_name="cardyear",
            constraint=models.CheckConstraint(
                condition=models.Q(("numbers_gone_at", None), ("people_gone_at__isnull", False), _connector="OR"),
                name="numbers_go_after_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="readingseal",
            constraint=models.UniqueConstraint(fields=("number",), name="seal_numbered_once"),
        ),
        migrations.AddField(
            model_name="reading",
            name="seal",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="readings",
                to="distribution.readingseal",
            ),
        ),
    ]
