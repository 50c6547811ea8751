#!/bin/sh
# axe-core for the test of accessibility, as tests/browser/package-lock.json pins it: from npm, which is Debian's own where
# it is missing and may be installed. Without it that test is skipped.
. "$(dirname "$0")/debian.sh"
cd "$(dirname "$0")/browser" || exit 0
wanted=$(sed -n 's/.*"axe-core": "\([0-9.]*\)".*/\1/p' package.json)
grep -qs "\"version\": \"$wanted\"" node_modules/axe-core/package.json && exit 0

skipped="the test of accessibility will be skipped"
command -v npm >/dev/null 2>&1 || debian npm "$skipped" || exit 0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! npm ci --ignore-scripts --no-audit --no-fund >"$log" 2>&1; then
    echo "$skipped: axe-core could not be installed ($(tail -n 1 "$log"))"
fi
exit 0
