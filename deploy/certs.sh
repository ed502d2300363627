#!/usr/bin/env bash
# Certificates for what talks behind the proxy: deploy/certs.sh FOLDER [PART=USER …]. Run it again each month: what is
# still good stays, what ends within 30 days or misses a name is made anew, and it says until when each holds.
#   deploy/certs.sh deploy/certs postgres=999 redis=999 app=10001    the users of compose's containers (as root)
#   CERT_HOSTS="db1.intern 10.0.0.5"                                 what else servers are called, over machines
# Servers: postgres, redis, web. Who asks them: lerarenkaart_owner, lerarenkaart_web, lerarenkaart_worker, each the name
# of a role in the database. FOLDER/ca/ca.key makes others: keep it off the machines that serve.
set -euo pipefail
umask 077

folder="${1:-}"
[ -n "$folder" ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
shift
parts=("$@")
ca_days=3650 days=825 renew=$((30 * 86400))

say() { printf '%s\n' "$*" >&2; }

command -v openssl >/dev/null || { say "openssl ontbreekt: apt-get install openssl"; exit 1; }

user_of() { # user_of PART: who its key is for, as told on the command line
  local one
  for one in "${parts[@]-}"; do [ "${one%%=*}" = "$1" ] && { printf '%s' "${one#*=}"; return; }; done
  return 0
}

names_of() { # names_of SERVER: what it is asked by
  case "$1" in postgres) printf 'db ' ;; esac
  printf '%s localhost 127.0.0.1 %s' "$1" "${CERT_HOSTS:-}"
}

is_address() { case "$1" in *:*) return 0 ;; *[!0-9.]*) return 1 ;; *) return 0 ;; esac; }

is_good() { # is_good CERTIFICATE NAME…: ours, not about to end, and good for each name
  local file="$1" name check
  shift
  [ -e "$file" ] && [ -e "${file%.crt}.key" ] || return 1
  openssl x509 -checkend "$renew" -noout -in "$file" >/dev/null || return 1
  openssl verify -CAfile "$folder/ca.crt" "$file" >/dev/null 2>&1 || return 1
  for name in "$@"; do
    check=-checkhost
    is_address "$name" && check=-checkip
    openssl x509 -noout "$check" "$name" -in "$file" | grep -q 'does match' || return 1
  done
}

new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }

make() { # make NAME PURPOSE ALTERNATIVE-NAMES: a key and its certificate; only a whole pair gets its name
  local name="$1" purpose="$2" others="$3" half="$folder/.half"
  [ -e "$folder/ca/ca.key" ] || { say "Voor $name is $folder/ca/ca.key nodig: zet die even terug."; exit 2; }
  new_key "$half.key"
  {
    printf '%s\n' 'basicConstraints=critical,CA:FALSE' 'keyUsage=critical,digitalSignature' "extendedKeyUsage=$purpose" \
      'subjectKeyIdentifier=hash' 'authorityKeyIdentifier=keyid'
    [ -z "$others" ] || printf 'subjectAltName=%s\n' "$others"
  } >"$half.ext"
  openssl req -new -key "$half.key" -subj "/CN=$name" |
    openssl x509 -req -CA "$folder/ca.crt" -CAkey "$folder/ca/ca.key" -set_serial "0x$(openssl rand -hex 16)" \
      -days "$days" -extfile "$half.ext" -out "$half.crt" 2>/dev/null
  chmod 644 "$half.crt"
  mv "$half.key" "$folder/$name.key"
  mv "$half.crt" "$folder/$name.crt"
  rm "$half.ext"
  say "Gemaakt: $name"
}

give() { # give NAME PART: the key is for the user of that part alone
  local user
  user="$(user_of "$2")"
  [ -z "$user" ] || chown "$user" "$folder/$1.key"
  chmod 600 "$folder/$1.key"
}

mkdir -p "$folder/ca"
chmod 755 "$folder"
if [ ! -e "$folder/ca.crt" ]; then
  new_key "$folder/ca/ca.key"
  openssl req -x509 -new -key "$folder/ca/ca.key" -days "$ca_days" -subj "/CN=Lerarenkaart, intern" \
    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
    -out "$folder/ca.crt"
  chmod 644 "$folder/ca.crt"
  say "Gemaakt: ca"
fi

for name in postgres redis web; do
  read -r -a called <<<"$(names_of "$name")"
  if ! is_good "$folder/$name.crt" "${called[@]}"; then
    others=""
    for one in "${called[@]}"; do
      kind=DNS
      is_address "$one" && kind=IP
      others="$others${others:+,}$kind:$one"
    done
    # Redis also asks itself whether it answers.
    purpose=serverAuth
    [ "$name" != redis ] || purpose=serverAuth,clientAuth
    make "$name" "$purpose" "$others"
  fi
  part="$name"
  [ "$name" != web ] || part=app
  give "$name" "$part"
done
for name in lerarenkaart_owner lerarenkaart_web lerarenkaart_worker; do
  is_good "$folder/$name.crt" || make "$name" clientAuth ""
  give "$name" app
done
for file in "$folder"/*.crt; do
  printf '%s geldig tot %s\n' "$(basename "$file" .crt)" "$(date -u -d "$(openssl x509 -noout -enddate -in "$file" | cut -d= -f2)" +%F)"
done
