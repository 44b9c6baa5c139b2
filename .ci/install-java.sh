#!/bin/sh
# Installs Java 17 and Maven, which the tests marked `kafka` need. Does nothing where both are there.
# Debian 12 or Ubuntu 22.04 and newer; as root or as a user who may use sudo without a password.
set -eu

java_is_new_enough() {
    command -v java >/dev/null 2>&1 || return 1
    major=$(java -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
    [ "${major:-0}" -ge 17 ]
}

missing=
java_is_new_enough || missing="openjdk-17-jre-headless"
command -v mvn >/dev/null 2>&1 || missing="$missing maven"
command -v openssl >/dev/null 2>&1 || missing="$missing openssl"
if [ -z "$missing" ]; then
    exit 0
fi

as_root() { "$@"; }
if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
        echo "install-java.sh: neither root nor sudo; install: $missing" >&2
        exit 1
    fi
    as_root() { sudo "$@"; }
fi

# Slim images lack this folder, and Java's package then fails to configure itself.
as_root mkdir -p /usr/share/man/man1
as_root env DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=3 update -qq
# shellcheck disable=SC2086  # a list of packages
as_root env DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=3 install -qq -y \
    --no-install-recommends $missing

java_is_new_enough || {
    echo "install-java.sh: the java on the path is older than 17" >&2
    exit 1
}
