#!/bin/sh
# Is everything here that `make setup` cannot install itself? Names the Debian package of what is missing.
# PYTHON (default python3) is the interpreter that .venv will be made with, CC (default cc) the C compiler.
set -u

python=${PYTHON:-python3}
compiler=${CC:-cc}
trouble=0

missing() { # what, Debian package, why
    echo "Missing: $1, needed $3. On Debian or Ubuntu: apt-get install $2" >&2
    trouble=1
}

compiles() { # a C source, and the folder of Python's headers
    folder=$(mktemp -d) || return 1
    printf '%s\n' "$1" >"$folder/probe.c"
    "$compiler" -fsyntax-only -I"$2" "$folder/probe.c" >/dev/null 2>&1
    outcome=$?
    rm -rf "$folder"
    return "$outcome"
}

command -v make >/dev/null 2>&1 || missing "make" make "to run the Makefile"

if ! command -v "$python" >/dev/null 2>&1; then
    missing "$python" "python3 python3-venv python3-dev" "to run radgen"
    exit 1
fi

if ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))'; then
    echo "Unsuitable: $python is $("$python" -V 2>&1), expected Python 3.11 or 3.12." \
        "Name another one: make setup PYTHON=python3.11" >&2
    exit 1
fi

"$python" -c 'import ensurepip, venv' >/dev/null 2>&1 || missing "Python's venv" python3-venv "to make .venv"

if ! command -v "$compiler" >/dev/null 2>&1; then
    missing "a C compiler ($compiler)" gcc "to compile pyradiomics"
elif ! compiles '#include <stdio.h>' .; then
    missing "the C library's headers (stdio.h)" libc6-dev "to compile pyradiomics"
else
    headers=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')
    compiles '#include <Python.h>' "$headers" ||
        missing "Python's headers ($headers/Python.h)" python3-dev "to compile pyradiomics"
fi

exit "$trouble"
