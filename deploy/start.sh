#!/usr/bin/env bash
# One process of the system. The container, the systemd units and the tests start them all through here.
#   deploy/start.sh migrate     once per release, before anything else, as owner of the tables: the database, who may
#                               what in it, and the static files (STATIC_READY=yes: they are there already)
#   deploy/start.sh web         the site                       WEB_BIND=0.0.0.0:8000 WEB_WORKERS=4 WEB_THREADS=4
#                               over TLS                       WEB_CERT=FILE WEB_KEY=FILE
#   deploy/start.sh worker      the jobs, the lists, the mail  WORKER_PROCESSES=2
#   deploy/start.sh scheduler   the clock; one is enough, a second does no harm
# Each stops on SIGTERM: web after the requests it has, worker after the task it has. Killed, nothing is lost:
# every request is a transaction and every job is taken over (docs/operations.md).
set -euo pipefail
cd "$(dirname "$0")/.."

bin=""
[ -x .venv/bin/python ] && bin=.venv/bin/
export PYTHONUNBUFFERED=1

case "${1:-}" in
  migrate)
    "${bin}python" manage.py migrate --verbosity 1
    "${bin}python" manage.py grant_rights
    [ "${STATIC_READY:-}" = yes ] || exec "${bin}python" manage.py collectstatic --noinput --verbosity 0
    ;;
  web)
    # The heartbeat file of gunicorn belongs in memory: on a slow disk it makes workers look dead.
    heartbeat=/dev/shm
    [ -w "$heartbeat" ] || heartbeat="${TMPDIR:-/tmp}"
    # What a web server that was killed left there: its folder is called after its process, which exec keeps.
    for left in "$heartbeat"/lerarenkaart-metrics-*; do
      [ -O "$left" ] || continue
      owner="${left##*-metrics-}"
      kill -0 "${owner%%-*}" 2>/dev/null || rm -rf "$left"
    done
    # Several processes count together in files; /metrics adds them up.
    PROMETHEUS_MULTIPROC_DIR="$(mktemp -d "$heartbeat/lerarenkaart-metrics-$$-XXXXXX")"
    export PROMETHEUS_MULTIPROC_DIR
    safely=()
    if [ -n "${WEB_CERT:-}${WEB_KEY:-}" ]; then
      safely=(--certfile "${WEB_CERT:?WEB_CERT ontbreekt}" --keyfile "${WEB_KEY:?WEB_KEY ontbreekt}")
    fi
    # Two processes for each core. One that holds four connections for each of its threads leaves new ones to the others:
    # otherwise those that a proxy keeps may nearly all have come to one (ADR 0021).
    threads="${WEB_THREADS:-4}"
    exec "${bin}gunicorn" lerarenkaart.wsgi --no-control-socket --worker-class lerarenkaart.web_worker.PoliteWorker \
      --bind "${WEB_BIND:-0.0.0.0:8000}" "${safely[@]}" \
      --workers "${WEB_WORKERS:-4}" --threads "$threads" --worker-connections "$((4 * threads))" \
      --timeout 60 --graceful-timeout 30 --keep-alive 5 \
      --worker-tmp-dir "$heartbeat" --log-level info
    ;;
  worker)
    exec "${bin}celery" -A lerarenkaart worker --loglevel INFO --concurrency "${WORKER_PROCESSES:-2}" \
      --without-gossip --without-mingle
    ;;
  scheduler)
    # What a clock remembers is when it rang last; forgetting that is harmless, so it keeps it in memory.
    exec "${bin}celery" -A lerarenkaart beat --loglevel INFO --scheduler celery.beat.Scheduler --pidfile=
    ;;
  *)
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
