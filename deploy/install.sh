#!/usr/bin/env bash
# Makes this checkout ready on a Debian machine, and does nothing when it already is.
#   deploy/install.sh        what the site needs
#   deploy/install.sh test   what the tests need as well: Chromium, PostgreSQL, Redis, openssl
# Debian packages come through apt when this may be done; otherwise the command to run is said.
set -euo pipefail
cd "$(dirname "$0")/.."

extra="${1:-}"
venv=.venv
requirements=requirements.txt
packages=()
[ "$extra" = test ] && requirements=requirements-dev.txt

say() { printf '%s\n' "$*" >&2; }

have_library() { ldconfig -p 2>/dev/null | grep -q "$1"; }

want() { # want PACKAGE: name it once
  case " ${packages[*]-} " in *" $1 "*) ;; *) packages+=("$1") ;; esac
}

find_python() {
  for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null || continue
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v "$candidate"; return; }
  done
  return 1
}

install_packages() {
  [ ${#packages[@]} -eq 0 ] && return
  local run=()
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then run=(sudo -n); else
      say "Er ontbreken programma's die enkel de beheerder kan installeren. Voer dit uit en begin opnieuw:"
      say "    sudo apt-get update && sudo apt-get install -y ${packages[*]}"
      exit 1
    fi
  fi
  if ! command -v apt-get >/dev/null; then
    say "Dit is geen Debian. Installeer zelf wat bij ${packages[*]} hoort, en begin opnieuw."
    exit 1
  fi
  say "Debian-pakketten installeren: ${packages[*]}"
  "${run[@]}" apt-get update -qq
  "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
}

python=$(find_python) || { want python3; want python3-venv; install_packages; python=$(find_python) || {
  say "Python 3.11 of hoger is nodig en werd niet gevonden."; exit 1; }; }
"$python" -c 'import ensurepip, venv' 2>/dev/null || want python3-venv
# What WeasyPrint draws with.
have_library libpango-1.0.so.0 || want libpango-1.0-0
have_library libpangoft2-1.0.so.0 || want libpangoft2-1.0-0
have_library libharfbuzz-subset.so.0 || want libharfbuzz-subset0
[ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] || want fonts-dejavu-core
if [ "$extra" = test ]; then
  command -v chromium >/dev/null || want chromium
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || want postgresql
  command -v redis-server >/dev/null || want redis-server
  command -v openssl >/dev/null || want openssl
fi
install_packages

stamp="$venv/.installed-$(cat requirements.txt "$requirements" | sha256sum | cut -c1-16)"
if [ ! -e "$stamp" ]; then
  say "Python-pakketten installeren uit $requirements …"
  [ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
    --require-hashes -r "$requirements" || {
    say "De Python-pakketten konden niet geïnstalleerd worden. Is er een verbinding met het netwerk?"; exit 1; }
  touch "$stamp"
fi
