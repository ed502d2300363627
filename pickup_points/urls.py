"""Addresses of the places. Every view is told by the project which year is spoken of: `shown` (lerarenkaart/urls.py)."""

from django.urls import path

from pickup_points.views import members, office_members, office_places, own_data, pages

app_name = "pickup_points"
# Needs `waiting` as well: whom a change touches.
touching_urlpatterns = [path("balie/<slug:code>/gegevens/", own_data.index, name="own-data")]
# Need `asked` and `waiting`: the pages of Klasse. An address with a word comes before those with a code.
office_urlpatterns = [
    path("beheer/punten/nieuw/", office_places.new, name="office-place-new"),
    path("beheer/punten/postcodes/toewijzen/", office_places.serve, name="office-serve"),
    path("beheer/punten/<slug:code>/gegevens/", office_places.edit, name="office-place"),
    path("beheer/punten/<slug:code>/meedoen/", office_places.join, name="office-place-join"),
    path("beheer/punten/<slug:code>/collegas/", office_members.index, name="office-members"),
    path("beheer/punten/<slug:code>/collegas/uitnodigen/", office_members.invite, name="office-members-invite"),
    path(
        "beheer/punten/<slug:code>/collegas/opnieuw/", office_members.invite_again, name="office-members-invite-again"
    ),
    path("beheer/punten/<slug:code>/collegas/rol/", office_members.change_role, name="office-members-role"),
    path("beheer/punten/<slug:code>/collegas/weg/", office_members.remove, name="office-members-remove"),
]
urlpatterns = [
    path("balie/<slug:code>/collegas/", members.index, name="members"),
    path("balie/<slug:code>/collegas/uitnodigen/", members.invite, name="members-invite"),
    path("balie/<slug:code>/collegas/opnieuw/", members.invite_again, name="members-invite-again"),
    path("balie/<slug:code>/collegas/rol/", members.change_role, name="members-role"),
    path("balie/<slug:code>/collegas/weg/", members.remove, name="members-remove"),
    path("afhaalpunten/", pages.index, name="index"),
    path("afhaalpunten/kaart.svg", pages.dot_map, {"tint": "licht"}, name="map"),
    path("afhaalpunten/kaart-donker.svg", pages.dot_map, {"tint": "donker"}, name="map-dark"),
    path("afhaalpunten/<slug:code>/", pages.point, name="point"),
    path("afhaalpunten/<slug:code>/openingsuren.ics", pages.calendar, name="calendar"),
    path("afhaalpunten/<slug:code>/kaart.svg", pages.dot_map, {"tint": "licht"}, name="point-map"),
    path("afhaalpunten/<slug:code>/kaart-donker.svg", pages.dot_map, {"tint": "donker"}, name="point-map-dark"),
]
