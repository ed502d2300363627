"""Places: where, for which postcodes, when open; and the people who log in."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, *, name: str = "") -> "User":
        user = self.model(email=email.strip().lower(), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, *, name: str = "") -> "User":
        user = self.create_user(email, password, name=name)
        user.is_staff = user.is_superuser = True
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class KlasseRole(models.TextChoices):
    """What someone of Klasse may: run the year, or only read figures."""

    OFFICE = "office", "Klasse"
    READER = "reader", "lezer van cijfers"


class User(AbstractBaseUser, PermissionsMixin):
    """A person who logs in, known by e-mail address (ADR 0003). Teachers do not log in.

    Where they stand at a desk is in DeskMember; `klasse_role` is for the people of Klasse.
    """

    email = models.EmailField("e-mailadres", unique=True)
    klasse_role = models.CharField(
        "rol bij Klasse", max_length=6, choices=KlasseRole, blank=True, default="", db_default=""
    )
    name = models.CharField("naam", max_length=120, blank=True)
    is_active = models.BooleanField("actief", default=True)
    is_staff = models.BooleanField("mag in het technisch beheer", default=False)
    joined_at = models.DateTimeField("sinds", default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"

    class Meta:
        verbose_name = "gebruiker"
        verbose_name_plural = "gebruikers"

    def __str__(self) -> str:
        return self.name or self.email


class AccountEventKind(models.TextChoices):
    INVITED = "invited", "uitgenodigd"
    ROLE = "role", "andere rol bij Klasse"
    REMINDED = "reminded", "herinnering gestuurd"
    SWITCHED_OFF = "switched_off", "uitgeschakeld"
    SWITCHED_ON = "switched_on", "opnieuw aangezet"
    STEP_RESET = "step_reset", "tweede stap weggehaald"
    TOKEN_ENDED = "token_ended", "sleutel voor de API ingetrokken"


class AccountEvent(models.Model):
    """What Klasse did to an account. Append-only."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="account_events")
    kind = models.CharField("wat", max_length=12, choices=AccountEventKind)
    at = models.DateTimeField("op")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Of a role: what it was and became, by their values; empty is none.
    was = models.CharField("was", max_length=6, blank=True)
    became = models.CharField("werd", max_length=6, blank=True)

    class Meta:
        verbose_name = "gebeurtenis van een account"
        verbose_name_plural = "gebeurtenissen van accounts"
        ordering: ClassVar[list[str]] = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


class PointKind(models.TextChoices):
    LIBRARY = "bibliotheek", "bibliotheek"
    OTHER = "ander", "ander"


class PickupPoint(models.Model):
    """A place where cards wait (afhaalpunt).

    Hours are kept in the notation of interface.md §2, the one people type: pickup_points.hours
    is the only reader of it. The point's part in one year is its PointYear.
    """

    code = models.CharField("code", max_length=60)
    name = models.CharField("naam", max_length=200)
    kind = models.CharField("soort", max_length=12, choices=PointKind)
    street = models.CharField("straat", max_length=200)
    house_number = models.CharField("huisnummer", max_length=20, blank=True)
    postcode = models.CharField("postcode", max_length=4)
    municipality = models.CharField("gemeente", max_length=80)
    phone = models.CharField("telefoon", max_length=40, blank=True)
    email = models.EmailField("e-mailadres", blank=True)
    website = models.URLField("website", blank=True)
    latitude = models.FloatField("breedtegraad", null=True, blank=True)
    longitude = models.FloatField("lengtegraad", null=True, blank=True)
    # {"ma": "09:00-12:00 13:30-18:00", …}: a day that is missing or empty is closed.
    hours = models.JSONField("openingsuren", default=dict, blank=True)
    closed = models.TextField("gesloten", blank=True)
    exceptional = models.TextField("uitzonderlijk open", blank=True)
    poster_text = models.CharField("tekst op de affiche", max_length=200, blank=True, default="", db_default="")

    class Meta:
        verbose_name = "afhaalpunt"
        verbose_name_plural = "afhaalpunten"
        ordering: ClassVar[list[str]] = ["name", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="point_code_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        return f"{self.street} {self.house_number}".strip() + f", {self.postcode} {self.municipality}"


class PointYear(models.Model):
    """A point takes part in a card year; its own first and last day, when it has them."""

    point = models.ForeignKey(PickupPoint, on_delete=models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField("jaar")
    collect_from = models.DateField("afhalen vanaf", null=True, blank=True)
    collect_until = models.DateField("afhalen tot en met", null=True, blank=True)
    # A point that stops during the year: its postcodes and its waiting cards went to another.
    stopped_at = models.DateTimeField("gestopt op", null=True, blank=True)
    stopped_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    followed_by = models.ForeignKey(PickupPoint, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["year", "point"], name="point_once_a_year"),
            models.CheckConstraint(
                name="stopped_at_and_by_go_together",
                condition=Q(stopped_at=None, stopped_by=None, followed_by=None)
                | Q(stopped_at__isnull=False, stopped_by__isnull=False, followed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="point_period_in_order",
                condition=Q(collect_from=None) | Q(collect_until=None) | Q(collect_from__lte=F("collect_until")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.point} {self.year}"


class ServedPostcode(models.Model):
    """A home postcode a point serves, or for which it is an alternative a teacher may choose."""

    point = models.ForeignKey(PickupPoint, on_delete=models.CASCADE, related_name="served_postcodes")
    year = models.PositiveSmallIntegerField("jaar")
    postcode = models.CharField("postcode", max_length=4)
    is_choice = models.BooleanField("keuze, geen vaste bestemming", default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["year", "postcode"], condition=Q(is_choice=False), name="one_serving_point_per_postcode"
            ),
            models.UniqueConstraint(
                fields=["year", "postcode", "point"], condition=Q(is_choice=True), name="choice_listed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.postcode} → {self.point} ({self.year})"


class DeskRole(models.TextChoices):
    """What someone may at a point: hand over cards, or also hours, counts and colleagues."""

    DESK = "desk", "baliemedewerker"
    MANAGER = "manager", "beheerder"


class DeskMember(models.Model):
    """Someone stands at the desk of a point, from one moment until another. Rows stay: who did what must stay readable."""

    point = models.ForeignKey(PickupPoint, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="desks")
    role = models.CharField("rol", max_length=7, choices=DeskRole)
    since = models.DateTimeField("sinds")
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField("tot", null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "baliemedewerker"
        verbose_name_plural = "baliemedewerkers"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["point", "user"], condition=Q(ended_at=None), name="member_once_at_a_desk"),
            models.CheckConstraint(
                name="ended_at_and_by_go_together",
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.point} ({self.get_role_display()})"


class PointChange(models.Model):
    """What a point changed about itself, field by field: {"hours": ["was", "became"]}. Append-only."""

    point = models.ForeignKey(PickupPoint, on_delete=models.PROTECT, related_name="changes")
    year = models.PositiveSmallIntegerField("jaar", null=True, blank=True)
    at = models.DateTimeField("op")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    fields = models.JSONField("velden", default=dict)

    class Meta:
        verbose_name = "wijziging van een afhaalpunt"
        verbose_name_plural = "wijzigingen van afhaalpunten"
        ordering: ClassVar[list[str]] = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.point} {self.at:%Y-%m-%d %H:%M}"
