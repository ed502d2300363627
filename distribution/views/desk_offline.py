"""What a desk needs to go on without a network: its worker, its manifest, and its page without anyone's name (ADR 0014)."""

import hashlib
import json
from dataclasses import replace

from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django_permissions_policy.decorators import permissions_policy_override

from distribution.views import desk as desk_screen
from pickup_points.desks import Desk
from pickup_points.http import at_desk
from pickup_points.models import User

SCOPE = "/balie/"
MODULES = (
    "book",
    "crypto",
    "leave",
    "main",
    "net",
    "queue",
    "scanner",
    "screen",
    "search",
    "session",
    "sound",
    "store",
)
FILES = (
    "lerarenkaart/site.css",
    "lerarenkaart/desk.css",
    "lerarenkaart/favicon.svg",
    *(f"lerarenkaart/desk/{name}.js" for name in MODULES),
)
WORKER = "lerarenkaart/desk/worker.js"
# The phone's camera may scan at a desk; nowhere else on the site.
with_camera = permissions_policy_override({"camera": ["self"], "geolocation": [], "microphone": []})


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It changes, and so takes over, when any of its files does."""
    files = [static(name) for name in FILES]
    script = static(WORKER)
    version = hashlib.sha256("\n".join([*files, script]).encode()).hexdigest()[:12]
    has_fingerprints = isinstance(staticfiles_storage, ManifestFilesMixin)
    lines = (
        f"self.FILES = {json.dumps(files)};",
        f"self.VERSION = {json.dumps(version)};",
        f"self.FINGERPRINTS = {json.dumps(has_fingerprints)};",
        f"importScripts({json.dumps(script)});",
    )
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = SCOPE
    return response


@require_safe
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone wants to know to put the desk among its apps."""
    return JsonResponse(
        {
            "id": SCOPE,
            "name": "Balie Lerarenkaart",
            "short_name": "Balie",
            "description": "Lerarenkaarten afgeven, ook zonder netwerk.",
            "lang": "nl-BE",
            "start_url": SCOPE,
            "scope": SCOPE,
            "display": "standalone",
            "background_color": "#faf5ec",
            "theme_color": "#0d4f4a",
            "icons": [
                {"src": static("lerarenkaart/desk-icon.svg"), "sizes": "any", "type": "image/svg+xml"},
                {"src": static("lerarenkaart/desk-icon-192.png"), "sizes": "192x192", "type": "image/png"},
                {
                    "src": static("lerarenkaart/desk-icon-512.png"),
                    "sizes": "512x512",
                    "type": "image/png",
                    "purpose": "any maskable",
                },
            ],
        },
        content_type="application/manifest+json",
    )


@require_safe
@with_camera
@at_desk()
def shell(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The desk's page as the worker keeps it: nobody's name, nobody's card, nothing that was done."""
    nameless = replace(desk, user=User(name="", email=""))
    return desk_screen.page(request, nameless, {"is_shell": True, "today_count": "", "closed": None})
