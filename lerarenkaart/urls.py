"""Which address leads to which door."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView

from lerarenkaart import health, seasons

urlpatterns = [
    path("", RedirectView.as_view(url="/waarismijnlerarenkaart/"), name="home"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("api/v1/schema/", SpectacularAPIView.as_view(permission_classes=[], authentication_classes=[]), name="schema"),
    path("technisch-beheer/", admin.site.urls),
    path("", include("distribution.urls")),
    path("", include("pickup_points.urls"), {"shown": seasons.shown}),
]
handler400 = "distribution.views.pages.bad_request"
handler403 = "distribution.views.pages.forbidden"
handler404 = "distribution.views.pages.not_found"
handler500 = "distribution.views.pages.failed"
