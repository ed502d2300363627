"""Which address leads to which door."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView

from distribution import urls as cards
from distribution.views.office_page import Asked
from lerarenkaart import health, metrics, seasons, stopping, touched
from pickup_points import urls as places

# What Klasse does with places stands in its frame, and asks whom it touches.
office = {"asked": Asked, "waiting": touched.people_waiting}
places_urls = [
    path("", include(places.office_urlpatterns), office),
    path("", include(places.touching_urlpatterns), {"waiting": touched.people_waiting}),
    path("", include(places.urlpatterns)),
]
cards_urls = [
    path("", include(cards.touching_urlpatterns), {"stopping": stopping}),
    path("", include(cards.urlpatterns)),
]
urlpatterns = [
    path("", RedirectView.as_view(url="/waarismijnlerarenkaart/"), name="home"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", metrics.show, name="metrics"),
    path("api/v1/schema/", SpectacularAPIView.as_view(permission_classes=[], authentication_classes=[]), name="schema"),
    path("technisch-beheer/", admin.site.urls),
    path("account/", include("lerarenkaart.accounts.urls")),
    path("beheer/accounts/", include("lerarenkaart.accounts.office_urls")),
    # Places first: /beheer/punten/nieuw/ is no point that is called "nieuw".
    path("", include((places_urls, places.app_name)), {"shown": seasons.shown}),
    path("", include((cards_urls, cards.app_name))),
]
handler400 = "distribution.views.pages.bad_request"
handler403 = "distribution.views.pages.forbidden"
handler404 = "distribution.views.pages.not_found"
handler500 = "distribution.views.pages.failed"
