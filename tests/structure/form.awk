# SPDX-License-Identifier: Apache-2.0
# Usage: awk -f form.awk FILE...   (.c and .h first, then any CMake file)
# Licence line, guard, own header first, names, forbidden calls, and that every
# .c is built by some CMake file of its folder.
# Prints: rule TAB subject TAB message
function complain(rule, subject, text) {
    printf "%s\t%s\t%s:%d: %s\n", rule, subject, FILENAME, FNR, text
}
function check_names(path, parts, count, i, word) {
    count = split(path, parts, "/")
    for (i = 1; i <= count; i++) {
        word = parts[i]
        sub(/\.[ch]$/, "", word)
        if (word ~ /^(utils?|common|misc)$/) {
            printf "name\t%s\t%s: no file or folder is named '%s'\n", path,
                path, word
        }
    }
}
# The line without comments and literals; in_comment lasts over lines.
function code_of(line, out, two, one) {
    out = ""
    while (line != "") {
        two = substr(line, 1, 2)
        one = substr(line, 1, 1)
        if (in_comment) {
            if (two == "*/") {
                in_comment = 0
                line = substr(line, 2)
            }
            line = substr(line, 2)
        } else if (two == "/*") {
            in_comment = 1
            line = substr(line, 3)
        } else if (two == "//") {
            return out
        } else if (one == "\"" && match(line, /^"([^"\\]|\\.)*"/)) {
            line = substr(line, RLENGTH + 1)
            out = out "\"\""
        } else if (one == "'" && match(line, /^'([^'\\]|\\.)+'/)) {
            line = substr(line, RLENGTH + 1)
            out = out "0"
        } else {
            out = out one
            line = substr(line, 2)
        }
    }
    return out
}
function guard_of(path) {
    path = toupper(path)
    gsub(/[^A-Z0-9]/, "_", path)
    return path
}
BEGIN {
    FORBIDDEN = "(strcpy|strcat|sprintf|strncpy|strtok|atoi|alloca|sleep|usleep)"
    for (i = 1; i < ARGC; i++) {
        exists[ARGV[i]] = 1
        check_names(ARGV[i])
    }
}
FNR == 1 {
    in_comment = 0
    includes = 0
    is_c = FILENAME ~ /\.c$/
    is_header = FILENAME ~ /\.h$/
    own = FILENAME
    sub(/c$/, "h", own)
    if ((is_c || is_header) &&
        $0 != "/* SPDX-License-Identifier: Apache-2.0 */") {
        complain("licence", FILENAME, "the first line is not the SPDX line")
    }
}
!is_c && !is_header {
    # Of a CMake file only the words matter: names of sources.
    if (FNR == 1 && $0 !~ /^# SPDX-License-Identifier: Apache-2.0$/) {
        complain("licence", FILENAME, "the first line is not the SPDX line")
    }
    sub(/#.*/, "")
    gsub(/[()"]/, " ")
    here = FILENAME
    sub(/[^\/]*$/, "", here)
    count = split($0, words, /[ \t]+/)
    for (i = 1; i <= count; i++) {
        sub(/^.*CMAKE_CURRENT_SOURCE_DIR}\//, "", words[i])
        if (words[i] ~ /\.c$/) {
            built[here words[i]] = 1
        }
        if (words[i] == "assay_fuzz") { # NAME means NAME_fuzz.c
            built[here words[i + 1] "_fuzz.c"] = 1
        }
    }
    next
}
is_header && FNR == 2 && $0 != "#ifndef " guard_of(FILENAME) {
    complain("guard", FILENAME, "line 2 is not '#ifndef " guard_of(FILENAME) "'")
}
is_header && FNR == 3 && $0 != "#define " guard_of(FILENAME) {
    complain("guard", FILENAME, "line 3 is not '#define " guard_of(FILENAME) "'")
}
/^[ \t]*#[ \t]*include/ {
    if (is_c && ++includes == 1 && own in exists &&
        $0 != "#include \"" own "\"") {
        complain("own-header", FILENAME, "the first include is not " own)
    }
}
{
    code = code_of($0)
    if (match(code, "(^|[^A-Za-z0-9_])" FORBIDDEN "[ \t]*\\(")) {
        called = substr(code, RSTART, RLENGTH)
        gsub(/[^a-z]/, "", called)
        complain("forbidden", FILENAME " " called, "calls " called "()")
    }
}
END {
    for (path in exists) {
        if (path ~ /\.c$/ && !(path in built)) {
            printf "unbuilt\t%s\t%s: no CMake file of its folder names it\n",
                path, path
        }
    }
}
