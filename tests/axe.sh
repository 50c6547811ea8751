#!/bin/sh
# axe-core for the test of accessibility, as tests/browser/package-lock.json pins it: from npm, which is Debian's own where
# it is missing and may be installed. Without it that test is skipped.
cd "$(dirname "$0")/browser" || exit 0
wanted=$(sed -n 's/.*"axe-core": "\([0-9.]*\)".*/\1/p' package.json)
grep -qs "\"version\": \"$wanted\"" node_modules/axe-core/package.json && exit 0

skipped="the test of accessibility will be skipped"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! command -v npm >/dev/null 2>&1; then
    if [ "$(id -u)" -eq 0 ]; then
        as_root=""
    elif sudo -n true >/dev/null 2>&1; then
        as_root="sudo -n"
    else
        echo "$skipped: no npm, and it cannot be installed without root"
        exit 0
    fi
    command -v apt-get >/dev/null 2>&1 || { echo "$skipped: no npm"; exit 0; }
    echo "installing npm for the test of accessibility"
    # shellcheck disable=SC2086  # as_root is words, or nothing
    if ! { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends npm; } >"$log" 2>&1; then
        echo "$skipped: npm could not be installed ($(tail -n 1 "$log"))"
        exit 0
    fi
fi
if ! npm ci --ignore-scripts --no-audit --no-fund >"$log" 2>&1; then
    echo "$skipped: axe-core could not be installed ($(tail -n 1 "$log"))"
fi
exit 0
