"""The first step of counting: what arrived, box by box or all together."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from distribution.actions import settlements
from distribution.errors import DistributionError
from distribution.models import CardYear
from distribution.queries.settlements import PointTally
from distribution.views import desk_settlement as steps
from pickup_points.desks import Desk
from pickup_points.http import at_desk


@dataclass(frozen=True)
class BoxRow:
    """A box on the page of arrival; `counted` None is not counted yet."""

    number: int
    batch: int
    label: str
    cards: int
    counted: int | None
    typed: str
    error: str

    @property
    def missing(self) -> int:
        """Fewer than sent when above nought, more when below."""
        return 0 if self.counted is None else self.cards - self.counted

    @property
    def surplus(self) -> int:
        return -self.missing


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(as_manager=True)
def arrival(request: HttpRequest, desk: Desk) -> HttpResponse:
    """How many cards arrived, in each box or in all."""
    counting = steps.still_counting(desk)
    if counting is None:
        return redirect("distribution:desk-settlement", desk.point.code)
    card_year, tally = counting
    errors: dict[str, str] = {}
    if request.method == "POST":
        saved = _receive(request.POST, card_year, desk=desk, tally=tally, errors=errors)
        if not errors:
            if saved:
                messages.success(request, "Bewaard. Dank je wel om te tellen.", "good")
            return redirect("distribution:desk-settlement-arrival", desk.point.code)
    return steps.step_page(
        request,
        desk,
        card_year,
        tally,
        place=1,
        context={
            "boxes": _box_rows(tally, typed=request.POST, errors=errors),
            "by_batch": len({box.batch for box in tally.boxes}) > 1,
            "together_typed": request.POST.get("samen", ""),
            "together_error": errors.get("samen", ""),
        },
    )


def _receive(
    typed: Mapping[str, str], card_year: CardYear, *, desk: Desk, tally: PointTally, errors: dict[str, str]
) -> bool:
    """Note what was typed and differs from what is noted already; errors by field. True when something was."""
    by_box = tally.by_box
    noted: dict[int | None, int | None] = {number: count.counted for number, count in by_box.items()}
    noted[None] = tally.together.counted if tally.together else None
    fields: dict[int | None, str] = {None: "samen"} | {box.number: f"doos-{box.number}" for box in tally.boxes}
    changes: dict[int | None, int] = {}
    for box, name in fields.items():
        if not typed.get(name, "").strip():
            continue
        counted = steps.number_in(typed[name])
        if counted is None:
            errors[name] = steps.NOT_A_NUMBER
        elif counted != noted.get(box):
            changes[box] = counted
    if errors:
        return False
    for box, counted in changes.items():
        try:
            settlements.receive(card_year, desk=desk, counted=counted, box=box, at=timezone.now())
        except DistributionError as refused:
            errors[fields[box]] = str(refused)
    return bool(changes)


def _box_rows(tally: PointTally, *, typed: Mapping[str, str], errors: Mapping[str, str]) -> list[BoxRow]:
    counted = tally.by_box
    rows = []
    for box in tally.boxes:
        name = f"doos-{box.number}"
        known = counted[box.number].counted if box.number in counted else None
        shown = typed.get(name, "" if known is None else str(known))
        rows.append(
            BoxRow(box.number, box.batch, f"Doos {box.on_label}", box.cards, known, shown, errors.get(name, ""))
        )
    return rows
