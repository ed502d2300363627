"""The technical admin of places and users, for the superuser."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

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


class ToLookAt:
    """Nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PointYearInline(ToLookAt, admin.TabularInline):  # type: ignore[type-arg]
    model = PointYear
    fk_name = "point"
    verbose_name_plural = "jaren waarin het meedoet"
    extra = 0


class ServedPostcodeInline(ToLookAt, admin.TabularInline):  # type: ignore[type-arg]
    model = ServedPostcode
    verbose_name_plural = "postcodes die het bedient"
    extra = 0
    ordering = ("-year", "postcode")


@admin.register(PickupPoint)
class PickupPointAdmin(ToLookAt, admin.ModelAdmin):  # type: ignore[type-arg]
    """A point with its years and its postcodes, to read.

    It is changed on the pages of Klasse alone: there each change leaves a PointChange, that the point can read as well.
    """

    list_display = ("name", "code", "postcode", "municipality", "kind")
    list_filter = ("kind",)
    search_fields = ("name", "code", "postcode", "municipality")
    fields = ("where_changed", *(one.name for one in PickupPoint._meta.fields if not one.primary_key))
    readonly_fields = ("where_changed",)
    inlines = (
        PointYearInline,
        ServedPostcodeInline,
    )

    @admin.display(description="wijzigen")
    def where_changed(self, point: PickupPoint) -> str:
        return format_html(
            '<a href="{}">Gegevens en postcodes bij Klasse</a>, met een account van Klasse',
            reverse("pickup_points:office-place", args=[point.code]),
        )
