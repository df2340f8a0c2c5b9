#!/usr/bin/env bash
# Makes sure that Docker runs and has AWS's image for Python 3.13, in which `sam local` runs functions.
#
# An image that is already there is used as it is; otherwise AWS's own is pulled. If its registry is out of reach, as on
# a CI machine behind a package mirror, a stand-in is built under the image's name, so that `sam local` runs unchanged.
#
# Real in the stand-in: SAM's container, the read-only /var/task, the runtime interface emulator and client, CPython
# 3.13. Not real: Debian 12 in place of Amazon Linux 2023 (glibc 2.36, not 2.34: the packager checks that by itself), and
# boto3 at our pin. Only root on Debian or Ubuntu can install Docker and build a stand-in.
#
# Usage: ensure.sh [--rebuild]     PYTHON_3_13=/path/to/python3.13 names the CPython to put into a stand-in
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
case "$(uname -m)" in
    x86_64 | amd64) architecture=x86_64 ;;
    aarch64 | arm64) architecture=arm64 ;;
    *) echo "AWS has no Lambda image for $(uname -m)." >&2; exit 1 ;;
esac
image=public.ecr.aws/lambda/python:3.13-$architecture

fail() { printf '%s\n' "$@" >&2; exit 1; }

engine_answers() { docker info >/dev/null 2>&1; }

ensure_engine() {
    if engine_answers; then return; fi
    [ "$(uname -s)" = Linux ] || fail "No Docker engine answers. Start Docker Desktop, or another engine, then try again."
    if ! command -v dockerd >/dev/null; then
        # A client alone is no engine; but one that was pointed elsewhere, or that is not root's to complete, is left alone.
        if command -v docker >/dev/null && { [ -n "${DOCKER_HOST:-}" ] || [ "$(id -u)" != 0 ]; }; then
            fail "docker is installed, but no engine answers 'docker info'. Start it, or set DOCKER_HOST, then try again."
        fi
        echo "Installing Docker" >&2
        "$here/../apt_install.sh" docker.io
    fi
    [ "$(id -u)" = 0 ] || fail "No Docker engine answers, or you may not use it: 'sudo systemctl start docker', or join the group docker."
    engine_answers && return  # the package may have started it
    echo "Starting dockerd" >&2
    setsid dockerd >/var/log/dockerd.log 2>&1 </dev/null &
    for _ in $(seq 60); do
        if engine_answers; then return; fi
        sleep 1
    done
    tail -n 20 /var/log/dockerd.log >&2
    fail "dockerd did not answer within 60 seconds; its log is /var/log/dockerd.log."
}

# Asking for the manifest shows within seconds whether the registry can be reached; the pull itself may take long.
pull() {
    timeout 15 docker manifest inspect "$image" >/dev/null 2>&1 && timeout 900 docker pull --quiet "$image" >/dev/null
}

python_3_13() {
    local candidate
    for candidate in "${PYTHON_3_13:-}" python3.13; do
        if [ -n "$candidate" ] && "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null; then
            "$candidate" -c 'import sys; print(sys.base_prefix)'
            return
        fi
    done
    fail "The registry of $image is out of reach, so a stand-in must be built, and that takes a CPython 3.13:" \
        "have one on PATH as python3.13, or name it in PYTHON_3_13."
}

build() {
    local prefix work packages
    prefix=$(python_3_13)
    [ "$(id -u)" = 0 ] || fail "The registry of $image is out of reach, and only root can build a stand-in for it."
    command -v debootstrap >/dev/null || "$here/../apt_install.sh" debootstrap
    work=$(mktemp -d)
    # shellcheck disable=SC2064 # the directory is known now, and not when the trap runs
    trap "rm -rf --one-file-system '$work'" EXIT

    echo "Building a stand-in for $image, 1 of 3: Debian 12" >&2
    packages=ca-certificates,libssl3,libffi8,libsqlite3-0,zlib1g,libbz2-1.0,liblzma5,libreadline8,libncursesw6,libexpat1,libuuid1
    debootstrap --variant=minbase --include="$packages" bookworm "$work/rootfs" >"$work/debootstrap.log" 2>&1 \
        || { tail -n 20 "$work/debootstrap.log" >&2; fail "debootstrap could not make a Debian 12."; }
    tar -C "$work/rootfs" -cf "$work/rootfs.tar" .

    echo "Building a stand-in, 2 of 3: CPython 3.13 and the runtime interface client" >&2
    mkdir -p "$work"/runtime/{opt,var/lang,var/runtime,var/task,var/rapid}
    cp -a "$prefix/bin" "$prefix/lib" "$work/runtime/var/lang/"
    rm -rf "$work"/runtime/var/lang/lib/python3.13/{test,config-*,site-packages}
    find "$work/runtime" -name '*.a' -delete
    install -m 755 "$here/bootstrap" "$work/runtime/var/runtime/bootstrap"
    "$prefix/bin/python3.13" -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --only-binary :all: \
        --require-hashes --target "$work/runtime/var/runtime" -r "$here/requirements.txt"

    echo "Building a stand-in, 3 of 3: the image" >&2
    cp "$here/Dockerfile" "$work/"
    DOCKER_BUILDKIT=0 docker build --quiet -t "$image" "$work" >/dev/null 2>"$work/build.log" \
        || { tail -n 20 "$work/build.log" >&2; fail "docker build failed."; }
}

ensure_engine
if [ "${1:-}" != --rebuild ] && docker image inspect "$image" >/dev/null 2>&1; then
    echo "$image is here."
elif [ "${1:-}" != --rebuild ] && pull; then
    echo "$image was pulled."
else
    build
    echo "$image was built, as a stand-in."
fi
