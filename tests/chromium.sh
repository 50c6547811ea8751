#!/bin/sh
# Chromium for the browser tests: Debian's own, where it is missing and may be installed. Without it they are skipped.
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done

skipped="browser tests will be skipped: no Chromium, and it cannot be installed without root"
command -v apt-get >/dev/null 2>&1 || { echo "$skipped"; exit 0; }
if [ "$(id -u)" -eq 0 ]; then
    as_root=""
elif sudo -n true >/dev/null 2>&1; then
    as_root="sudo -n"
else
    echo "$skipped"
    exit 0
fi

echo "installing Chromium for the browser tests"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086  # as_root is words, or nothing
if ! { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --no-install-recommends chromium; } >"$log" 2>&1; then
    echo "browser tests will be skipped: Chromium could not be installed ($(tail -n 1 "$log"))"
fi
exit 0
