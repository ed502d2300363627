#!/usr/bin/env bash
# A backup of the one thing that counts: deploy/backup.sh FOLDER, with DATABASE_URL in the environment. Every night.
#   BACKUP_KEY=age1…      encrypted with age for this key; an address or fingerprint: with gpg
#   BACKUP_PLAIN=yes      not encrypted, when the folder itself is
#   BACKUP_DAYS=35        what is older goes, once a new one is there
# Prints the file it made. Only a whole backup gets its name.
set -euo pipefail
umask 077
here="$(cd "$(dirname "$0")" && pwd)"
# shellcheck source=deploy/pg.sh
. "$here/pg.sh"

folder="${1:-}"
key="${BACKUP_KEY:-}"
[ -n "$folder" ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
if [ -z "$key" ] && [ "${BACKUP_PLAIN:-}" != yes ]; then
  say "Er staan namen en adressen in: geef BACKUP_KEY, of zeg met BACKUP_PLAIN=yes dat de map zelf versleuteld is."
  exit 2
fi

case "$key" in
  "") ending=dump; lock() { cat; } ;;
  age1*) ending=dump.age; lock() { age --encrypt --recipient "$key"; } ;;
  *) ending=dump.gpg; lock() { gpg --batch --quiet --trust-model always --encrypt --recipient "$key"; } ;;
esac

mkdir -p "$folder"
made="$folder/lerarenkaart-$(date -u +%Y%m%dT%H%M%SZ).$ending"
trap 'rm -f "$made.half"' EXIT
pg pg_dump --format=custom --no-owner --no-privileges | lock > "$made.half"
sync "$made.half"
mv "$made.half" "$made"
find "$folder" -maxdepth 1 -type f -name 'lerarenkaart-*.dump*' -mtime "+${BACKUP_DAYS:-35}" -delete
printf '%s\n' "$made"
