# SPDX-License-Identifier: Apache-2.0
# Shared by the scripts: where the project is, and installing Debian packages that are missing.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=${WEFT_JOBS:-$(nproc)}

run_packages="g++ make cmake ninja-build ccache verilator libfmt-dev libcli11-dev nlohmann-json3-dev
  libyaml-cpp-dev libflatbuffers-dev flatbuffers-compiler zlib1g-dev libpng-dev libssl-dev
  libsystemc-dev libeigen3-dev"
test_packages="libgtest-dev python3-yaml yosys qflow-tech-osu018 chromium"

# install_packages NAME...: those that are not there yet, with one line saying so and how long it took.
install_packages() {
  local missing=() name
  for name in "$@"; do
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  local sudo="" begin=$SECONDS
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  echo "installing Debian packages: ${missing[*]}" >&2
  export DEBIAN_FRONTEND=noninteractive
  if ! { $sudo apt-get update -qq && $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/tmp/weft-apt.$$.log 2>&1; then
    cat /tmp/weft-apt.$$.log >&2
    echo "could not install: ${missing[*]}; install them by hand: apt-get install ${missing[*]}" >&2
    exit 5
  fi
  rm -f /tmp/weft-apt.$$.log
  echo "packages installed in $((SECONDS - begin)) s (not counted as build time)" >&2
}
