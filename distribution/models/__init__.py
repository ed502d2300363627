"""The truth, and what the database does not let be false."""

from distribution.models.card import Card, CardEvent, PendingChange, PrintBatch
from distribution.models.card_year import CardYear, EntitledCategory, ExcludingCode, YearEvent
from distribution.models.lookup_counter import LookupCounter
from distribution.models.personnel import (
    Appointment,
    EarlierHolder,
    NotEntitled,
    Person,
    PersonnelImport,
    Subscriber,
)
from distribution.models.pickup_list import PickupList
from distribution.models.published_figures import PublishedFigures

__all__ = [
    "Appointment",
    "Card",
    "CardEvent",
    "CardYear",
    "EarlierHolder",
    "EntitledCategory",
    "ExcludingCode",
    "LookupCounter",
    "NotEntitled",
    "PendingChange",
    "Person",
    "PersonnelImport",
    "PickupList",
    "PrintBatch",
    "PublishedFigures",
    "Subscriber",
    "YearEvent",
]
