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
    UNDONE = "undone", "afgifte ongedaan gemaakt"
    REQUESTED = "requested", "gevraagd door een ander afhaalpunt"
    SENT = "sent", "verzonden naar een ander afhaalpunt"
    TRANSFERRED = "transferred", "aangekomen in een ander afhaalpunt"
    NOT_SENT = "not_sent", "aanvraag niet doorgegaan"
    ASSIGNED = "assigned", "afhaalpunt gekozen door Klasse"
    REPLACED = "replaced", "vervangen door een nieuwe kaart"


class Evidence(TextChoices):
    """How the desk knows that a card was handed over. The first four are those of interface.md §6."""

    SCAN = "scan", "kaart gescand"
    LIST = "list", "getekende lijst"
    CLICK = "click", "aangeduid aan de balie"
    GROUP = "group", "meegegeven aan één afhaler"


class Marking(TextChoices):
    """What a point says itself about how hand-overs were marked this year."""

    COMPLETE = "complete", "elke afgifte is aangeduid"
    PARTIAL = "partial", "een deel is aangeduid"
    NOTHING = "nothing", "er is niets aangeduid"


class CountKind(TextChoices):
    """What was counted by hand."""

    RECEIVED = "received", "aangekomen"
    LEFT_OVER = "left_over", "overgebleven"


class ReadingKind(TextChoices):
    """How personal data of card holders came on a desk's screen or paper."""

    SEARCH = "search", "zoeken"
    CARD = "card", "één kaart bekeken"
    SNAPSHOT = "snapshot", "voor werken zonder netwerk"
    LIST = "list", "lijst gedownload"
    KEYING = "keying", "lijst ingevoerd"
    ELSEWHERE = "elsewhere", "gezocht in een ander afhaalpunt"
    OFFICE = "office", "gezocht door Klasse"
    PERSON = "person", "één persoon bekeken door Klasse"
    EXPORT = "export", "bestand gedownload door Klasse"


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


class FiguresBy(TextChoices):
    """By what the figures are split (interface.md §4)."""

    CHANNEL = "channel", "weg"
    PROVINCE = "province", "provincie"
    MUNICIPALITY = "municipality", "gemeente"
    POINT = "point", "afhaalpunt"
    WEEK = "week", "week"
    CATEGORY = "category", "personeelscategorie"
    LEVEL = "level", "onderwijsniveau"


class UploadKind(TextChoices):
    """What Klasse sends in (interface.md §2)."""

    POINTS = "points", "afhaalpunten"
    PERSONNEL = "personnel", "personeel"
    SUBSCRIBERS = "subscribers", "abonnees"
    CARD_HOLDERS = "card_holders", "kaarthouders van een eerder jaar"
    HISTORY = "history", "gepubliceerde cijfers"


class JobKind(TextChoices):
    LOOK = "look", "bestand nakijken"
    APPLY = "apply", "bestand inlezen"
    RUN = "run", "kaarten toekennen"
    FREEZE = "freeze", "bevriezen"
    PRINT = "print", "drukwerk maken"
    LISTS = "lists", "afhaallijsten maken"
    STARTERS = "starters", "lijst van een startersmailing"
    CHANGES = "changes", "lijst van wijzigingen na het bevriezen"
    MAILING = "mailing", "mail aan afhaalpunten"
    FIGURES = "figures", "cijfers maken"


class JobState(TextChoices):
    PROPOSED = "proposed", "wacht op een tweede paar ogen"
    WAITING = "waiting", "wacht op zijn beurt"
    RUNNING = "running", "bezig"
    DONE = "done", "klaar"
    REFUSED = "refused", "geweigerd"
    FAILED = "failed", "mislukt"
    CALLED_OFF = "called_off", "niet doorgegaan"


class MailingKind(TextChoices):
    """Why Klasse mails points."""

    ANNOUNCEMENT = "announcement", "aankondiging van het nieuwe jaar"
    BOX = "box", "de doos is onderweg"
    COUNT = "count", "tel wat overbleef"
    LIST = "list", "we missen de getekende lijst"
    THANKS = "thanks", "bedankt"
    STOPPED = "stopped", "een afhaalpunt stopt"


class VoidReason(TextChoices):
    """Why a card's number counts no more."""

    STOLEN = "stolen", "gestolen"
    LOST = "lost", "verloren"
    BROKEN = "broken", "beschadigd of verkeerd gedrukt"
