"""Which address leads to which door."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView

from lerarenkaart import health

urlpatterns = [
    path("", RedirectView.as_view(url="/waarismijnlerarenkaart/"), name="home"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("api/v1/schema/", SpectacularAPIView.as_view(permission_classes=[], authentication_classes=[]), name="schema"),
    path("technisch-beheer/", admin.site.urls),
    path("", include("distribution.urls")),
    path("", include("pickup_points.urls")),
]
