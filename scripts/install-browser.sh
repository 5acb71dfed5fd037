#!/usr/bin/env bash
# Installs Debian's Chromium and fonts where there is no Chromium, for the end-to-end test.
set -euo pipefail
if command -v chromium >/dev/null || [ -x "${CHROMIUM:-}" ]; then exit 0; fi
if ! command -v apt-get >/dev/null; then
  echo "install-browser: there is no chromium and no apt-get; install Chromium and set CHROMIUM to its path" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core fonts-liberation
