#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Prints the home of a JDK that Trino 476 runs on (24 or later): JAVA_HOME, else the first below
# /usr/lib/jvm. Exit code 77: there is none.
set -euo pipefail

for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
  [[ -n $home && -x $home/bin/java ]] || continue
  version=$("$home/bin/java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
  if [[ $version =~ ^[0-9]+$ ]] && ((version >= 24)); then
    echo "$home"
    exit 0
  fi
done
exit 77
