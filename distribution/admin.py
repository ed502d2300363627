"""The technical admin of the cards, for the superuser: the dates of a year to edit, all else to read.

Whoever changes something does it through an action that leaves an event: rules at /beheer/<year>/regels/, protection of an
address at /beheer/mensen/; the dates of a year also here, when it is frozen too. Nothing is searched by staff
number: the admin writes what is searched in the address, and addresses end up in logs (T16).
"""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from distribution.actions import rule_tables
from distribution.models import (
    Appointment,
    CardEvent,
    CardYear,
    EntitledCategory,
    ExcludingCode,
    Person,
    PersonnelImport,
    PickupList,
    PrintBatch,
    PublishedFigures,
    YearEvent,
)
from distribution.rules import name_order
from pickup_points.models import User

admin.site.site_header = "Technisch beheer van de Lerarenkaart"
admin.site.site_title = "Technisch beheer"
admin.site.index_title = "Gegevens"


class ReadOnly:
    """To look at: nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class EntitledCategoryInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = EntitledCategory
    extra = 0
    ordering = ("level", "category")


class ExcludingCodeInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = ExcludingCode
    extra = 0
    ordering = ("code",)


@admin.register(CardYear)
class CardYearAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The dates of a year, and its rules to read. A year is opened by open_year, and never deleted; a forgotten one is shut."""

    list_display = ("year", "lookup_from", "collect_from", "collect_until", "last_run_at")
    inlines = (
        EntitledCategoryInline,
        ExcludingCodeInline,
    )
    fields = (
        "year",
        "lookup_from",
        "collect_from",
        "collect_until",
        "starter_mailings",
        "opened_at",
        "last_sequence",
        "last_run_at",
        "reference_date",
    )
    readonly_fields = ("year", "starter_mailings", "opened_at", "last_sequence", "last_run_at", "reference_date")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: CardYear | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.people_gone_at is None)

    def has_delete_permission(self, request: HttpRequest, obj: CardYear | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: CardYear, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django calls it so
        """The form has seen that the days are in order."""
        assert isinstance(request.user, User)
        rule_tables.move_dates(
            obj,
            lookup_from=obj.lookup_from,
            collect_from=obj.collect_from,
            collect_until=obj.collect_until,
            at=timezone.now(),
            by=request.user,
        )


@admin.register(YearEvent)
class YearEventAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("at", "card_year", "kind", "by")
    list_filter = ("card_year", "kind")
    list_select_related = ("card_year", "by")


@admin.register(PersonnelImport)
class PersonnelImportAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("at", "card_year", "source", "is_full_picture", "people", "by")
    list_filter = ("card_year", "source")
    list_select_related = ("card_year", "by")


@admin.register(PrintBatch)
class PrintBatchAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("card_year", "number", "frozen_at", "cards", "by")
    list_filter = ("card_year",)
    list_select_related = ("card_year", "by")


@admin.register(PickupList)
class PickupListAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Which lists were made. The card numbers of a list stay out: hundreds a page, and nobody's business here."""

    list_display = ("card_year", "pickup_point", "revision", "since", "made_at")
    list_filter = ("card_year",)
    list_select_related = ("card_year", "pickup_point")
    search_fields = ("pickup_point__name", "pickup_point__code")
    exclude = ("card_numbers",)


@admin.register(CardEvent)
class CardEventAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("at", "card", "kind", "from_point", "to_point", "by")
    list_filter = ("kind",)
    list_select_related = ("card", "from_point", "to_point", "by")
    show_full_result_count = False


class AppointmentInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = Appointment
    extra = 0
    fields = (
        "source",
        "institution_number",
        "level",
        "category",
        "paid_by",
        "begins_on",
        "ends_on",
        "interruption_code",
        "interruption_in_full",
    )


@admin.register(Person)
class PersonAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """People of a year, found by the start of their name."""

    list_display = ("last_name", "first_name", "municipality", "card_year", "shielded")
    list_filter = ("card_year", "shielded")
    list_select_related = ("card_year",)
    list_per_page = 50
    ordering = ("sort_key", "id")
    search_fields = ("sort_key",)
    search_help_text = "Het begin van een naam, zonder accenten. Zoek nooit op nummer: dat komt in het adres te staan."
    show_full_result_count = False
    inlines = (AppointmentInline,)
    fields = ("card_year", "last_name", "first_name", "postcode", "municipality", "country", "shielded")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Person], search_term: str
    ) -> tuple[QuerySet[Person], bool]:
        if not search_term:
            return queryset, False
        prefix = name_order.search_prefix(search_term)
        return (queryset.filter(sort_key__startswith=prefix) if prefix else queryset.none()), False


@admin.register(PublishedFigures)
class PublishedFiguresAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("year", "cards", "subscription", "starters", "collected", "with_card", "is_estimate")
