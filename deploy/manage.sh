#!/usr/bin/env bash
# A command of manage.py with the secrets and the rights of the worker, where systemd runs the site; as root:
#   deploy/manage.sh add_user jij@voorbeeld.be --office
# It reads what the worker reads (deploy/systemd/lerarenkaart-worker.service), and runs as the worker's user.
#   RUN_AS=lerarenkaart     that user        FILES_IN=          a folder in which /etc lies, for a test
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -gt 0 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
unit=deploy/systemd/lerarenkaart-worker.service
user="${RUN_AS:-lerarenkaart}" within="${FILES_IN:-}"
umask 077
folder="$(mktemp -d "${TMPDIR:-/tmp}/lerarenkaart-XXXXXX")"
trap 'rm -rf "$folder"' EXIT

while IFS= read -r line; do
  [[ "$line" =~ ^[A-Z_]+= ]] && export "$line"
done <"$within$(sed -n 's/^EnvironmentFile=//p' "$unit")"
while IFS= read -r words; do
  for word in $words; do export "${word//%d/$folder}"; done
done < <(sed -n 's/^Environment=//p' "$unit")
while IFS=: read -r name file; do
  install -m 400 -o "$user" "$within$file" "$folder/$name"
done < <(sed -n 's/^LoadCredential=//p' "$unit")
chown "$user" "$folder"

bin=""
[ -x .venv/bin/python ] && bin=.venv/bin/
as=()
[ "$(id -un)" = "$user" ] || as=(runuser -u "$user" --)
"${as[@]}" "${bin}python" manage.py "$@"
