"""The technical admin, behind the same login as everything else and never without the second step."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from pickup_points.http import ask_for_second_factor, lacks_second_factor
from pickup_points.models import User
from pickup_points.security_events import SecurityEvent, tell


class TechnicalAdmin(AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return super().has_permission(request) and isinstance(user, User) and not lacks_second_factor(user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """No login page of its own: limits, second step and passkeys are those of /account/login/."""
        user = request.user
        if not isinstance(user, User):
            return redirect_to_login(self._next(request))
        if not (user.is_active and user.is_staff):
            tell(SecurityEvent.ACCESS_REFUSED, account=user.pk, why="no_technical_admin")
            raise PermissionDenied
        if lacks_second_factor(user):
            tell(SecurityEvent.ACCESS_REFUSED, account=user.pk, why="no_second_step")
            return ask_for_second_factor(request)
        return redirect(self._next(request))

    def _next(self, request: HttpRequest) -> str:
        asked = request.GET.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
        return asked if asked and is_ours else reverse("admin:index")
