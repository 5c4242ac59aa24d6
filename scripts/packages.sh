# SPDX-License-Identifier: Apache-2.0
# Sourced: installs Debian packages that are missing, without starting the services they bring. Needs root or sudo only then.
install_packages() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" = "install ok installed" ] || missing+=("$package")
  done
  [ "${#missing[@]}" = 0 ] || install_now "${missing[@]}"
}

# In a process of its own, so that what is put up meanwhile goes however it ends.
install_now() (
  set -e
  echo "setup: installing $*"
  as_root=(); [ "$(id -u)" = 0 ] || as_root=(sudo)
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then  # a package's service is not started while this says no
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod +x "$policy"
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
  fi
  "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=500 update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -o DPkg::Lock::Timeout=500 install -y -qq --no-install-recommends "$@" >/dev/null
)
