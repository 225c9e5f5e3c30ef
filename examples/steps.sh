# SPDX-License-Identifier: Apache-2.0
# How the demonstrations talk. To be sourced; needs $tarn.

bold=$'\033[1m' dim=$'\033[2m' plain=$'\033[0m'
[[ -t 1 ]] || bold='' dim='' plain=''
step() { printf '\n%s==> %s%s\n' "$bold" "$1" "$plain"; shift; [[ $# == 0 ]] || printf '%s\n' "$@"; }
show() {  # a command as one would type it, then its output
  local word line='$ tarn'
  [[ $1 == "$tarn" ]] || line="\$ $1"
  for word in "${@:2}"; do
    if [[ $word =~ ^[A-Za-z0-9_./:=+-]+$ ]]; then line+=" $word"
    elif [[ $word == *"'"* ]]; then
      word=${word//\"/\\\"}
      line+=" \"${word//\$/\\\$}\""
    else line+=" '$word'"; fi
  done
  printf '%s%s%s\n' "$dim" "$line" "$plain"
  "$@"
}
