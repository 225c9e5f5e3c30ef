#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# docs/commands.md is what `tarn reference` prints.   reference.sh TARN
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
"$1" reference | diff -u docs/commands.md - || {
  echo "docs/commands.md is old: tarn reference > docs/commands.md" >&2
  exit 1
}
