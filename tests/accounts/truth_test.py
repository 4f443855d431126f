#!/usr/bin/env python3
"""Simulated accounts: what the program prints has to be what the simulator did.

    FLOWTRAIL=build/dev/bin/flowtrail tests/accounts/truth_test.py [--scenario NAME] SEED...

For each seed an account is written and every case of its truth.json asked: the rows printed must be the rows stated, in their order,
all columns but `evidence` and `why`. Writing an account twice must give the same bytes.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

NOT_COMPARED = {"evidence", "why"}


def flowtrail(*arguments):
    done = subprocess.run([os.environ["FLOWTRAIL"], *map(str, arguments)], capture_output=True, text=True)
    if done.returncode not in (0, 5):
        sys.exit(f"exit code {done.returncode}: flowtrail {' '.join(map(str, arguments))}\n{done.stderr}")
    return done.stdout


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def compared(row):
    return {name: value for name, value in row.items() if name not in NOT_COMPARED}


def differences(expected, actual):
    """The first few places where two lists of rows differ, one a line."""
    found = [] if len(expected) == len(actual) else [f"{len(expected)} rows expected, {len(actual)} printed"]
    for number, (want, got) in enumerate(zip(expected, actual), 1):
        for name in want.keys() | got.keys():
            if want.get(name, "(no such column)") != got.get(name, "(no such column)"):
                found.append(f"row {number}: {name}: expected {want.get(name)!r}, printed {got.get(name)!r}")
    surplus = [f"only expected: {row}" for row in expected if row not in actual][:1]
    surplus += [f"only printed: {row}" for row in actual if row not in expected][:1]
    return found[:6] + surplus


def check_case(case, folder):
    arguments = ["investigate", case["investigation"], folder, *case["arguments"], "--output", "json"]
    actual = [compared(row) for row in json.loads(flowtrail(*arguments))["rows"]]
    return differences([compared(row) for row in case["rows"]], actual)


def check_account(seed, scenario, parent):
    options = ["--seed", seed, *(["--scenario", scenario] if scenario else [])]
    folder, again = parent / f"{seed}", parent / f"{seed} again"
    flowtrail("sample", folder, *options)
    flowtrail("sample", again, *options)
    failures = [] if content(folder) == content(again) else ["the same seed gave other bytes"]
    truth = json.loads((folder / "truth.json").read_text())
    for case in truth["cases"]:
        label = f"{case['investigation']} {' '.join(case['arguments'])}"
        failures += [f"{label}: {text}" for text in check_case(case, folder)]
    asked = {case["investigation"] for case in truth["cases"]}
    print(f"seed {seed}: {len(truth['cases'])} cases of {len(asked)} investigations, {len(failures)} differences", flush=True)
    for text in failures[:20]:
        print(f"  {text}")
    return not failures and bool(asked)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenario")
    parser.add_argument("seeds", nargs="+", type=int)
    chosen = parser.parse_args()
    ok = True
    for seed in chosen.seeds:
        with tempfile.TemporaryDirectory(prefix="flowtrail account ") as folder:
            ok = check_account(seed, chosen.scenario, pathlib.Path(folder)) and ok
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
