"""The card, the print batch it was made in, and what happened to it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from distribution.enums import AssignedBy, CardEventKind, CardState, Channel
from distribution.models.card_year import CardYear
from distribution.models.personnel import Person


class PrintBatch(models.Model):
    """Cards frozen together and printed together. The first is the print run of the season; later ones are late additions."""

    card_year = models.ForeignKey(CardYear, on_delete=models.PROTECT, related_name="print_batches")
    number = models.PositiveSmallIntegerField("reeks")
    frozen_at = models.DateTimeField("bevroren op")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cards = models.PositiveIntegerField("kaarten")

    class Meta:
        verbose_name = "drukreeks"
        verbose_name_plural = "drukreeksen"
        ordering: ClassVar[list[str]] = ["card_year", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["card_year", "number"], name="batch_number_once_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.card_year} reeks {self.number}"


class Card(models.Model):
    """One card of one person in one year; the database lets nobody have two.

    Level, category, municipality and province are written down when the card is issued: they are
    true history, and a figure need not join people to group by them.
    """

    card_year = models.ForeignKey(CardYear, on_delete=models.PROTECT, related_name="cards", db_index=False)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="card")
    number = models.CharField("kaartnummer", max_length=11)
    channel = models.CharField("weg", max_length=12, choices=Channel)
    state = models.CharField("toestand", max_length=12, choices=CardState, default=CardState.ISSUED)
    pickup_point = models.ForeignKey(
        "pickup_points.PickupPoint",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="afhaalpunt",
    )
    assigned_by = models.CharField("toegewezen volgens", max_length=14, choices=AssignedBy, blank=True)
    mailing_on = models.DateField("startersmailing", null=True, blank=True)
    level = models.CharField("onderwijsniveau", max_length=20)
    category = models.CharField("categorie", max_length=24)
    nis = models.CharField("gemeente van de woonplaats", max_length=5, blank=True)
    province = models.CharField("provincie van de woonplaats", max_length=40, blank=True)
    batch = models.ForeignKey(
        PrintBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="card_set", db_index=False
    )
    handed_over_at = models.DateTimeField("afgehaald op", null=True, blank=True)
    withdrawn_at = models.DateTimeField("ingetrokken op", null=True, blank=True)

    class Meta:
        verbose_name = "kaart"
        verbose_name_plural = "kaarten"
        indexes: ClassVar[list[models.Index]] = [
            # A point's list, and every question of queries.card_counts: answered from the index alone, in its order.
            models.Index(fields=["card_year", "pickup_point", "channel", "state", "batch"], name="card_by_point"),
            models.Index(fields=["card_year", "category", "level", "channel", "state"], name="card_by_kind"),
            models.Index(fields=["card_year", "province", "nis", "channel", "state"], name="card_by_home"),
            models.Index(
                fields=["card_year", "handed_over_at", "pickup_point", "level", "category"],
                condition=Q(state=CardState.HANDED_OVER),
                name="card_out_by_moment",
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["number"], name="card_number_once"),
            models.CheckConstraint(
                name="only_pickup_cards_lie_at_a_point",
                condition=Q(channel=Channel.PICKUP) | Q(pickup_point=None, assigned_by=""),
            ),
            models.CheckConstraint(
                name="only_starter_cards_have_a_mailing",
                condition=Q(channel=Channel.STARTER, mailing_on__isnull=False)
                | (~Q(channel=Channel.STARTER) & Q(mailing_on=None)),
            ),
            models.CheckConstraint(
                name="handed_over_has_its_moment",
                condition=Q(state=CardState.HANDED_OVER, handed_over_at__isnull=False)
                | (~Q(state=CardState.HANDED_OVER) & Q(handed_over_at=None)),
            ),
            models.CheckConstraint(
                name="withdrawn_has_its_moment",
                condition=Q(state=CardState.WITHDRAWN, withdrawn_at__isnull=False)
                | (~Q(state=CardState.WITHDRAWN) & Q(withdrawn_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CardEvent(models.Model):
    """Something that happened to one card after it was issued. Append-only: events are never changed or deleted."""

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField("soort", max_length=16, choices=CardEventKind)
    at = models.DateTimeField("op")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    from_point = models.ForeignKey(
        "pickup_points.PickupPoint", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    to_point = models.ForeignKey(
        "pickup_points.PickupPoint", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    hand_over = models.ForeignKey(
        "distribution.HandOver", on_delete=models.PROTECT, null=True, related_name="events", db_index=False
    )

    class Meta:
        verbose_name = "kaartgebeurtenis"
        verbose_name_plural = "kaartgebeurtenissen"
        ordering: ClassVar[list[str]] = ["at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            # What Klasse sent after the boxes: a handful among hundreds of thousands of hand-overs.
            models.Index(fields=["card"], condition=Q(kind=CardEventKind.ASSIGNED), name="card_assigned_by_hand"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class PendingChange(models.Model):
    """What a run after freezing would have changed: listed for Klasse, never applied by itself.

    `left_*`: Klasse looked and leaves the card as it is; it asks nothing more until the change becomes another one.
    """

    class Kind(models.TextChoices):
        NEW = "new", "nieuw recht op een kaart"
        WITHDRAWN = "withdrawn", "geen recht meer"
        MOVED = "moved", "ander afhaalpunt"
        CHANNEL = "channel", "andere weg"

    card_year = models.ForeignKey(CardYear, on_delete=models.CASCADE, related_name="pending_changes")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField("soort", max_length=10, choices=Kind)
    # Dutch words for the list: "reden", "van", "naar".
    was = models.CharField("nu", max_length=220, blank=True)
    becomes = models.CharField("zou worden", max_length=220, blank=True)
    # Where the card would lie, when that is a point.
    to_point = models.ForeignKey(
        "pickup_points.PickupPoint",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="afhaalpunt dat het zou worden",
    )
    left_at = models.DateTimeField("zo gelaten op", null=True, blank=True)
    left_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="zo gelaten door",
    )

    class Meta:
        verbose_name = "wijziging na het bevriezen"
        verbose_name_plural = "wijzigingen na het bevriezen"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["card_year", "person", "kind"], name="pending_change_listed_once"),
            models.CheckConstraint(
                name="pending_change_left_at_and_by_go_together",
                condition=Q(left_at=None, left_by=None) | Q(left_at__isnull=False, left_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.person_id})"
