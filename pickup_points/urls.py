"""Addresses of the places. Every view is told by the project which year is spoken of: `shown` (lerarenkaart/urls.py)."""

from django.urls import path

from pickup_points.views import pages

app_name = "pickup_points"
urlpatterns = [
    path("afhaalpunten/", pages.index, name="index"),
    path("afhaalpunten/kaart.svg", pages.dot_map, {"tint": "licht"}, name="map"),
    path("afhaalpunten/kaart-donker.svg", pages.dot_map, {"tint": "donker"}, name="map-dark"),
    path("afhaalpunten/<slug:code>/", pages.point, name="point"),
    path("afhaalpunten/<slug:code>/openingsuren.ics", pages.calendar, name="calendar"),
    path("afhaalpunten/<slug:code>/kaart.svg", pages.dot_map, {"tint": "licht"}, name="point-map"),
    path("afhaalpunten/<slug:code>/kaart-donker.svg", pages.dot_map, {"tint": "donker"}, name="point-map-dark"),
]
