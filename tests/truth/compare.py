#!/usr/bin/env python3
"""Runs every case of DIR/truth.json through `flowtrail investigate` and prints what differs.

usage: compare.py FLOWTRAIL DIR [--case N] [--limit N]
       compare.py FLOWTRAIL --seeds 1,2,3 [--days N] [--scenario NAME]   (writes the samples itself, then compares)

A case holds when the program prints as many rows, in the same order, and each row has every member of the truth's row
with an equal value. Members that the truth does not state (evidence, why, before_rule) are not looked at. Exit code 0:
everything holds; 1: something differs; 2: could not run.
"""

import argparse
import json
import subprocess
import sys
import tempfile

ID_COLUMNS = ("rule_id", "group_id", "event_id", "interface_id", "instance_id", "peer_address", "service_port", "change")


def values_equal(expected, actual):
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, (int, float)) and isinstance(actual, (int, float)):
        return abs(expected - actual) < 1e-9
    return expected == actual


def name_of(row):
    return " ".join(f"{column}={row[column]}" for column in ID_COLUMNS if row.get(column) is not None)


def row_differences(expected, actual):
    for column, value in expected.items():
        if column not in actual:
            yield f"{column}: not printed (truth {json.dumps(value)})"
        elif not values_equal(value, actual[column]):
            yield f"{column}: truth {json.dumps(value)}, printed {json.dumps(actual[column])}"


def identity(row):
    keys = ("fleet", "rule_id", "valid_from", "group_id", "event_id", "interface_id", "instance_id", "resource",
            "peer_address", "protocol", "service_port", "change", "before", "after")
    return tuple(json.dumps(row.get(key)) for key in keys)


def differences(expected, actual):
    """Lines that tell how the rows differ; rows are paired by identity, order is compared on its own."""
    if len(expected) != len(actual):
        yield f"rows: truth {len(expected)}, printed {len(actual)}"
    printed = {}
    for row in actual:
        printed.setdefault(identity(row), []).append(row)
    for row in expected:
        candidates = printed.get(identity(row))
        if not candidates:
            yield f"missing: {name_of(row)}"
            continue
        for line in row_differences(row, candidates.pop(0)):
            yield f"{name_of(row)}: {line}"
    for rows in printed.values():
        for row in rows:
            yield f"not in truth: {name_of(row)}"
    if [identity(row) for row in expected] != [identity(row) for row in actual]:
        for position, (left, right) in enumerate(zip(expected, actual)):
            if identity(left) != identity(right):
                yield f"order: row {position}: truth {name_of(left)}; printed {name_of(right)}"
                break


def run_case(flowtrail, folder, case):
    command = [flowtrail, "investigate", case["investigation"], folder, *case["arguments"], "--output", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return None, f"exit code {done.returncode}: {done.stderr.strip()[-400:]}"
    try:
        return json.loads(done.stdout)["rows"], None
    except (ValueError, KeyError) as error:
        return None, f"no JSON with rows: {error}"


def compare(flowtrail, folder, only, limit):
    with open(f"{folder}/truth.json", encoding="utf-8") as file:
        truth = json.load(file)
    failures = 0
    for number, case in enumerate(truth["cases"]):
        if only is not None and number != only:
            continue
        title = " ".join([str(number), case["investigation"], *case["arguments"]])
        rows, problem = run_case(flowtrail, folder, case)
        lines = [problem] if problem else list(differences(case["rows"], rows))
        print(f"{'ok  ' if not lines else 'FAIL'} {title} ({len(case['rows'])} rows)")
        for line in lines[:limit]:
            print(f"     {line}")
        if len(lines) > limit:
            print(f"     ... and {len(lines) - limit} more")
        failures += bool(lines)
    print(f"{folder}: {len(truth['cases'])} cases, {failures} differ")
    return failures


def write_and_compare(arguments):
    failures = 0
    for seed in arguments.seeds.split(","):
        with tempfile.TemporaryDirectory(prefix="flowtrail-truth-") as folder:
            command = [arguments.flowtrail, "sample", folder, "--seed", seed, "--days", str(arguments.days),
                       "--scenario", arguments.scenario]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                print(f"sample --seed {seed}: exit code {done.returncode}: {done.stderr.strip()}")
                return 1
            print(f"seed {seed}, {arguments.days} days, {arguments.scenario}")
            failures += compare(arguments.flowtrail, folder, arguments.case, arguments.limit)
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("flowtrail")
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--seeds")
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--scenario", default="standard")
    parser.add_argument("--case", type=int)
    parser.add_argument("--limit", type=int, default=20, help="lines printed per case")
    arguments = parser.parse_args()
    if arguments.seeds:
        return 1 if write_and_compare(arguments) else 0
    if not arguments.folder:
        parser.error("a folder or --seeds is needed")
    return 1 if compare(arguments.flowtrail, arguments.folder, arguments.case, arguments.limit) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except OSError as failed:
        print(failed, file=sys.stderr)
        sys.exit(2)
