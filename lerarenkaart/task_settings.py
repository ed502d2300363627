"""The settings of the tasks that are the same everywhere: what Celery is told, and when its clock rings. Read by settings.py."""

from celery.schedules import crontab

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A task that hangs is killed before Redis would hand it out a second time; its job is taken over (ADR 0017).
CELERY_TASK_TIME_LIMIT = 6900
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Europe/Brussels"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE = {
    "forget-old-lookup-counters": {"task": "distribution.tasks.forget_old_lookup_counters", "schedule": 3600.0},
    "forget-ended-files": {"task": "distribution.tasks.forget_ended_files", "schedule": 3600.0},
    "seal-readings": {"task": "distribution.tasks.seal_readings", "schedule": 300.0, "options": {"expires": 290.0}},
    "purge": {"task": "distribution.tasks.purge_due", "schedule": 3600.0, "options": {"expires": 3500.0}},
    # The first of the morning that finds something mails it; a clock that began late mails later.
    "mail-digest": {
        "task": "lerarenkaart.tasks.mail_digest",
        "schedule": crontab(minute="0", hour="7-11", day_of_week="mon-fri"),
        "options": {"expires": 3500.0},
    },
    # One that waited behind long work is of no use any more: the next one comes.
    "sweep-jobs": {"task": "distribution.tasks.sweep_jobs", "schedule": 30.0, "options": {"expires": 25.0}},
}
# Above the longest task, or Redis hands a running task out a second time. A request that puts a task in the
# queue gives up on a hung or missing Redis within a second; the worker has its own, endless patience.
IN_A_HURRY = {
    "visibility_timeout": 7200,
    "socket_timeout": 0.2,
    "socket_connect_timeout": 0.2,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "connect_retries_timeout": 0.5,
}
