#!/usr/bin/env bash
# Puts MariaDB 10.11, that of Debian 12, into a folder without installing it:
#
#   .ci/real-mariadb.sh FOLDER   ->   FOLDER/root/usr/sbin/mariadbd, FOLDER/root/usr/bin/mariadb-install-db
#
# Each program is started by the dynamic loader that was unpacked beside it, so that the machine may be older or newer
# than the package. apt works on a private state inside FOLDER: neither the machine's package lists nor its packages
# change, and root is not needed.
set -euo pipefail

suite=${LEADER_LEASE_MARIADB_SUITE:-bookworm}
[ $# -eq 1 ] || { echo "usage: $0 FOLDER" >&2; exit 64; }

fail() { echo "real-mariadb: $*" >&2; exit 1; }

for tool in apt-get dpkg-deb awk; do
  command -v "$tool" > /dev/null || fail "$tool is missing; this needs Debian or a relative of it"
done

mkdir -p "$1"
home=$(cd "$1" && pwd)
server=$home/root/usr/sbin/mariadbd

if [ -x "$home/complete" ] && [ -x "$home/root/usr/bin/my_print_defaults" ] && "$server" --no-defaults --version; then
  exit 0
fi
rm -rf "$home/root" "$home/apt" "$home/complete"

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
apt-get -qq --yes --no-install-recommends --download-only install mariadb-server-core

for package in "$apt"/archives/*.deb; do
  case ${package##*/} in
    perl* | libperl*) ;; # only for scripts that we do not run
    *) dpkg-deb --extract "$package" "$home/root" ;;
  esac
done

loader=$(find "$home/root" -name 'ld-linux*.so.*' -print -quit)
[ -n "$loader" ] || fail "no dynamic loader among the unpacked packages"
libraries=$(dirname "$(find "$home/root" -name 'libc.so.6' -print -quit)")
libraries=$libraries:$home/root/usr/lib/$(basename "$libraries")

# mariadb-install-db calls its neighbours by their own names.
for program in sbin/mariadbd bin/my_print_defaults bin/resolveip; do
  path=$home/root/usr/$program
  [ -f "$path" ] || continue
  mv "$path" "$path.real"
  printf '#!/bin/sh\nexec "%s" --library-path "%s" "%s" "$@"\n' "$loader" "$libraries" "$path.real" > "$path"
  chmod +x "$path"
done
[ -x "$server" ] || fail "the packages of $suite hold no mariadbd"
defaults=$home/root/usr/bin/my_print_defaults
if [ ! -x "$defaults" ]; then # it is in a package of clients; without files of defaults it has nothing to print
  printf '#!/bin/sh\n' > "$defaults"
  chmod +x "$defaults"
fi

rm -rf "$apt"
"$server" --no-defaults --version
printf '#!/bin/sh\n' > "$home/complete"
chmod +x "$home/complete"
