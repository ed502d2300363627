"""What every entitled person's card should be: way, point, and what the figures group by.

A piece of SQL and not a table: it is read once where cards are made and once where they are
compared, and nothing is written twice. It says in sets what rules.channels and rules.assignment
say of one person; the tests hold them together.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from distribution.enums import AssignedBy, Channel
from distribution.models import CardYear, Person, Subscriber, bulk
from distribution.queries import earlier_holders
from pickup_points.models import ServedPostcode
from pickup_points.reference import localities

PERSON, SUBSCRIBER = bulk.table(Person), bulk.table(Subscriber)

COLUMNS = ("person_id", "channel", "point_id", "assigned_by", "level", "category", "nis", "province")


@dataclass(frozen=True)
class Wanted:
    """`of(people)` is the SQL of the cards that `people`, a table like run_person, should have."""

    card_year: CardYear
    starter_mailing: dt.date | None

    @property
    def parameters(self) -> dict[str, object]:
        return {"card_year": self.card_year.pk, "mailing": self.starter_mailing}

    def of(self, people: str, *, extra: str = "") -> str:
        """One row per person in `people`, with COLUMNS and the column `extra` of `people`. All must be entitled."""
        extra = f", {extra}" if extra else ""
        needs_school = "home.point_id IS NULL" if self.card_year.falls_back_on_school else "1 = 0"
        return f"""
            SELECT w.person_id, w.channel,
                CASE WHEN w.channel = '{Channel.PICKUP}' THEN COALESCE(w.home_point, w.school_point) END AS point_id,
                CASE WHEN w.channel <> '{Channel.PICKUP}' THEN ''
                    WHEN w.home_point IS NOT NULL THEN '{AssignedBy.RESIDENCE}'
                    WHEN w.school_point IS NOT NULL THEN '{AssignedBy.INSTITUTION}'
                    ELSE '{AssignedBy.UNASSIGNED}' END AS assigned_by,
                w.level, w.category, w.nis, w.province{extra}
            FROM (
                SELECT j.person_id, COALESCE(way.channel, '{Channel.PICKUP}') AS channel,
                    home.point_id AS home_point, school.point_id AS school_point, kind.level, kind.category,
                    COALESCE(home.nis, '') AS nis, COALESCE(home.province, '') AS province{extra}
                FROM {people} j
                CROSS JOIN {PERSON} p
                CROSS JOIN run_kind kind
                LEFT JOIN run_way way ON way.person_id = j.person_id
                LEFT JOIN run_place home ON home.postcode = CASE WHEN p.country = 'BE' THEN p.postcode END
                LEFT JOIN run_place school
                    ON school.postcode = CASE WHEN {needs_school} THEN j.institution_postcode END
                WHERE p.id = j.person_id AND kind.kind = j.kind
            ) w"""


def load_ways(card_year: CardYear) -> None:
    """The temporary table run_way: the way of everyone whose card does not go to a pickup point.

    Starters are few and holders many, so it is the holders that are taken away: both lists lie
    sorted by staff number already.
    """
    known: dict[str, object] = {"card_year": card_year.pk}
    bulk.create_temporary("run_way", f"person_id {bulk.key_type()}, channel varchar(12)")
    bulk.execute(
        f"""INSERT INTO run_way (person_id, channel)
            SELECT p.id, '{Channel.SUBSCRIPTION}' FROM {SUBSCRIBER} s
            JOIN {PERSON} p ON p.card_year_id = s.card_year_id AND p.staff_number = s.staff_number
            WHERE s.card_year_id = %(card_year)s""",
        known,
    )
    holders = earlier_holders.find(card_year)
    if holders.are_known:
        bulk.create_temporary("run_new_number", "staff_number varchar(11)")
        bulk.execute(
            f"""INSERT INTO run_new_number (staff_number)
                SELECT staff_number FROM {PERSON} WHERE card_year_id = %(card_year)s
                {"".join(f"EXCEPT {of} " for of in holders.selects)} ORDER BY 1""",
            known | holders.parameters,
        )
        bulk.refresh_statistics("run_new_number")
        bulk.execute(
            f"""INSERT INTO run_way (person_id, channel)
                SELECT p.id, '{Channel.STARTER}' FROM run_new_number n
                JOIN {PERSON} p ON p.card_year_id = %(card_year)s AND p.staff_number = n.staff_number
                WHERE NOT EXISTS (SELECT 1 FROM run_way way WHERE way.person_id = p.id)""",
            known,
        )
    bulk.refresh_statistics("run_way")


def load_places(card_year: CardYear) -> None:
    """The temporary table run_place: of every postcode its serving point this year, municipality and province."""
    bulk.create_temporary(
        "run_place",
        "postcode varchar(20) PRIMARY KEY, point_id bigint, nis varchar(5), province varchar(40)",
        is_keyed_by_text=True,
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
