#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Usage: self_test.sh COMPILER
# Each rule of structure.sh must catch a tree with one violation of it, and say
# nothing about the same tree without it.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
compiler=${1:-cc}
tree=$(mktemp -d) || exit 3
trap 'rm -rf "$tree"' EXIT
cd "$tree" || exit 3
passed=0
failed=0
licence='/* SPDX-License-Identifier: Apache-2.0 */'

# put FILE LINE...: a file with these lines.
put() {
    mkdir -p "$(dirname "$1")"
    file=$1
    shift
    printf '%s\n' "$@" >"$file"
}

# header FILE LINE...: the same with licence and guard.
header() {
    guard=$(echo "$1" | tr 'a-z/.' 'A-Z__')
    file=$1
    shift
    put "$file" "$licence" "#ifndef $guard" "#define $guard" "$@" '#endif'
}

# lines COUNT: that many statements.
lines() {
    awk -v count="$1" 'BEGIN { while (count-- > 0) print "    call();" }'
}

# A small tree in which nothing is wrong.
clean() {
    find . -mindepth 1 -delete
    header server/data/data.h '#include "server/data/value.h"'
    header server/data/value.h 'struct value { int number; };'
    put server/data/value.c "$licence" '#include "server/data/value.h"' '' \
        '#include <string.h>'
    put server/data/CMakeLists.txt '# SPDX-License-Identifier: Apache-2.0' \
        'assay_module(server_data SOURCES value.c)'
    header server/event.h '#include <stddef.h>'
    header server/server.h '#include "server/data/data.h"' \
        '#include "server/transport/endpoint.h"'
    header server/transport/endpoint.h '#include "server/data/data.h"' \
        '#include "server/event.h"'
    header server/transport/exchange.h '#include "server/transport/endpoint.h"'
    header server/registration/registry.h \
        '#include "server/transport/endpoint.h"'
    header scenarios/journal/journal.h '#include "server/server.h"'
    header scenarios/oracle/oracle.h '#include "scenarios/journal/journal.h"'
    header scenarios/engine/run.h '#include "scenarios/oracle/oracle.h"'
    header scenarios/steps/steps.h '#include "scenarios/engine/run.h"'
    header scenarios/scenarios.h '#include "scenarios/steps/steps.h"'
    header reports/reports.h '#include "scenarios/scenarios.h"'
    header cli/commands.h '#include "reports/reports.h"' \
        '#include "scenarios/scenarios.h"' '#include "server/server.h"'
    header tests/device/client.h '#include "server/data/data.h"'
    header tests/device/store.h '#include "tests/device/client.h"'
    header tests/integration/udp.h '#include "server/server.h"'
    header tests/unit/fake.h '#include "server/transport/exchange.h"'
    # modules.txt says so of the real tree.
    put tests/structure/exceptions.txt \
        'several-headers server/transport # for the self-test' \
        'several-headers scenarios/package # for the self-test' \
        'several-headers scenarios/engine # for the self-test'
}

# Compiling takes a while; only the tests of that rule set $compile.
compile=
check() {
    "$here/structure.sh" "$1" . $compile >output 2>&1
}

# caught CHECK TEXT: exactly one line of output, and it contains TEXT.
caught() {
    if check "$1"; then
        echo "not caught: $2"
        failed=$((failed + 1))
    elif [ "$(wc -l <output)" -ne 1 ] || ! grep -qF -e "$2" output; then
        echo "wanted one line with: $2"
        sed 's/^/    /' output
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
    clean
}

# quiet CHECK: nothing is wrong.
quiet() {
    if check "$1" && [ ! -s output ]; then
        passed=$((passed + 1))
    else
        echo "wanted silence of: $1 ($2)"
        sed 's/^/    /' output
        failed=$((failed + 1))
    fi
    clean
}

includes_are_checked() {
    quiet includes 'a clean tree'
    header server/event.h '#include "scenarios/scenarios.h"'
    caught includes 'scenarios/scenarios.h: the arrow turns back'
    header scenarios/scenarios.h '#include "reports/reports.h"'
    caught includes 'reports/reports.h: the arrow turns back'
    header reports/reports.h '#include "cli/commands.h"'
    caught includes 'cli/commands.h: the arrow turns back'
    header reports/reports.h '#include "scenarios/journal/journal.h"'
    caught includes 'only scenarios/scenarios.h may be used from outside'
    header scenarios/journal/journal.h '#include "server/data/data.h"'
    caught includes 'only server/server.h may be used from outside'
    header cli/commands.h '  #  include "server/transport/endpoint.h"'
    caught includes 'cli/commands.h:4: includes server/transport/endpoint.h'
    header server/data/value.h '#include "server/transport/endpoint.h"'
    caught includes 'no arrow from server/data to server/transport'
    header server/transport/endpoint.h '#include "server/data/value.h"'
    caught includes 'not a public header of server/data'
    header server/registration/registry.h \
        '#include "server/transport/exchange.h"'
    caught includes 'not a public header of server/transport'
    header server/data/value.h '#include "server/server.h"'
    caught includes 'a module may not know its first-level folder'
    header scenarios/journal/journal.h '#include "scenarios/oracle/oracle.h"'
    caught includes 'no arrow from scenarios/journal to scenarios/oracle'
    header scenarios/oracle/oracle.h '#include "scenarios/engine/run.h"'
    caught includes 'no arrow from scenarios/oracle to scenarios/engine'
    header scenarios/engine/run.h '#include "scenarios/steps/steps.h"'
    caught includes 'no arrow from scenarios/engine to scenarios/steps'
    header scenarios/extra/extra.h '#include "scenarios/journal/journal.h"'
    caught includes 'scenarios/extra is not in modules.txt'
    header tests/device/client.h '#include "server/server.h"'
    caught includes 'tests/device knows only server/data/data.h'
    header tests/device/client.h '#include "server/data/value.h"'
    caught includes 'tests/device knows only server/data/data.h'
    header tests/integration/udp.h '#include "server/data/data.h"'
    caught includes 'only the header of a first-level folder'
    header tests/integration/udp.h '#include "tests/device/client.h"'
    caught includes 'belongs to another kind of test'
    header server/data/value.h '#include "tests/device/client.h"'
    caught includes 'the product may not know its tests'
    header server/data/data.h '#include "value.h"'
    caught includes 'no such file, seen from the root'
    put tests/structure/exceptions.txt \
        'several-headers server/transport # for the self-test' \
        'several-headers scenarios/package # for the self-test'
    caught includes 'scenarios/engine has several public headers'
}

sizes_are_checked() {
    quiet size 'a clean tree'
    put cli/main.c "$(lines 800)"
    quiet size '800 lines'
    put cli/main.c "$(lines 801)"
    caught size 'cli/main.c: 801 lines, at most 800'
    put cli/main.c 'int main(void)' '{' "$(lines 69)" '}'
    quiet size 'a function of 70 lines'
    put cli/main.c 'static int longest(int a,' '                   int b)' \
        '{' "$(lines 70)" '}'
    caught size "cli/main.c:3: 'longest' has 71 lines, at most 70"
    put cli/main.c 'int first(void)' '{' "$(lines 70)" '}' \
        'int second(void)' '{' '}'
    caught size "'first' has 71 lines"
    put cli/main.c 'int open(void)' '{' "$(lines 5)"
    caught size "'open' does not end in column 1"
}

form_is_checked() {
    compile="$compiler -std=c11"
    quiet headers 'a clean tree'
    header server/data/value.h 'struct value { size_t number; };'
    sed -i '/value.h/d' server/data/data.h
    caught headers 'server/data/value.h: does not compile alone'
    compile=
    header server/data/data.h
    sed -i 1d server/data/data.h
    sed -i '1i /* no licence */' server/data/data.h
    caught headers 'the first line is not the SPDX line'
    put server/data/CMakeLists.txt 'assay_module(server_data SOURCES value.c)'
    caught headers 'CMakeLists.txt:1: the first line is not the SPDX line'
    header server/data/data.h
    sed -i '2s/DATA_H/H/' server/data/data.h
    caught headers "line 2 is not '#ifndef SERVER_DATA_DATA_H'"
    header server/data/data.h
    sed -i '3s/DATA_H/H/' server/data/data.h
    caught headers "line 3 is not '#define SERVER_DATA_DATA_H'"
    put server/data/value.c "$licence" '#include <string.h>' \
        '#include "server/data/value.h"'
    caught headers 'the first include is not server/data/value.h'
    for name in util utils common misc; do
        header server/$name.h
        caught headers "no file or folder is named '$name'"
        header server/$name/data.h
        caught headers "no file or folder is named '$name'"
    done
    for name in strcpy strcat sprintf strncpy strtok atoi alloca sleep usleep
    do
        put server/data/value.c "$licence" '#include "server/data/value.h"' \
            "int f(int a) { return '\"' + $name (a); }"
        caught headers "value.c:3: calls $name()"
    done
    put server/data/value.c "$licence" '#include "server/data/value.h"' \
        '/* sleep(1)' 'atoi(x) */ int snprintf(int a), g; // alloca(4)' \
        'const char *text = "a \" strcpy(a, b)";' 'int my_sleep(int a);'
    quiet headers 'comments, literals and longer names'
    put server/data/other.c "$licence"
    caught headers 'server/data/other.c: no CMake file of its folder names it'
}

exceptions_are_checked() {
    header server/data/value.h '#include "server/server.h"'
    echo 'include server/data/value.h server/server.h # why' \
        >>tests/structure/exceptions.txt
    quiet includes 'an exception'
    echo 'include server/data/value.h server/server.h # why' \
        >>tests/structure/exceptions.txt
    caught includes 'nothing needs this any more: include server/data/value.h'
    header server/data/value.h '#include "server/server.h"'
    echo 'include server/data/value.h server/server.h' \
        >>tests/structure/exceptions.txt
    caught includes 'exception without a reason'
}

clean
includes_are_checked
sizes_are_checked
form_is_checked
exceptions_are_checked
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
