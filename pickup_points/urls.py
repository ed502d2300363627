"""Addresses of the places."""

from django.urls import URLPattern, URLResolver

app_name = "pickup_points"
urlpatterns: list[URLPattern | URLResolver] = []
