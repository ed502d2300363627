#!/usr/bin/env bash
# A running system with a fictitious year, on SQLite and without a broker: make demo [PEOPLE=222000] [PORT=8000]
set -euo pipefail
cd "$(dirname "$0")/.."

people="${PEOPLE:-5000}"
port="${PORT:-8000}"
while .venv/bin/python - "$port" <<'PY'
import socket, sys
with socket.socket() as probe:
    sys.exit(probe.connect_ex(("127.0.0.1", int(sys.argv[1]))) != 0)
PY
do
  port=$((port + 1))
done

# A database of its own, made anew each time: the demo never touches another one.
export VAR_DIR="$PWD/var/demo" DATABASE_URL="" REDIS_URL="" DEMO=on DEBUG=off
rm -rf "$VAR_DIR"
mkdir -p "$VAR_DIR"
SECRET_KEY="$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(48))')"
export SECRET_KEY SITE_URL="http://localhost:$port"

.venv/bin/python manage.py migrate --verbosity 0
.venv/bin/python manage.py collectstatic --noinput --verbosity 0
.venv/bin/python manage.py demo --people "$people" --seed "${SEED:-1}"
[ "${SERVE:-yes}" = no ] && exit 0
echo
echo "De site draait op $SITE_URL, stop met Ctrl-C."
exec .venv/bin/gunicorn lerarenkaart.wsgi --workers 1 --threads 8 --bind "127.0.0.1:$port" --log-level warning
