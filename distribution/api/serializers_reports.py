"""The shapes of the reports as the OpenAPI document tells them; queries.figures_table makes them."""

from rest_framework import serializers


class FiguresRow(serializers.Serializer[None]):
    year = serializers.IntegerField()
    channel = serializers.CharField(required=False, help_text="Bij `by=channel`: `all`.")
    province = serializers.CharField(required=False, allow_null=True)
    municipality = serializers.CharField(required=False, allow_null=True, help_text="De NIS-code.")
    point = serializers.CharField(required=False, allow_null=True, help_text="De code van het afhaalpunt.")
    week = serializers.CharField(required=False, allow_null=True, help_text="Volgens ISO 8601: `2027-W03`.")
    category = serializers.CharField(required=False, allow_null=True)
    level = serializers.CharField(required=False, allow_null=True)
    label = serializers.CharField(help_text="Voor mensen.")  # type: ignore[assignment]
    cards = serializers.IntegerField(allow_null=True)
    subscription = serializers.IntegerField(allow_null=True)
    starter = serializers.IntegerField(allow_null=True)
    at_points = serializers.IntegerField(allow_null=True)
    collected = serializers.IntegerField(allow_null=True, help_text="Het beste cijfer.")
    lower = serializers.IntegerField(allow_null=True, help_text="Zeker minstens zoveel afgehaald.")
    upper = serializers.IntegerField(allow_null=True, help_text="Zeker hoogstens zoveel.")
    low99 = serializers.IntegerField(allow_null=True, help_text="Het interval van 99 %.")
    high99 = serializers.IntegerField(allow_null=True)
    other = serializers.IntegerField(allow_null=True)
    with_card = serializers.IntegerField(allow_null=True)
    rate = serializers.FloatField(allow_null=True, help_text="`with_card` / `cards`, in procent.")
    estimate = serializers.BooleanField(help_text="Een deel is geschat.")
    graded = serializers.FloatField(
        allow_null=True, help_text="Het deel (0–1) van de kaarten in afhaalpunten met A of B."
    )
    cause = serializers.CharField(
        allow_null=True, help_text="Waarom een gepubliceerd cijfer een schatting is, of niet geteld is."
    )
    collected_rate = serializers.FloatField(
        required=False, allow_null=True, help_text="`collected` / `at_points`, in procent."
    )
    suppressed = serializers.BooleanField(required=False, help_text="Te weinig personen om te tonen.")


class FiguresShape(serializers.Serializer[None]):
    by = serializers.CharField()
    rows = FiguresRow(many=True)
    totals = FiguresRow(many=True)
    definition = serializers.CharField()
