#!/bin/sh
# Chromium for the browser tests: Debian's own, where it is missing and may be installed. Without it they are skipped.
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done

. "$(dirname "$0")/debian.sh"
debian chromium "browser tests will be skipped"
exit 0
