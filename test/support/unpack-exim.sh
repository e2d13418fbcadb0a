#!/usr/bin/env bash
# Unpacks Debian's Exim, which cannot be installed beside Postfix, into the
# folder that test/support/exim.ts runs it from. Does nothing when it is there.
set -euo pipefail
to=$(cd "$(dirname "$0")/../.." && pwd)/node_modules/.cache/exim
packages=(exim4-daemon-light libevent-2.1-7 libgnutls-dane0 libidn12 libunbound8)
sudo=""
[ "$(id -u)" = 0 ] || sudo=sudo

if [ ! -x "$to/usr/sbin/exim4" ]; then
  command -v apt-get >/dev/null || { echo "Exim comes from Debian's packages: there is no apt-get here" >&2; exit 1; }
  rm -rf "$to"
  mkdir -p "$to/debs"
  cd "$to/debs"
  # apt would hand the download to a user that may not write here.
  fetch() { apt-get -o APT::Sandbox::User=root download -qq "${packages[@]}"; }
  fetch 2>/dev/null || { $sudo apt-get update -qq; fetch; }
  for deb in *.deb; do dpkg -x "$deb" "$to"; done
  # It is root already, and would lose its library path on the way.
  chmod u-s "$to/usr/sbin/exim4"
fi

# Exim has the name of its user compiled in. A namespace has one of that name; where none may be made, it is made here.
if [ "$(id -u)" = 0 ] && ! unshare -m true 2>/dev/null && ! id Debian-exim >/dev/null 2>&1; then
  useradd --system --no-create-home Debian-exim
fi
