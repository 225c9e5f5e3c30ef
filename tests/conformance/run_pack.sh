#!/usr/bin/env bash
# run_pack.sh PROGRAM KIND RATES [FOLDER]: judges the pack of that name below $TARN_CONFORMANCE, or says
# loudly that it did not (exit code 77). A FOLDER of own recordings needs the pack's tables only.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
program=$1 kind=$2 rates=$3
pack=${TARN_CONFORMANCE:-}/$kind
if [ -z "${TARN_CONFORMANCE:-}" ] || [ ! -e "$pack" ]; then
  echo "SKIPPED: no recorded answers for '$kind' (TARN_CONFORMANCE names no folder that has them)"
  exit 77
fi
exec "$program" "$kind" "${4:-$pack}" --rates "$rates"
