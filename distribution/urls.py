"""Addresses of the cards."""

from django.urls import URLPattern, URLResolver, path

from distribution.api.lookup import LookupView
from distribution.views import lookup, pages

app_name = "distribution"
urlpatterns: list[URLPattern | URLResolver] = [
    path("waarismijnlerarenkaart/", lookup.index, name="lookup"),
    path("toegankelijkheid/", pages.accessibility, name="accessibility"),
    path("privacy/", pages.privacy, name="privacy"),
    path("robots.txt", pages.robots, name="robots"),
    path("api/v1/lookup/", LookupView.as_view(), name="api-lookup"),
]
