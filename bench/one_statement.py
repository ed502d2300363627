"""The year run as one INSERT … SELECT with joins: the limit of the year run.

The rules of interface.md §3 written out in SQL, for the bench's own data and with nothing around them:
no reasons for who gets no card, no second run, no counts, no tables to edit. What performance.md calls
"INSERT … SELECT with joins, one statement".
"""

import datetime as dt

from django.db import transaction

from distribution.models import Appointment, Card, CardYear, EarlierHolder, EntitledCategory, Person, Subscriber, bulk
from distribution.queries import years
from pickup_points.models import ServedPostcode
from pickup_points.reference import localities

STATEMENT = f"""
    INSERT INTO {bulk.table(Card)} (card_year_id, person_id, number, channel, state, pickup_point_id, assigned_by,
        mailing_on, level, category, nis, province)
    SELECT %(card_year)s, id, CAST((627000000 + place) * 100 + (627000000 + place) %% 97 AS varchar(11)), channel,
        'issued', CASE WHEN channel = 'pickup' THEN COALESCE(home, school) END,
        CASE WHEN channel <> 'pickup' THEN '' WHEN home IS NOT NULL THEN 'by_residence'
            WHEN school IS NOT NULL THEN 'by_institution' ELSE 'unassigned' END,
        CASE WHEN channel = 'starter' THEN %(mailing)s END, level, category, nis, province
    FROM (
        SELECT p.id, ROW_NUMBER() OVER (ORDER BY p.id) AS place, a.level, a.category,
            CASE WHEN s.id IS NOT NULL THEN 'subscription' WHEN h.id IS NULL THEN 'starter' ELSE 'pickup' END AS channel,
            home.point_id AS home, school.point_id AS school,
            COALESCE(l.nis, '') AS nis, COALESCE(l.province, '') AS province
        FROM (
            SELECT person_id, level, category, institution_postcode, ROW_NUMBER() OVER (
                PARTITION BY person_id ORDER BY begins_on DESC, level DESC, category DESC, institution_postcode DESC
            ) AS nth
            FROM {bulk.table(Appointment)} t
            WHERE begins_on <= %(on)s AND (ends_on IS NULL OR ends_on >= %(on)s) AND paid_by = 'ministerie'
                AND EXISTS (SELECT 1 FROM {bulk.table(EntitledCategory)} e
                    WHERE e.card_year_id = %(card_year)s AND e.level = t.level AND e.category = t.category)
                AND NOT (interruption_in_full AND interruption_code IN ('107', '228', 'TBS')
                    AND (interruption_begins_on IS NULL OR interruption_begins_on <= %(on)s)
                    AND (interruption_ends_on IS NULL OR interruption_ends_on >= %(on)s))
        ) a
        JOIN {bulk.table(Person)} p ON p.id = a.person_id AND p.card_year_id = %(card_year)s
        LEFT JOIN {bulk.table(Subscriber)} s ON s.card_year_id = p.card_year_id AND s.staff_number = p.staff_number
        LEFT JOIN {bulk.table(EarlierHolder)} h ON h.year = %(year)s AND h.staff_number = p.staff_number
        LEFT JOIN {bulk.table(ServedPostcode)} home ON home.year = %(year)s AND NOT home.is_choice
            AND home.postcode = p.postcode AND p.country = 'BE'
        LEFT JOIN {bulk.table(ServedPostcode)} school ON school.year = %(year)s AND NOT school.is_choice
            AND school.postcode = a.institution_postcode
        LEFT JOIN bench_place l ON l.postcode = p.postcode AND p.country = 'BE'
        WHERE a.nth = 1
    ) made ORDER BY id
"""


def prepare(card_year: CardYear) -> None:
    """The reference table of postcodes as a table, which the run makes for itself each time."""
    bulk.execute("DROP TABLE IF EXISTS bench_place")
    bulk.execute("CREATE TABLE bench_place (postcode varchar(20) PRIMARY KEY, nis varchar(5), province varchar(40))")
    places = localities(card_year.year).values()
    bulk.load(
        "bench_place", ("postcode", "nis", "province"), ((each.postcode, each.nis, each.province) for each in places)
    )


def insert(card_year: CardYear, *, on: dt.date) -> int:
    """Make the cards of the year into an empty card table; returns how many. The numbers are those of 2027."""
    with transaction.atomic():
        return bulk.execute(
            STATEMENT,
            {
                "card_year": card_year.pk,
                "year": card_year.year,
                "on": on,
                "mailing": years.mailings(card_year)[0],
            },
        )
