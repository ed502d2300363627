from django.apps import AppConfig


class PickupPointsConfig(AppConfig):
    name = "pickup_points"
    verbose_name = "Afhaalpunten"
