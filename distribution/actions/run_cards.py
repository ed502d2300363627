"""The second step of a run: cards made, withdrawn, brought back, moved. In sets, and only where something differs."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from distribution.actions.run_judge import ENTITLED, KeyRange
from distribution.actions.run_wanted import COLUMNS, Wanted
from distribution.enums import AssignedBy, CardEventKind, CardState, Channel
from distribution.errors import DistributionError
from distribution.models import Card, CardEvent, CardYear, bulk
from distribution.rules import card_number
from pickup_points.models import User

CARD, EVENT = bulk.table(Card), bulk.table(CardEvent)
ENTITLED_PEOPLE = f"(SELECT * FROM run_person WHERE got = {ENTITLED})"


# The year's cards by the keys of their people. The sign keeps SQLite from the index by point, in whose
# order the cards lie all over the table.
IN_ORDER = "c.person_id BETWEEN %(first)s AND %(last)s AND +c.card_year_id = %(card_year)s"


class NumbersUsedUp(DistributionError):
    code = "card_numbers_used_up"


@dataclass(frozen=True)
class Counts:
    """How many live cards go along each way, and why those at a point lie there."""

    channels: dict[str, int]
    assigned: dict[str, int]


def number_sql(sequence: str, *, year: int) -> str:
    """SQL for rules.card_number.make: `sequence` is the SQL of a bigint from 1 to 999,999."""
    first_nine = f"({600_000_000 + year % 100 * 1_000_000} + {sequence})"
    return f"CAST({first_nine} * 100 + {first_nine} % 97 AS varchar(11))"


def find_newcomers(*, has_cards: bool) -> int:
    """Fill the temporary table run_newcomer: the entitled without a card in any state, numbered; how many they are.

    The order is that of the people's keys. Without cards in the year nobody needs to be looked for.
    """
    bulk.create_temporary(
        "run_newcomer",
        f"place {bulk.key_type(numbers_itself=True)}, person_id bigint, kind integer, institution_postcode varchar(4)",
    )
    none_yet = f"AND NOT EXISTS (SELECT 1 FROM {CARD} c WHERE c.person_id = j.person_id)" if has_cards else ""
    found = bulk.execute(
        f"""INSERT INTO run_newcomer (person_id, kind, institution_postcode)
            SELECT j.person_id, j.kind, j.institution_postcode FROM run_person j
            WHERE j.got = {ENTITLED} {none_yet} ORDER BY j.person_id"""
    )
    bulk.refresh_statistics("run_newcomer")
    return found


def count_without_card() -> int:
    """Entitled people without a card, or with one that was withdrawn."""
    return int(
        bulk.fetch(
            f"""SELECT COUNT(*) FROM run_person j WHERE j.got = {ENTITLED} AND NOT EXISTS (
                SELECT 1 FROM {CARD} c WHERE c.person_id = j.person_id AND c.state <> '{CardState.WITHDRAWN}')"""
        )[0][0]
    )


def issue(card_year: CardYear, *, wanted: Wanted, newcomers: int) -> int:
    """Give everyone in run_newcomer a card, numbered on from the year's last; returns how many were made.

    Raises NumbersUsedUp, before any is made, when six digits cannot hold them.
    """
    used = card_year.last_sequence
    if used + newcomers > card_number.HIGHEST_SEQUENCE:
        raise NumbersUsedUp(
            f"Er zijn meer kaarten nodig dan er nummers zijn: een jaar heeft er {card_number.HIGHEST_SEQUENCE}. "
            "Kijk na of het personeelsbestand klopt."
        )
    if not newcomers:
        return 0
    # A percent sign in the statement itself is doubled, since values are put in with %.
    number = number_sql(f"(w.place + {used})", year=card_year.year).replace("%", "%%")
    made = bulk.execute(
        f"""INSERT INTO {CARD} (card_year_id, person_id, number, channel, state, pickup_point_id, assigned_by,
                mailing_on, level, category, nis, province)
            SELECT %(card_year)s, w.person_id, {number}, w.channel, '{CardState.ISSUED}', w.point_id, w.assigned_by,
                CASE WHEN w.channel = '{Channel.STARTER}' THEN %(mailing)s END, w.level, w.category, w.nis, w.province
            FROM ({wanted.of("run_newcomer", extra="place")}) w""",
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


def find_changes(*, wanted: Wanted, keys: KeyRange, is_frozen: bool, late: bool) -> None:
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
                    FROM ({wanted.of(ENTITLED_PEOPLE)}) w
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
            WHERE {IN_ORDER} AND c.state = '{CardState.ISSUED}' AND j.person_id IS NULL""",
        in_order(wanted.card_year, keys=keys),
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


def count_live(card_year: CardYear, *, keys: KeyRange) -> Counts:
    """The year's cards as they now stand, read once and in the order in which they lie."""
    filters: dict[str, str] = {
        **{channel: f"c.channel = '{channel}'" for channel in Channel},
        **{reason: f"c.assigned_by = '{reason}'" for reason in AssignedBy},
    }
    sums = ", ".join(f"COUNT(*) FILTER (WHERE {condition})" for condition in filters.values())
    row = bulk.fetch(
        f"""SELECT {sums} FROM {CARD} c WHERE {IN_ORDER}
            AND c.state IN ('{CardState.ISSUED}', '{CardState.HANDED_OVER}')""",
        in_order(card_year, keys=keys),
    )[0]
    counted = dict(zip(filters, row, strict=True))
    return Counts(
        channels={str(channel): counted[channel] for channel in Channel},
        assigned={str(reason): counted[reason] for reason in AssignedBy},
    )


def in_order(card_year: CardYear, *, keys: KeyRange) -> dict[str, object]:
    """The parameters of IN_ORDER."""
    return {"card_year": card_year.pk, "first": keys.first, "last": keys.last}
