#!/usr/bin/env bash
# Installs a package of Debian or Ubuntu, for which one has to be root.
#
# Usage: apt_install.sh PACKAGE
set -euo pipefail

fail() { printf '%s\n' "$@" >&2; exit 1; }

[ "$(id -u)" = 0 ] || fail "$1 is missing, and only root can install it. Install it, then try again."
command -v apt-get >/dev/null || fail "$1 is missing, and there is no apt-get to install it with. Install it, then try again."
apt-get update -qq
# With what it recommends: without systemd, it is cgroupfs-mount that gives Docker its control groups.
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$1" >/dev/null
