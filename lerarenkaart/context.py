"""What every page may know without asking."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, bool]:
    """`is_demo`: everything here is fictitious, and each page says so."""
    return {"is_demo": settings.DEMO}
