# For backup.sh and restore.sh: `pg PROGRAM …` runs a program of PostgreSQL on the database of DATABASE_URL.
# The password goes through the environment: on the command line everyone on this machine could read it.
#   PG_VIA="docker compose -f deploy/compose.yaml exec -T -u postgres db"   runs it there instead, on the database of compose.

say() { printf '%s\n' "$*" >&2; }

if [ -z "${PG_VIA:-}" ]; then
  case "${DATABASE_URL:-}" in
    postgres://*|postgresql://*) ;;
    *) say "DATABASE_URL moet postgres://… zijn. Van SQLite kopieer je het bestand zelf, met sqlite3 … .backup."; exit 2 ;;
  esac
  parts="$(python3 - <<'PY'
import os, shlex
from urllib.parse import parse_qsl, unquote, urlsplit

url = urlsplit(os.environ["DATABASE_URL"])
told = {"PGHOST": url.hostname, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password}
told["PGDATABASE"] = url.path.lstrip("/")
told = {name: unquote(str(value)) for name, value in told.items() if value}
# How to be sure who answers.
told |= {f"PG{name.upper()}": value for name, value in parse_qsl(url.query) if name.startswith("ssl")}
for name, value in told.items():
    print(f"export {name}={shlex.quote(value)}")
PY
)"
  eval "$parts"
fi

pg() {
  local program="$1"
  shift
  if [ -n "${PG_VIA:-}" ]; then
    # shellcheck disable=SC2086 -- words of a command
    $PG_VIA "$program" --username=postgres --dbname=lerarenkaart "$@"
  else
    "$program" --dbname="$PGDATABASE" "$@"
  fi
}
