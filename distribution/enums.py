"""Choices: the values are the words of interface.md, the labels what people read."""

from django.db.models import TextChoices


class Source(TextChoices):
    """Where a personnel picture comes from."""

    EPD = "epd", "elektronisch personeelsdossier"
    INSTITUTION = "institution", "lijst van een instelling"


class Channel(TextChoices):
    """The way a card reaches its holder."""

    SUBSCRIPTION = "subscription", "met het magazine"
    STARTER = "starter", "starterspakket"
    PICKUP = "pickup", "afhaalpunt"


class CardState(TextChoices):
    ISSUED = "issued", "toegekend"
    HANDED_OVER = "handed_over", "afgehaald"
    WITHDRAWN = "withdrawn", "ingetrokken"
    VOID = "void", "ongeldig"


class AssignedBy(TextChoices):
    """Why a card lies where it lies."""

    RESIDENCE = "by_residence", "woonplaats"
    INSTITUTION = "by_institution", "instelling"
    OFFICE = "by_office", "beslissing van Klasse"
    UNASSIGNED = "unassigned", "nog geen afhaalpunt"


class Reason(TextChoices):
    """Why a person gets no card, in the order in which the tests are made (interface.md §3)."""

    NO_ACTIVE_APPOINTMENT = "no_active_appointment", "geen lopende opdracht"
    NOT_PAID_BY_MINISTRY = "not_paid_by_ministry", "niet betaald door het ministerie"
    CATEGORY_NOT_ENTITLED = "category_not_entitled", "deze personeelscategorie geeft geen recht"
    FULL_INTERRUPTION = "full_interruption", "volledige onderbreking"


class CardEventKind(TextChoices):
    MOVED = "moved", "verplaatst"
    CHANNEL_CHANGED = "channel_changed", "andere weg"
    WITHDRAWN = "withdrawn", "ingetrokken"
    REINSTATED = "reinstated", "opnieuw toegekend"
    HANDED_OVER = "handed_over", "afgehaald"


class Outcome(TextChoices):
    """What a teacher hears (interface.md §6)."""

    IN_PREPARATION = "in_preparation", "in voorbereiding"
    SENT_HOME = "sent_home", "thuis bezorgd"
    STARTER_PACK = "starter_pack", "starterspakket"
    AT_PICKUP_POINT = "at_pickup_point", "in een afhaalpunt"
    COLLECTED = "collected", "al afgehaald"
    CONTACT_KLASSE = "contact_klasse", "neem contact op met Klasse"
    PERIOD_ENDED = "period_ended", "afhaalperiode voorbij"
    NO_CARD = "no_card", "geen kaart gevonden"
