# Sourced: debian PACKAGE "what will be skipped" installs a package of Debian's, where that is allowed; else it says why
# not, and fails.
debian() {
    if [ "$(id -u)" -eq 0 ]; then
        as_root=""
    elif sudo -n true >/dev/null 2>&1; then
        as_root="sudo -n"
    else
        echo "$2: no $1, and it cannot be installed without root"
        return 1
    fi
    command -v apt-get >/dev/null 2>&1 || { echo "$2: no $1"; return 1; }
    echo "installing $1 for the browser tests"
    log=$(mktemp)
    # shellcheck disable=SC2086  # as_root is words, or nothing
    { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends "$1"; } >"$log" 2>&1
    installed=$?
    [ "$installed" -eq 0 ] || echo "$2: $1 could not be installed ($(tail -n 1 "$log"))"
    rm -f "$log"
    return "$installed"
}
