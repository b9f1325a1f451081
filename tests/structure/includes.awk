# SPDX-License-Identifier: Apache-2.0
# Usage: awk -f includes.awk modules.txt FILE...   (paths from the root)
# Who may include whom: style.md section 1, ARCHITECTURE.md "The folders".
# Prints: rule TAB subject TAB message
function complain(rule, subject, text) {
    printf "%s\t%s\t%s:%d: %s\n", rule, subject, FILENAME, FNR, text
}
function folder(path) {
    return path ~ /\// ? substr(path, 1, match(path, /\/[^\/]*$/) - 1) : ""
}
function first(path) {
    return substr(path, 1, index(path, "/") - 1)
}
# "server/data/x.c" -> "server/data"; files of a first-level folder: "".
function module_of(path, parts) {
    if (split(path, parts, "/") < 3 || !(parts[1] in level) ) {
        return ""
    }
    return parts[1] "/" parts[2]
}
function has(list, word) {
    return index("," list ",", "," word ",") > 0
}
function is_public(header, name) {
    name = substr(header, length(folder(header)) + 2)
    return has(public[module_of(header)], name)
}
function refuse(header, why) {
    complain("include", FILENAME " " header, "includes " header ": " why)
}
# tests/unit, tests/fuzz and tests/bench look inside everything; the simulated
# device knows server/data; every other test is an outsider.
function check_test(header) {
    if (FILENAME ~ /^tests\/(unit|fuzz|bench)\//) {
        return
    }
    if (folder(header) == folder(FILENAME)) {
        return
    }
    if (FILENAME ~ /^tests\/device\//) {
        if (header != "server/data/data.h") {
            refuse(header, "tests/device knows only server/data/data.h")
        }
    } else if (header != first(header) "/" first(header) ".h") {
        refuse(header, "only the header of a first-level folder")
    }
}
function check_between(from, header, to) {
    if (level[from] <= level[to]) {
        refuse(header, "the arrow turns back")
    } else if (header != to "/" to ".h") {
        refuse(header, "only " to "/" to ".h may be used from outside")
    }
}
function check_module(header, from, to) {
    from = module_of(FILENAME)
    to = module_of(header)
    if (from == to) {
        return
    }
    if (from != "" && !(from in may)) {
        refuse(header, from " is not in modules.txt")
    } else if (to == "") {
        # The vocabulary below every module of server.
        if (from != "" && header != "server/event.h") {
            refuse(header, "a module may not know its first-level folder")
        }
    } else if (from != "" && !has(may[from], to)) {
        refuse(header, "no arrow from " from " to " to)
    } else if (!is_public(header)) {
        refuse(header, "not a public header of " to)
    }
}
BEGIN {
    level["server"] = 1
    level["scenarios"] = 2
    level["reports"] = 3
    level["cli"] = 4
    for (i = 2; i < ARGC; i++) {
        exists[ARGV[i]] = 1
    }
}
FILENAME == ARGV[1] {
    if ($0 ~ /^#/ || NF == 0) {
        next
    }
    may[$1] = $2
    public[$1] = $3
    if ($3 ~ /,/) {
        complain("several-headers", $1, $1 " has several public headers: " $3)
    }
    next
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
    header = $0
    sub(/^[^"]*"/, "", header)
    sub(/".*/, "", header)
    from = first(FILENAME)
    to = first(header)
    if (!(header in exists)) {
        refuse(header, "no such file, seen from the root")
    } else if (from == "tests") {
        if (to == "tests" && FILENAME !~ /^tests\/(unit|fuzz|bench)\// &&
            folder(header) != folder(FILENAME)) {
            refuse(header, "belongs to another kind of test")
        } else {
            check_test(header)
        }
    } else if (to == "tests") {
        refuse(header, "the product may not know its tests")
    } else if (from != to) {
        check_between(from, header, to)
    } else {
        check_module(header)
    }
}
