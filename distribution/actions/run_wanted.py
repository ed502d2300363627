"""What every entitled person's card should be: way, point, and what the figures group by.

A piece of SQL and not a table: it is read once where cards are made and once where they are
compared, and nothing is written twice. It says in sets what rules.channels and rules.assignment
say of one person; the tests hold them together.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from distribution.actions.run_judge import ENTITLED
from distribution.enums import AssignedBy, CardState, Channel
from distribution.models import Card, CardYear, EarlierHolder, Person, Subscriber, bulk
from distribution.queries import earlier_holders
from distribution.queries.earlier_holders import Holders
from pickup_points.models import ServedPostcode
from pickup_points.reference import localities

CARD, PERSON = bulk.table(Card), bulk.table(Person)
SUBSCRIBER, HOLDER = bulk.table(Subscriber), bulk.table(EarlierHolder)

COLUMNS = ("person_id", "channel", "point_id", "assigned_by", "level", "category", "nis", "province")


@dataclass(frozen=True)
class Wanted:
    """`of(people)` is the SQL of the cards that `people`, a table or subquery like run_person, should have."""

    card_year: CardYear
    holders: Holders
    starter_mailing: dt.date | None

    @property
    def parameters(self) -> dict[str, object]:
        return {"card_year": self.card_year.pk, "before": self.holders.cards_of, "mailing": self.starter_mailing}

    def of(self, people: str, *, extra: str = "") -> str:
        """One row per entitled person, with COLUMNS and the columns of `people` named in `extra` (`", j.…"`)."""
        joins, held = self._earlier_holders()
        is_starter = f"NOT ({held})" if self.holders.are_known else "1 = 0"
        channel = (
            f"CASE WHEN s.id IS NOT NULL THEN '{Channel.SUBSCRIPTION}' "
            f"WHEN {is_starter} THEN '{Channel.STARTER}' ELSE '{Channel.PICKUP}' END"
        )
        return f"""
            SELECT w.person_id, w.channel,
                CASE WHEN w.channel = '{Channel.PICKUP}' THEN COALESCE(w.home_point, w.school_point) END AS point_id,
                CASE WHEN w.channel <> '{Channel.PICKUP}' THEN ''
                    WHEN w.home_point IS NOT NULL THEN '{AssignedBy.RESIDENCE}'
                    WHEN w.school_point IS NOT NULL THEN '{AssignedBy.INSTITUTION}'
                    ELSE '{AssignedBy.UNASSIGNED}' END AS assigned_by,
                w.level, w.category, w.nis, w.province{extra.replace("j.", "w.")}
            FROM (
                SELECT j.person_id, {channel} AS channel, home.point_id AS home_point, school.point_id AS school_point,
                    kind.level, kind.category,
                    COALESCE(home.nis, '') AS nis, COALESCE(home.province, '') AS province{extra}
                FROM {people} j
                JOIN {PERSON} p ON p.id = j.person_id
                JOIN run_kind kind ON kind.kind = j.kind
                LEFT JOIN run_place home ON home.postcode = CASE WHEN p.country = 'BE' THEN p.postcode END
                LEFT JOIN run_place school
                    ON school.postcode = CASE WHEN home.point_id IS NULL THEN j.institution_postcode END
                LEFT JOIN {SUBSCRIBER} s ON s.card_year_id = %(card_year)s AND s.staff_number = p.staff_number
                {joins}
                WHERE j.got = {ENTITLED}
            ) w"""

    def _earlier_holders(self) -> tuple[str, str]:
        """The joins that find last year's card of a person, and the condition that there is one."""
        joins, held = [], []
        if self.holders.cards_of is not None:
            not_held = ", ".join(f"'{state}'" for state in earlier_holders.NOT_HELD)
            joins.append(
                f"""LEFT JOIN {PERSON} before_p
                        ON before_p.card_year_id = %(before)s AND before_p.staff_number = p.staff_number
                    LEFT JOIN {CARD} before_c ON before_c.person_id = before_p.id AND before_c.state NOT IN ({not_held})"""
            )
            held.append("before_c.id IS NOT NULL")
        for year in self.holders.list_years:
            joins.append(
                f"LEFT JOIN {HOLDER} h{year} ON h{year}.year = {year} AND h{year}.staff_number = p.staff_number"
            )
            held.append(f"h{year}.id IS NOT NULL")
        return "\n".join(joins), " OR ".join(held)


def load_places(card_year: CardYear) -> None:
    """The temporary table run_place: of every postcode its serving point this year, municipality and province."""
    bulk.create_temporary(
        "run_place",
        "postcode varchar(20) PRIMARY KEY, point_id bigint, nis varchar(5), province varchar(40)",
    )
    bulk.load("run_place", ("postcode", "point_id", "nis", "province"), _places(card_year))
    bulk.refresh_statistics("run_place")


def _places(card_year: CardYear) -> Iterator[tuple[str, int | None, str, str]]:
    served = dict(
        ServedPostcode.objects.filter(year=card_year.year, is_choice=False).values_list("postcode", "point_id")
    )
    known = localities(card_year.year)
    for postcode in sorted(served.keys() | known.keys()):
        place = known.get(postcode)
        yield postcode, served.get(postcode), place.nis if place else "", place.province if place else ""


def is_live(alias: str) -> str:
    """SQL: the card is there, waiting or handed over."""
    return f"{alias}.state IN ('{CardState.ISSUED}', '{CardState.HANDED_OVER}')"
