#!/usr/bin/env bash
# A backup into an empty database: deploy/restore.sh FILE, with DATABASE_URL of the new database in the environment.
#   BACKUP_IDENTITY=FILE  the secret key of age; gpg finds its own
# All or nothing, and never over something that is there. Afterwards: deploy/start.sh migrate, and start the rest.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
# shellcheck source=deploy/pg.sh
. "$here/pg.sh"

file="${1:-}"
[ -f "$file" ] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
case "$file" in
  *.age) open() { age --decrypt --identity "${BACKUP_IDENTITY:?BACKUP_IDENTITY ontbreekt}" "$file"; } ;;
  *.gpg) open() { gpg --batch --quiet --decrypt "$file"; } ;;
  *) open() { cat "$file"; } ;;
esac

tables="$(pg psql --no-psqlrc --tuples-only --no-align \
  --command "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'" </dev/null)"
if [ "$tables" != 0 ]; then
  say "In die databank staat al iets ($tables tabellen). Herstellen doe je in een lege."
  exit 2
fi
# The superuser of compose makes everything in the name of the owner.
open | pg pg_restore ${PG_VIA:+--role=lerarenkaart_owner} --no-owner --no-privileges --exit-on-error --single-transaction
pg psql --no-psqlrc --quiet --command "ANALYZE" </dev/null
say "Hersteld. Nu: deploy/start.sh migrate, en dan worker, web en scheduler."
