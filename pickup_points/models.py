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


class User(AbstractBaseUser, PermissionsMixin):
    """A person who logs in, known by e-mail address (ADR 0003). Teachers do not log in."""

    email = models.EmailField("e-mailadres", unique=True)
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

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["year", "point"], name="point_once_a_year"),
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
