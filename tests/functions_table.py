#!/usr/bin/env python3
"""The table of functions in docs/athena-sql.md, which is that of `flowtrail help functions`.

    FLOWTRAIL=build/dev/bin/flowtrail tests/functions_table.py [--write] DOCUMENT

Fails if the part between the two marker lines is another one; --write puts it there.
"""

import os
import pathlib
import re
import subprocess
import sys

BEGIN = "<!-- functions: begin, made by tests/functions_table.py --write -->"
END = "<!-- functions: end -->"


def table():
    text = subprocess.run([os.environ["FLOWTRAIL"], "help", "functions"], check=True, stdout=subprocess.PIPE, text=True).stdout
    kinds, forms = {}, None
    for line in text.splitlines():
        if re.fullmatch(r"scalar|aggregate|window", line):
            forms = kinds[line] = {}
        elif forms is not None and line.startswith("  "):
            name, rest = re.fullmatch(r"  (\w+)(\(.*\) -> .+)", line).groups()
            forms.setdefault(name, []).append(rest.replace(" -> ", " → "))
    if set(kinds) != {"scalar", "aggregate", "window"} or not all(kinds.values()):
        sys.exit("flowtrail help functions: a kind of functions is missing")
    lines = []
    for kind, functions in kinds.items():
        lines += ["", f"**{kind.capitalize()}** ({len(functions)})", "", "| function | arguments → result |", "|---|---|"]
        lines += [f"| `{name}` | {'<br>'.join(f'`{form}`' for form in forms)} |" for name, forms in functions.items()]
    return "\n".join([*lines, "", ""])


def main():
    path = pathlib.Path(sys.argv[-1])
    document = path.read_text(encoding="utf-8")
    if document.count(BEGIN) != 1 or document.count(END) != 1 or document.index(BEGIN) > document.index(END):
        sys.exit(f"{path}: the markers of the functions are missing")
    before, rest = document.split(BEGIN)
    after = rest.split(END)[1]
    wanted = f"{before}{BEGIN}\n{table()}{END}{after}"
    if document == wanted:
        print(f"ok {path}")
    elif "--write" in sys.argv:
        path.write_text(wanted, encoding="utf-8")
        print(f"written {path}")
    else:
        sys.exit(f"{path}: the table of functions is not that of the program: tests/functions_table.py --write {path}")


if __name__ == "__main__":
    main()
