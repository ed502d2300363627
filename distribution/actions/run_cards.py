"""The second step of a run: cards made, withdrawn, brought back, moved. In sets, and only where something differs."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from distribution.actions.run_judge import ENTITLED
from distribution.actions.run_wanted import COLUMNS, Wanted, is_live
from distribution.enums import AssignedBy, CardEventKind, CardState, Channel
from distribution.errors import DistributionError
from distribution.models import Card, CardEvent, CardYear, bulk
from distribution.rules import card_number
from pickup_points.models import User

CARD, EVENT = bulk.table(Card), bulk.table(CardEvent)

# Entitled, and no card in any state yet: numbered in the order of the people's keys.
NEWCOMERS = f"""(
    SELECT j.person_id, j.got, j.kind, j.institution_postcode, ROW_NUMBER() OVER (ORDER BY j.person_id) AS place
    FROM run_person j
    WHERE j.got = {ENTITLED} AND NOT EXISTS (SELECT 1 FROM {CARD} c WHERE c.person_id = j.person_id)
)"""


class NumbersUsedUp(DistributionError):
    code = "card_numbers_used_up"


@dataclass(frozen=True)
class Counts:
    """How many live cards go along each way, and why those at a point lie there."""

    channels: dict[str, int]
    assigned: dict[str, int]


def number_sql(sequence: str, *, year: int) -> str:
    """SQL for rules.card_number.make: `sequence` is the SQL of a whole number from 1 to 999,999."""
    first_nine = f"({600_000_000 + year % 100 * 1_000_000} + {sequence})"
    return f"CAST({first_nine} * 100 + {first_nine} % 97 AS varchar(11))"


def count_newcomers() -> int:
    """Entitled people without a card in any state."""
    return int(bulk.fetch(f"SELECT COUNT(*) FROM {NEWCOMERS} newcomers")[0][0])


def count_without_card() -> int:
    """Entitled people without a card, or with one that was withdrawn."""
    return int(
        bulk.fetch(
            f"""SELECT COUNT(*) FROM run_person j WHERE j.got = {ENTITLED} AND NOT EXISTS (
                SELECT 1 FROM {CARD} c WHERE c.person_id = j.person_id AND c.state <> '{CardState.WITHDRAWN}')"""
        )[0][0]
    )


def issue(card_year: CardYear, *, wanted: Wanted, at_most: int) -> int:
    """Give every newcomer a card, numbered on from the year's last; returns how many were made.

    `at_most` is what their number surely does not exceed. Raises NumbersUsedUp before anything is
    made when six digits cannot hold them.
    """
    used = card_year.last_sequence
    if used + at_most > card_number.HIGHEST_SEQUENCE and used + count_newcomers() > card_number.HIGHEST_SEQUENCE:
        raise NumbersUsedUp(
            f"Er zijn meer kaarten nodig dan er nummers zijn: een jaar heeft er {card_number.HIGHEST_SEQUENCE}. "
            "Kijk na of het personeelsbestand klopt."
        )
    # A percent sign in the statement itself is doubled, since values are put in with %.
    number = number_sql(f"(w.place + {used})", year=card_year.year).replace("%", "%%")
    made = bulk.execute(
        f"""INSERT INTO {CARD} (card_year_id, person_id, number, channel, state, pickup_point_id, assigned_by,
                mailing_on, level, category, nis, province)
            SELECT %(card_year)s, w.person_id, {number}, w.channel, '{CardState.ISSUED}', w.point_id, w.assigned_by,
                CASE WHEN w.channel = '{Channel.STARTER}' THEN %(mailing)s END, w.level, w.category, w.nis, w.province
            FROM ({wanted.of(NEWCOMERS, extra=", j.place")}) w""",
        wanted.parameters,
    )
    card_year.last_sequence = used + made
    return made


def create_changes() -> None:
    """An empty temporary table run_change: the cards there are that should be otherwise.

    `kind` is that of the event, or empty for a detail without one (level, municipality, mailing);
    `applies` is 1 when this run changes the card, 0 when it only tells.
    """
    bulk.create_temporary(
        "run_change",
        "card_id bigint PRIMARY KEY, kind varchar(16), applies integer, person_id bigint, channel varchar(12), "
        "point_id bigint, assigned_by varchar(14), level varchar(20), category varchar(24), nis varchar(5), "
        "province varchar(40), mailing_on date",
    )


def find_changes(*, wanted: Wanted, is_frozen: bool, late: bool) -> None:
    """Fill run_change.

    Cards handed over or void are left as they are, and so is a point that Klasse decided on. When the
    last starter mailing has left, nobody becomes a starter any more and no card comes back. After
    freezing nothing applies, except, with `late`, that a card that was never printed comes back.
    """
    withdrawn = f"c.state = '{CardState.WITHDRAWN}'"
    applies = (
        "1" if not is_frozen else f"CASE WHEN {withdrawn} AND c.batch_id IS NULL THEN 1 ELSE 0 END" if late else "0"
    )
    keeps_point = f"c.assigned_by = '{AssignedBy.OFFICE}' AND w.channel = '{Channel.PICKUP}'"
    still_possible = (
        "1 = 1"
        if wanted.starter_mailing
        else f"NOT {withdrawn} AND (w.channel <> '{Channel.STARTER}' OR c.channel = w.channel)"
    )
    bulk.execute(
        f"""INSERT INTO run_change (card_id, kind, applies, mailing_on, {", ".join(COLUMNS)})
            SELECT * FROM (
                SELECT x.id, CASE
                    WHEN x.state = '{CardState.WITHDRAWN}' THEN '{CardEventKind.REINSTATED}'
                    WHEN x.old_channel <> x.channel THEN '{CardEventKind.CHANNEL_CHANGED}'
                    WHEN COALESCE(x.old_point, 0) <> COALESCE(x.point_id, 0) THEN '{CardEventKind.MOVED}'
                    WHEN x.is_alike = 1 AND COALESCE(x.old_mailing, '0001-01-01') = COALESCE(x.mailing, '0001-01-01')
                        THEN NULL
                    ELSE '' END AS kind,
                    x.applies, x.mailing, {", ".join(f"x.{name}" for name in COLUMNS)}
                FROM (
                    SELECT c.id, c.state, c.channel AS old_channel, c.pickup_point_id AS old_point,
                        c.mailing_on AS old_mailing, {applies} AS applies,
                        CASE WHEN w.channel = '{Channel.STARTER}'
                            THEN COALESCE(%(mailing)s, c.mailing_on) END AS mailing,
                        CASE WHEN ({keeps_point} OR c.assigned_by = w.assigned_by) AND c.level = w.level
                            AND c.category = w.category AND c.nis = w.nis AND c.province = w.province
                            THEN 1 ELSE 0 END AS is_alike,
                        w.person_id, w.channel, w.level, w.category, w.nis, w.province,
                        CASE WHEN {keeps_point} THEN c.pickup_point_id ELSE w.point_id END AS point_id,
                        CASE WHEN {keeps_point} THEN c.assigned_by ELSE w.assigned_by END AS assigned_by
                    FROM ({wanted.of("run_person")}) w
                    JOIN {CARD} c ON c.person_id = w.person_id
                    WHERE c.state IN ('{CardState.ISSUED}', '{CardState.WITHDRAWN}') AND {still_possible}
                ) x
            ) changes WHERE kind IS NOT NULL""",
        wanted.parameters,
    )
    bulk.execute(
        f"""INSERT INTO run_change (card_id, kind, applies, person_id)
            SELECT c.id, '{CardEventKind.WITHDRAWN}', {0 if is_frozen else 1}, c.person_id
            FROM {CARD} c LEFT JOIN run_person j ON j.person_id = c.person_id AND j.got = {ENTITLED}
            WHERE c.card_year_id = %(card_year)s AND c.state = '{CardState.ISSUED}' AND j.person_id IS NULL""",
        wanted.parameters,
    )
    bulk.refresh_statistics("run_change")


def apply_changes(*, at: dt.datetime, by: User | None) -> dict[str, int]:
    """Do what applies of run_change, with an event for each card withdrawn, brought back, moved or rerouted.

    Returns how many of each kind.
    """
    known = {"at": connection.ops.adapt_datetimefield_value(at), "by": by.pk if by else None}
    counted = dict(bulk.fetch("SELECT kind, COUNT(*) FROM run_change WHERE applies = 1 GROUP BY kind"))
    if not counted:
        return {}
    bulk.execute(
        f"""INSERT INTO {EVENT} (card_id, kind, at, by_id, from_point_id, to_point_id)
            SELECT c.id, r.kind, %(at)s, %(by)s, c.pickup_point_id, r.point_id
            FROM run_change r JOIN {CARD} c ON c.id = r.card_id
            WHERE r.applies = 1 AND r.kind <> '' ORDER BY c.id""",
        known,
    )
    bulk.execute(
        f"""UPDATE {CARD} SET state = '{CardState.ISSUED}', withdrawn_at = NULL, channel = r.channel,
                pickup_point_id = r.point_id, assigned_by = r.assigned_by, mailing_on = r.mailing_on,
                level = r.level, category = r.category, nis = r.nis, province = r.province
            FROM run_change r
            WHERE r.card_id = {CARD}.id AND r.applies = 1 AND r.kind <> '{CardEventKind.WITHDRAWN}'"""
    )
    bulk.execute(
        f"""UPDATE {CARD} SET state = '{CardState.WITHDRAWN}', withdrawn_at = %(at)s
            FROM run_change r WHERE r.card_id = {CARD}.id AND r.applies = 1 AND r.kind = '{CardEventKind.WITHDRAWN}'""",
        known,
    )
    return counted


def count_live(card_year: CardYear) -> Counts:
    """The year's cards as they now stand, read once."""
    filters = {
        **{channel: f"{is_live('c')} AND c.channel = '{channel}'" for channel in Channel},
        **{reason: f"{is_live('c')} AND c.assigned_by = '{reason}'" for reason in AssignedBy},
    }
    sums = ", ".join(f"COUNT(*) FILTER (WHERE {condition})" for condition in filters.values())
    row = bulk.fetch(f"SELECT {sums} FROM {CARD} c WHERE c.card_year_id = %s", [card_year.pk])[0]
    counted = dict(zip(filters, row, strict=True))
    return Counts(
        channels={str(channel): counted[channel] for channel in Channel},
        assigned={str(reason): counted[reason] for reason in AssignedBy},
    )
