#!/usr/bin/env bash
# Puts a current MySQL server (the real one, not MariaDB) into a folder without installing it:
#
#   .ci/real-mysql.sh FOLDER   ->   FOLDER/mysqld, FOLDER/mysql, FOLDER/mysqladmin, and FOLDER/root with what they need
#
# The packages come from Debian's rolling suite, whose libraries are newer than those of the machine. So each program
# is started by the dynamic loader that was unpacked beside it. apt works on a private state inside FOLDER: neither the
# machine's package lists nor its packages change, and root is not needed.
set -euo pipefail

suite=${LEADER_LEASE_MYSQL_SUITE:-sid}
[ $# -eq 1 ] || { echo "usage: $0 FOLDER" >&2; exit 64; }

fail() { echo "real-mysql: $*" >&2; exit 1; }

for tool in apt-get dpkg-deb awk; do
  command -v "$tool" > /dev/null || fail "$tool is missing; this needs Debian or a relative of it"
done

mkdir -p "$1"
home=$(cd "$1" && pwd)

if [ -x "$home/mysqld" ] && "$home/mysqld" --no-defaults --version; then
  exit 0
fi
rm -rf "$home/root" "$home/apt" "$home/mysqld" "$home/mysql" "$home/mysqladmin"

# The mirror that this machine already uses has the rolling suite too (its package lists need not be there yet).
mirror=$(apt-get --no-release-info indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' 2> /dev/null \
  | awk '$1 !~ /security|updates|backports/ { print $2; exit }')
keys=/usr/share/keyrings/debian-archive-keyring.gpg
[ -n "$mirror" ] || fail "apt-get knows no package source on this machine"
[ -r "$keys" ] || fail "$keys is missing; install debian-archive-keyring"

apt=$home/apt
mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$home/root"
: > "$apt/status"
echo "deb [signed-by=$keys] $mirror $suite main" > "$apt/sources.list"
cat > "$apt/apt.conf" << CONF
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "-";
Dir::State "$apt";
Dir::State::Lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt";
Dir::Cache::Archives "$apt/archives";
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Debug::NoLocking "true";
CONF
export APT_CONFIG=$apt/apt.conf

apt-get -qq update
# An empty status file makes apt fetch the whole closure, libc and its loader included.
apt-get -qq --yes --no-install-recommends --download-only install mysql-server-core mysql-client-core

for package in "$apt"/archives/*.deb; do
  case ${package##*/} in
    perl* | libperl* | libc-gconv*) ;; # only for scripts that we do not run
    *) dpkg-deb --extract "$package" "$home/root" ;;
  esac
done

loader=$(find "$home/root" -name 'ld-linux*.so.*' -print -quit)
[ -n "$loader" ] || fail "no dynamic loader among the unpacked packages"
libraries=$(dirname "$(find "$home/root" -name 'libc.so.6' -print -quit)")

wrapper() { # wrapper NAME PROGRAM
  [ -x "$home/root/$2" ] || fail "the packages of $suite hold no $2"
  printf '#!/bin/sh\nexec "%s" --library-path "%s" "%s" "$@"\n' "$loader" "$libraries" "$home/root/$2" > "$home/$1"
  chmod +x "$home/$1"
}
wrapper mysql usr/bin/mysql
wrapper mysqladmin usr/bin/mysqladmin
wrapper mysqld usr/sbin/mysqld # last: its presence means that all is there

rm -rf "$apt"
"$home/mysqld" --no-defaults --version
