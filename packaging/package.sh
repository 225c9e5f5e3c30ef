#!/usr/bin/env bash
# Makes dist/tarn-<version>/ (runs from any folder of a Linux machine with glibc 2.36 or later) and
# dist/tarn_<version>_amd64.deb from what `./dev build` left in dist/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
version=$(dist/bin/tarn --version | awk '{print $2; exit}')
folder=dist/tarn-$version

# Shared libraries that a plain system does not have, beside the program. libstdc++ and the C
# library stay those of the system.
needed_libraries() {
  ldd "$1" | awk '$3 ~ /^\// { print $3 }' |
    grep -vE '/(libc|libm|libdl|libpthread|librt|libresolv|libstdc\+\+|libgcc_s|libduckdb|ld-linux[^/]*)\.so'
}

rm -rf "$folder"
mkdir -p "$folder/bin" "$folder/lib/extensions" "$folder/share/doc/tarn"
install -m 755 dist/bin/tarn "$folder/bin/tarn"
strip --strip-debug "$folder/bin/tarn"
cp dist/lib/libduckdb.so "$folder/lib/"
cp dist/lib/extensions/*.duckdb_extension "$folder/lib/extensions/"
cp LICENSE README.md "$folder/share/doc/tarn/"
needed_libraries dist/bin/tarn | while read -r library; do cp -L "$library" "$folder/lib/"; done
tar -C dist -czf "dist/tarn-$version-linux-x86_64.tar.gz" "tarn-$version"

# The Debian package takes the system's libraries, except libroaring, which has no stable interface.
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$stage/DEBIAN" "$stage/usr/lib/tarn" "$stage/usr/bin" "$stage/usr/share/doc/tarn" \
  "$stage/usr/share/bash-completion/completions" "$stage/usr/share/fish/vendor_completions.d"
cp -r "$folder/bin" "$stage/usr/lib/tarn/"
mkdir -p "$stage/usr/lib/tarn/lib"
cp -r dist/lib/libduckdb.so dist/lib/extensions "$stage/usr/lib/tarn/lib/"
cp -L "$(ldd dist/bin/tarn | awk '/libroaring/ { print $3 }')" "$stage/usr/lib/tarn/lib/"
ln -s ../lib/tarn/bin/tarn "$stage/usr/bin/tarn"
cp LICENSE "$stage/usr/share/doc/tarn/copyright"
dist/bin/tarn completion bash >"$stage/usr/share/bash-completion/completions/tarn"
dist/bin/tarn completion fish >"$stage/usr/share/fish/vendor_completions.d/tarn.fish"
depends=$(ldd dist/bin/tarn | awk '$3 ~ /^\// && !/libduckdb|libroaring/ { print $3 }' |
  while read -r library; do dpkg -S "$(realpath "$library")" "$library" 2>/dev/null | head -n 1 | cut -d: -f1 || true; done |
  sort -u | paste -sd, | sed 's/,/, /g')
cat >"$stage/DEBIAN/control" <<TEXT
Package: tarn
Version: $version
Architecture: amd64
Maintainer: The Tarn developers <tarn@localhost>
Depends: $depends
Section: database
Priority: optional
Description: Postgres tables as an Apache Iceberg lakehouse
 One native program that turns Postgres tables into Iceberg tables and keeps them current.
TEXT
dpkg-deb -Zgzip -z6 --root-owner-group --build "$stage" "dist/tarn_${version}_amd64.deb" >/dev/null
ls -sh "dist/tarn-$version-linux-x86_64.tar.gz" "dist/tarn_${version}_amd64.deb"
