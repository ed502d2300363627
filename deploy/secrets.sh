#!/usr/bin/env bash
# The secrets as files: deploy/secrets.sh FOLDER [USER]. Those that need only be long and unguessable are made; those that
# come from elsewhere (email_url, oidc_client_secret) or before (second_step_old_keys) begin empty. What is there stays.
#   deploy/secrets.sh deploy/secrets 10001            compose (as root)
#   deploy/secrets.sh /etc/lerarenkaart/secrets       systemd (as root)
set -euo pipefail
umask 077

folder="${1:-}" user="${2:-}"
[ -n "$folder" ] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
mkdir -p "$folder"
for name in secret_key audit_key second_step_key metrics_token postgres_password; do
  [ -s "$folder/$name" ] || openssl rand -hex 32 >"$folder/$name"
done
for name in email_url oidc_client_secret second_step_old_keys; do
  [ -e "$folder/$name" ] || : >"$folder/$name"
done
if [ -n "$user" ]; then
  chmod 711 "$folder"
  # The superuser of the database is nobody of the site.
  find "$folder" -type f ! -name postgres_password -exec chown "$user" {} +
fi
