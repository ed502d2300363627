"""The truth, and what the database does not let be false."""

from distribution.models.card import Card, CardEvent, PendingChange, PrintBatch
from distribution.models.card_year import CardYear, EntitledCategory, ExcludingCode, YearEvent
from distribution.models.drawn_list import DrawnList
from distribution.models.figures_snapshot import FiguresSnapshot
from distribution.models.hand_over import HandOver
from distribution.models.job import Job, Upload
from distribution.models.lookup_counter import LookupCounter
from distribution.models.mailing import Mailing, MailText, MailToPoint
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
from distribution.models.reading import Reading, ReadingSeal
from distribution.models.settlement import PointStatement, Settlement, StockCount
from distribution.models.shielded import ShieldedNumber
from distribution.models.stored_file import StoredFile, StoredPiece
from distribution.models.transfer import Transfer
from distribution.models.voided import VoidedNumber

__all__ = [
    "Appointment",
    "Card",
    "CardEvent",
    "CardYear",
    "DrawnList",
    "EarlierHolder",
    "EntitledCategory",
    "ExcludingCode",
    "FiguresSnapshot",
    "HandOver",
    "Job",
    "LookupCounter",
    "MailText",
    "MailToPoint",
    "Mailing",
    "NotEntitled",
    "PendingChange",
    "Person",
    "PersonnelImport",
    "PickupList",
    "PointStatement",
    "PrintBatch",
    "PublishedFigures",
    "Reading",
    "ReadingSeal",
    "Settlement",
    "ShieldedNumber",
    "StockCount",
    "StoredFile",
    "StoredPiece",
    "Subscriber",
    "Transfer",
    "Upload",
    "VoidedNumber",
    "YearEvent",
]
