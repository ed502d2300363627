"""The technical admin of places and users, for the superuser."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.http import HttpRequest

from pickup_points.hours import notation
from pickup_points.models import PickupPoint, PointYear, ServedPostcode, User


class NewUserForm(AdminUserCreationForm):  # type: ignore[type-arg]
    """A user with an e-mail address and a password, typed twice."""

    class Meta:
        model = User
        fields = ("email", "name")

    def clean_email(self) -> str:
        # Written the way users.create_user does, or nobody finds the account again at login.
        return str(self.cleaned_data["email"]).strip().lower()


class UserForm(UserChangeForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("email", "name", "password", "is_active", "is_staff", "is_superuser")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]
    """Users, known by their e-mail address (ADR 0003)."""

    add_form = NewUserForm
    form = UserForm
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "name")
    readonly_fields = ("last_login", "joined_at")
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        ("Rechten", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Wanneer", {"fields": ("joined_at", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)
    filter_horizontal = ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Their name stands in what happened: an account is switched off, not deleted.
        return False


class PickupPointForm(forms.ModelForm):  # type: ignore[type-arg]
    """Refuses hours that nobody could read."""

    website = forms.URLField(label="website", required=False, assume_scheme="https")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        week = cleaned.get("hours") or {}
        if not isinstance(week, dict) or not all(isinstance(written, str) for written in week.values()):
            raise forms.ValidationError('Schrijf de uren per dag, zo: {"ma": "09:00-12:00 13:30-18:00"}.')
        if unknown := set(week) - set(notation.WEEKDAYS):
            raise forms.ValidationError(
                f"Dit is geen dag: {', '.join(sorted(unknown))}. Kies uit ma di wo do vr za zo."
            )
        try:
            notation.read(week=week, closed=cleaned.get("closed", ""), exceptional=cleaned.get("exceptional", ""))
        except notation.HoursError as error:
            raise forms.ValidationError(str(error)) from error
        return cleaned


class PointYearInline(admin.TabularInline):  # type: ignore[type-arg]
    model = PointYear
    fk_name = "point"
    extra = 0


class ServedPostcodeInline(admin.TabularInline):  # type: ignore[type-arg]
    model = ServedPostcode
    extra = 0
    ordering = ("-year", "postcode")


@admin.register(PickupPoint)
class PickupPointAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A point with its hours in the notation of afhaalpunten.csv, its years and its postcodes."""

    form = PickupPointForm
    list_display = ("name", "code", "postcode", "municipality", "kind")
    list_filter = ("kind",)
    search_fields = ("name", "code", "postcode", "municipality")
    inlines = (
        PointYearInline,
        ServedPostcodeInline,
    )

    def has_delete_permission(self, request: HttpRequest, obj: PickupPoint | None = None) -> bool:
        return False
