"""/beheer/mail/: mail to points. Choose whom, look at it as one of them gets it, send it, and see who got it."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from distribution.actions import jobs
from distribution.actions import mailings as actions
from distribution.enums import MailingKind
from distribution.errors import DistributionError
from distribution.models import CardYear, Job, Mailing, MailToPoint
from distribution.queries import mailings
from distribution.queries.office_points import OF_POINTS, Concern, PointRow
from distribution.rules import mail_text
from distribution.rules.mail_text import MailTemplate
from distribution.views import office_page, office_words
from distribution.views.office_page import Asked
from pickup_points.http import office_only
from pickup_points.models import PickupPoint, User
from pickup_points.queries import PROVINCES, plain

SHOWN = 50


@dataclass(frozen=True)
class KindWords:
    """`slug` stands in the address, `concern` is whom it is usually for."""

    slug: str
    title: str
    when: str
    concern: Concern | None = None


KINDS = {
    MailingKind.ANNOUNCEMENT: KindWords(
        "aankondiging", "Aankondiging", "Het nieuwe jaar komt eraan: kloppen de uren en de collega's?"
    ),
    MailingKind.BOX: KindWords("doos", "De doos is onderweg", "De kaarten zijn vertrokken: tel ze als ze er zijn."),
    MailingKind.COUNT: KindWords(
        "tellen", "Tel wat overbleef", "Na de laatste dag: hoeveel kaarten liggen er nog?", Concern.NOT_CLOSED
    ),
    MailingKind.LIST: KindWords(
        "lijst", "De lijst ontbreekt", "Er werd op papier gewerkt, en er kwam niets terug.", Concern.LIST_MISSING
    ),
    MailingKind.THANKS: KindWords("bedankt", "Bedankt", "Geteld en afgesloten: een woord van dank."),
}
# The mail that helps against what asks for attention, by its slug.
HELPS = {
    Concern.NO_HOURS: "aankondiging",
    Concern.QUARANTINE: "tellen",
    Concern.NOT_CLOSED: "tellen",
    Concern.LIST_MISSING: "lijst",
}
SLUGS = {words.slug: kind for kind, words in KINDS.items()}


@require_safe
@office_only()
def index(request: HttpRequest, user: User) -> HttpResponse:
    """What may be mailed, and what was."""
    asked = Asked(request, user, tab="mail")
    last = mailings.last_sent()
    return asked.page(
        "mail",
        kinds=[(words, last.get(kind)) for kind, words in KINDS.items()],
        log=[(one, went, _title(one.kind)) for one, went in mailings.log(asked.year, most=SHOWN)] if asked.year else [],
    )


@require_safe
@office_only()
def choose(request: HttpRequest, user: User, mail: str) -> HttpResponse:
    """Whom: by province, by what is the matter, or the points named in the address; each can be unticked."""
    asked, of = Asked(request, user, tab="mail"), _kind(mail)
    return _choose(asked, of)


@require_POST
@office_only()
def preview(request: HttpRequest, user: User, mail: str) -> HttpResponse:
    """The mail as one of the chosen points gets it, and what is good to know before it goes."""
    asked, of = Asked(request, user, tab="mail"), _kind(mail)
    card_year = asked.year_or_404()
    chosen = _ticked(asked, card_year)
    if not chosen:
        return _choose(asked, of, error="Vink minstens één afhaalpunt aan.")
    return _preview(asked, of, chosen)


@require_POST
@office_only()
def send(request: HttpRequest, user: User, mail: str) -> HttpResponse:
    """Send it, and lead to the page that says how it goes."""
    asked, of = Asked(request, user, tab="mail"), _kind(mail)
    card_year = asked.year_or_404()
    chosen = _ticked(asked, card_year)
    recent = mailings.recently_mailed(of, at=asked.at)
    is_again = request.POST.get("opnieuw", "") == "ook"
    if request.POST.get("opnieuw", "") == "niet":
        chosen = [row for row in chosen if row.point.pk not in recent]
        if not chosen:
            return _choose(asked, of, error="Al deze afhaalpunten kregen de mail deze week al. Er vertrok niets.")
    seen = request.POST.get("gezien", "")
    try:
        job = actions.send(
            of,
            card_year=card_year,
            points=[row.point.pk for row in chosen],
            selection=request.POST.get("keuze", ""),
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else 0,
            by=user,
            at=asked.at,
            again=is_again,
        )
    except jobs.AlreadyAsked as there:
        return _led_to(request, there)
    except DistributionError as refusal:
        return _preview(asked, of, chosen, error=str(refusal)) if chosen else _choose(asked, of, error=str(refusal))
    return _started(asked, job)


@require_safe
@office_only()
def mailing(request: HttpRequest, user: User, mailing_id: int) -> HttpResponse:
    """One mailing: its text, to whom it went, and where it did not arrive."""
    asked, found = Asked(request, user, tab="mail"), _mailing(mailing_id)
    job = mailings.job_of(found)
    went = mailings.progress(found)
    return asked.page(
        "mail_sent",
        mailing=found,
        title=_title(found.kind),
        progress=went,
        letters=mailings.letters(found),
        job=job,
        is_busy=job is not None and job.is_open,
        missed=len(mailings.still_missed(found)) if went.failed else 0,
    )


@require_POST
@office_only()
def again(request: HttpRequest, user: User, mailing_id: int) -> HttpResponse:
    """Once more to whom it did not reach; or on with what still waits."""
    asked, found = Asked(request, user, tab="mail"), _mailing(mailing_id)
    do = actions.go_on if "verder" in request.POST else actions.send_to_missed
    try:
        job = do(found, by=user, at=asked.at)
    except jobs.AlreadyAsked as there:
        return _led_to(request, there)
    except DistributionError as refusal:
        messages.error(request, str(refusal))
        return redirect("distribution:office-mailing", found.pk)
    return _started(asked, job)


@require_http_methods(["GET", "HEAD", "POST"])
@office_only()
def text(request: HttpRequest, user: User, mail: str) -> HttpResponse:
    """The text of one kind: write it, or go back to that of the house."""
    asked, of = Asked(request, user, tab="mail"), _kind(mail)
    typed, error = mailings.template_of(of), ""
    if request.method == "POST":
        if "huis" in request.POST:
            actions.back_to_house_text(of)
            messages.success(request, "De tekst van het huis geldt weer.")
            return redirect("distribution:office-mail-text", mail)
        typed = MailTemplate(
            mail_text.one_line(request.POST.get("onderwerp", "")), mail_text.tidy(request.POST.get("tekst", ""))
        )
        try:
            actions.write_text(of, typed, by=user, at=asked.at)
        except DistributionError as refusal:
            error = str(refusal)
        else:
            messages.success(request, "Bewaard. Zo gaat deze mail vanaf nu.")
            return redirect("distribution:office-mail-choose", mail)
    response = asked.page(
        "mail_text",
        kind=KINDS[of],
        typed=typed,
        own=mailings.own_text(of),
        error=error,
        fill_ins=[(f"{{{name}}}", words) for name, words in mail_text.FILL_INS.items()],
        longest_subject=mail_text.LONGEST_SUBJECT,
    )
    response.status_code = 422 if error else 200
    return response


def _choose(asked: Asked, kind: MailingKind, *, error: str = "") -> HttpResponse:
    card_year = asked.year_or_404()
    rows = sorted(asked.rows(card_year), key=_by_place)
    get = asked.request.GET
    provinces = [name for name in PROVINCES if any(one.province == name for one in rows)]
    province = get.get("provincie", "")
    named = {code for code in get.get("punten", "").split(",") if code}
    usual = KINDS[kind].concern
    typed = get.get("aandacht", str(usual) if usual and not named and "provincie" not in get else "")
    concern = typed if typed in OF_POINTS else ""
    chosen = [
        row
        for row in rows
        if (not province or row.province == province)
        and (not concern or Concern(concern) in row.concerns)
        and (row.point.code in named if named else row.takes_part)
    ]
    addresses = mailings.addresses(row.point.pk for row in chosen)
    recent = mailings.recently_mailed(kind, at=asked.at)
    response = asked.page(
        "mail_choose",
        kind=KINDS[kind],
        points=[(row, len(addresses[row.point.pk]), row.point.pk in recent) for row in chosen],
        named=",".join(sorted(named)),
        unknown=sorted(named - {row.point.code for row in rows}),
        provinces=provinces,
        province=province,
        concerns=[(one, office_words.CONCERNS[one].title) for one in OF_POINTS],
        concern=concern,
        # Nobody chose this: it is whom the mail is usually for.
        is_usual=bool(concern) and "aandacht" not in get,
        usual=office_words.CONCERNS[usual] if usual else None,
        selection=_selection(province=province, concern=concern, is_named=bool(named)),
        error=error,
    )
    response.status_code = 422 if error else 200
    return response


def _preview(asked: Asked, kind: MailingKind, chosen: list[PointRow], *, error: str = "") -> HttpResponse:
    card_year, post = asked.year_or_404(), asked.request.POST
    addresses = mailings.addresses(row.point.pk for row in chosen)
    recent = mailings.recently_mailed(kind, at=asked.at)
    reached = [row for row in chosen if addresses[row.point.pk]]
    shown = next((row for row in chosen if row.point.code == post.get("voorbeeld", "")), (reached or chosen)[0])
    response = asked.page(
        "mail_preview",
        kind=KINDS[kind],
        points=chosen,
        reached=reached,
        letters=sum(len(found) for found in addresses.values()),
        without=[row for row in chosen if not addresses[row.point.pk]],
        recent=[row for row in reached if row.point.pk in recent],
        shown=shown,
        to=addresses[shown.point.pk],
        mail=mail_text.fill(mailings.template_of(kind), mailings.values(shown, kind, year=card_year.year)),
        selection=post.get("keuze", "")[: actions.LONGEST_SELECTION],
        seen=mailings.latest(kind),
        error=error,
    )
    response.status_code = 422 if error else 200
    return response


def _ticked(asked: Asked, card_year: CardYear) -> list[PointRow]:
    codes = set(asked.request.POST.getlist("punt"))
    return sorted((row for row in asked.rows(card_year) if row.point.code in codes), key=_by_place)


def _by_place(row: PointRow) -> tuple[str, str, str]:
    return plain(row.point.municipality), plain(row.point.name), row.point.code


def _selection(*, province: str, concern: str, is_named: bool) -> str:
    """How the points were chosen, for the log."""
    parts = [province, f"“{office_words.CONCERNS[Concern(concern)].title}”" if concern else ""]
    whole = ", ".join(part for part in parts if part)
    return whole or ("gekozen afhaalpunten" if is_named else "alle afhaalpunten")


def _kind(slug: str) -> MailingKind:
    if slug not in SLUGS:
        raise Http404
    return SLUGS[slug]


def _title(kind: str) -> str:
    known = MailingKind(kind)
    return KINDS[known].title if known in KINDS else known.label.capitalize()


def _mailing(mailing_id: int) -> Mailing:
    return get_object_or_404(Mailing.objects.select_related("card_year", "by"), pk=mailing_id)


def _started(asked: Asked, job: Job) -> HttpResponse:
    office_page.ring(job.pk)
    return redirect("distribution:office-mailing", job.options["mailing"])


def _led_to(request: HttpRequest, there: jobs.AlreadyAsked) -> HttpResponse:
    messages.info(request, f"{there} Wacht tot die mail weg is.")
    return redirect("distribution:office-mailing", there.job.options["mailing"])


def letters_to(card_year: CardYear, point: PickupPoint) -> list[tuple[MailToPoint, str]]:
    """For the page of a point: the mails it got in a year, each with its title."""
    return [(one, _title(one.mailing.kind)) for one in mailings.of_point(card_year, point)]
