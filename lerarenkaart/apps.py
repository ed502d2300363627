from django.apps import AppConfig


class LerarenkaartConfig(AppConfig):
    name = "lerarenkaart"
    verbose_name = "Lerarenkaart"

    def ready(self) -> None:
        from lerarenkaart.accounts import noticing  # noqa: PLC0415 -- needs the models, which are there by now

        noticing.connect()
