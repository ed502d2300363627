"""The shapes of the API as its OpenAPI document tells them. Reading is done by strict_json, writing by the views."""

from rest_framework import serializers

from distribution.enums import Outcome


class LookupQuestion(serializers.Serializer[None]):
    staff_number = serializers.CharField(
        max_length=60, help_text="Het stamboeknummer zoals mensen het typen: spaties, puntjes en streepjes mogen."
    )
    postcode = serializers.CharField(
        required=False, allow_null=True, max_length=20, help_text="Van het thuisadres; nodig na 403 postcode_needed."
    )


class OpeningShape(serializers.Serializer[None]):
    opens = serializers.DateTimeField()
    closes = serializers.DateTimeField()


class DayShape(serializers.Serializer[None]):
    date = serializers.DateField()
    text = serializers.CharField(help_text="In woorden, bijvoorbeeld “9.00–12.00 en 13.30–18.00” of “gesloten”.")
    note = serializers.CharField(help_text="Waarom het anders is dan gewoonlijk; vaak leeg.")
    openings = OpeningShape(many=True)


class PlaceShape(serializers.Serializer[None]):
    code = serializers.CharField()
    name = serializers.CharField()
    address = serializers.CharField()
    phone = serializers.CharField()
    website = serializers.CharField()
    collect_from = serializers.DateField()
    collect_until = serializers.DateField()
    is_open = serializers.BooleanField()
    status = serializers.CharField(help_text="Bijvoorbeeld “nu open tot 18.00 uur”.")
    opening_hours = DayShape(many=True)


class LookupAnswer(serializers.Serializer[None]):
    year = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    message = serializers.CharField()
    expected = serializers.DateField(required=False, help_text="Bij starter_pack: de dag van de mailing.")
    pickup_point = PlaceShape(required=False)


class ProblemShape(serializers.Serializer[None]):
    """RFC 9457."""

    type = serializers.CharField()
    status = serializers.IntegerField()
    title = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()
