"""/metrics, for Prometheus: counts of this machine, and what the database says of work that waits. No personal labels."""

import contextlib
import hmac
import os
import shutil
from collections.abc import Iterator

import redis
from django.conf import settings
from django.db import Error
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from distribution import tasks
from distribution.models import Job

REQUESTS = Counter("lerarenkaart_requests", "Requests, by route and status.", ["route", "method", "status"])
SECONDS = Histogram(
    "lerarenkaart_request_seconds",
    "How long an answer took.",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10),
)
LOOPBACK = {"127.0.0.1", "::1"}
# Where Celery keeps what waits.
QUEUE = "celery"


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Everything that is counted. Only for who asks from this machine itself, or knows METRICS_TOKEN: to others it is not there."""
    if not _may_see(request):
        raise Http404
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        counted = generate_latest(registry)
    else:
        counted = generate_latest(REGISTRY)
    states = CollectorRegistry()
    states.register(_States())
    return HttpResponse(counted + generate_latest(states), content_type=CONTENT_TYPE_LATEST)


def _may_see(request: HttpRequest) -> bool:
    told = request.headers.get("Authorization", "")
    if settings.METRICS_TOKEN:
        return hmac.compare_digest(told.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    return request.META.get("REMOTE_ADDR") in LOOPBACK and "X-Forwarded-For" not in request.headers


class _States(Collector):
    """What is so at the moment it is asked; what cannot be known just now is left out."""

    def collect(self) -> Iterator[Metric]:
        with contextlib.suppress(Error):
            yield from _jobs()
        if not settings.EMBEDDED:
            yield from _broker()
        free = shutil.disk_usage(settings.VAR_DIR)
        yield _gauge("lerarenkaart_disk_free_ratio", "Free part of the disk under VAR_DIR.", free.free / free.total)


def _jobs() -> Iterator[Metric]:
    now = timezone.now()
    jobs = GaugeMetricFamily("lerarenkaart_jobs", "Jobs, by kind and state.", labels=["kind", "state"])
    for kind, state, number in Job.objects.values_list("kind", "state").annotate(number=Count("*")).order_by():
        jobs.add_metric([kind, state], number)
    yield jobs
    ages = GaugeMetricFamily("lerarenkaart_job_oldest_seconds", "Age of the oldest open job.", labels=["state"])
    opened = Job.objects.filter(ended_at=None).values_list("state").annotate(since=Min("asked_at")).order_by()
    for state, since in opened:
        ages.add_metric([state], (now - since).total_seconds())
    yield ages


def _broker() -> Iterator[Metric]:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5) as client:
            yield _gauge("lerarenkaart_queue_length", "Tasks that wait for a worker.", float(client.llen(QUEUE)))
            swept = client.get(tasks.LAST_SWEEP)
    except redis.RedisError:
        return
    if swept is not None:
        yield _gauge("lerarenkaart_last_sweep_timestamp_seconds", "When a worker last swept.", float(swept))


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)
