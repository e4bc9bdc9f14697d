# SPDX-License-Identifier: GPL-3.0-or-later
# Prints C files as FILE:LINE:CODE, without comments and without what stands in literals, so that
# a search finds code only. #include lines are left as they are.
FNR == 1 { comment = 0 }
{
    line = $0
    code = ""
    if (!comment && line ~ /^[ \t]*#[ \t]*include/) {
        print FILENAME ":" FNR ":" line
        next
    }
    while (line != "") {
        if (comment) {
            end = index(line, "*/")
            if (!end)
                break
            comment = 0
            line = substr(line, end + 2)
            continue
        }
        if (!match(line, /\/\*|\/\/|["']/)) {
            code = code line
            break
        }
        token = substr(line, RSTART, RLENGTH)
        code = code substr(line, 1, RSTART - 1)
        line = substr(line, RSTART + RLENGTH)
        if (token == "//")
            break
        if (token == "/*") {
            comment = 1
            code = code " "
            continue
        }
        code = code token token
        while (match(line, /\\.|["']/)) {
            end = substr(line, RSTART, RLENGTH)
            line = substr(line, RSTART + RLENGTH)
            if (end == token)
                break
        }
    }
    print FILENAME ":" FNR ":" code
}
