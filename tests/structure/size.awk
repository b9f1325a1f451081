# SPDX-License-Identifier: Apache-2.0
# Usage: awk -f size.awk FILE...
# A file has at most 800 lines, a function at most 70, counted as clang-tidy
# does: the lines from its '{' to its '}'. clang-format puts both of a function,
# and nothing else, alone into column 1.
# Prints: rule TAB subject TAB message
function end_of_file() {
    if (name != "" && lines > FILE_LINES) {
        printf "file-size\t%s\t%s: %d lines, at most %d\n", name, name, lines,
            FILE_LINES
    }
    if (name != "" && open > 0) {
        printf "function-size\t%s:%s\t%s:%d: '%s' does not end in column 1\n",
            name, function_name, name, open, function_name
    }
}
BEGIN {
    FILE_LINES = 800
    FUNCTION_LINES = 70
}
FNR == 1 {
    end_of_file()
    name = FILENAME
    open = 0
    function_name = "?"
}
{
    lines = FNR
}
# The last line that starts in column 1 and has a '(' names the function.
/^[A-Za-z_].*\(/ && open == 0 {
    function_name = $0
    sub(/\(.*/, "", function_name)
    sub(/.*[ *]/, "", function_name)
}
/^\{$/ {
    open = FNR
}
/^\}/ && open > 0 {
    if (FNR - open > FUNCTION_LINES) {
        printf "function-size\t%s:%s\t%s:%d: '%s' has %d lines, at most %d\n",
            FILENAME, function_name, FILENAME, open, function_name, FNR - open,
            FUNCTION_LINES
    }
    open = 0
}
END {
    end_of_file()
}
