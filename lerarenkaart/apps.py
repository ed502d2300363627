from django.apps import AppConfig


class LerarenkaartConfig(AppConfig):
    name = "lerarenkaart"
    verbose_name = "Lerarenkaart"
