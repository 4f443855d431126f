#!/usr/bin/env python3
"""Every answer over a lake is the one over the folders that it was made of, and the one of the plain reader.

FLOWTRAIL names the program. The account is simulated; a few of its objects are then damaged, renamed or written in another
format, and half of it comes into the lake by a second run.
"""

import gzip
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

FLOWTRAIL = os.environ["FLOWTRAIL"]
QUESTIONS = ["access --fleet payment --port 22", "access --port 22", "sg-changes", "sg-attachments", "unused-groups", "unused-rules --all"]
STATEMENTS = [
    "SELECT count(*), sum(bytes), min(start), max(\"end\"), sum(hash(srcaddr, dstaddr, srcport, vpc_id, tcp_flags, action)) FROM vpc_flow_logs",
    "SELECT aws_account_id, aws_region, day, count(*) FROM vpc_flow_logs GROUP BY ALL ORDER BY ALL",
    "SELECT count(*), count(DISTINCT eventid) FROM cloudtrail_logs",
    "SELECT rule_id, sole_hits, shared_hits FROM rule_usage ORDER BY ALL",
]


def run(*words, codes=(0, 5)):
    done = subprocess.run([FLOWTRAIL, *words], capture_output=True, text=True)
    if done.returncode not in codes:
        sys.exit(f"{' '.join(map(str, words))}: exit {done.returncode}\n{done.stderr}")
    return done


def make_odd(logs):
    """Damage and variety, in some of the flow-log objects."""
    objects = sorted(logs.rglob("*_vpcflowlogs_*.log.gz"))
    text = gzip.decompress(objects[0].read_bytes())
    objects[0].write_bytes(gzip.compress(text + b"2 not a record\n"))
    packed = objects[1].read_bytes()
    objects[1].write_bytes(packed[: len(packed) * 2 // 3])
    header, *lines = gzip.decompress(objects[2].read_bytes()).decode().splitlines()
    turned = [" ".join(reversed(line.split())) for line in [header, *lines]]
    objects[2].write_bytes(gzip.compress(("\n".join(turned) + "\n").encode()))
    (logs / "by-hand").mkdir()
    objects[3].rename(logs / "by-hand" / "one.log.gz")
    objects[4].rename(logs / "by-hand" / "two.log.gz")


def damage(file):
    """The first page of the first row group."""
    stored = bytearray(file.read_bytes())
    stored[4:40] = bytes(36)
    file.write_bytes(stored)


def differ(words, one, other):
    """1 if two answers differ, which it prints."""
    if (one.stdout, one.returncode) == (other.stdout, other.returncode):
        return 0
    print(f"{words}\n--- {' '.join(map(str, one.args))}, exit {one.returncode}\n{one.stdout[:2000]}\n--- {' '.join(map(str, other.args))}, exit {other.returncode}\n{other.stdout[:2000]}")
    return 1


def main():
    with tempfile.TemporaryDirectory() as place:
        logs, lake = pathlib.Path(place, "logs"), pathlib.Path(place, "lake")
        run("sample", logs, "--days", "3", codes=(0,))
        make_odd(logs)
        later = pathlib.Path(place, "later")
        days = [folder for folder in logs.rglob("03") if folder.parent.name == "03" and "vpcflowlogs" in str(folder)]
        for folder in days:
            shutil.move(folder, later / folder.relative_to(logs))
        run("sync", logs, "--lake", lake)
        for folder in days:
            shutil.move(later / folder.relative_to(logs), folder)
        if not days or "0 new" in run("sync", logs, "--lake", lake).stderr:
            sys.exit("the second run found nothing new")
        if "0 new objects" not in run("sync", logs, "--lake", lake).stderr:
            sys.exit("a run without news found some")
        failed = 0
        asked = [("investigate", *q.split(), "--evidence", "none", "--output", "csv") for q in QUESTIONS]
        asked += [("sql", "--dialect", "duckdb", "--output", "csv", "-c", statement) for statement in STATEMENTS]
        for words in asked:
            of_logs, of_lake = run(*words, logs), run(*words, lake)
            if of_logs.stdout.count("\n") < 2:
                sys.exit(f"{words}: no answer to compare")
            failed += differ(words, of_logs, of_lake)
            if words[0] == "investigate":
                failed += differ(words, of_lake, run(*words, lake, "--plain-reader"))
        damage(sorted(lake.rglob("*.parquet"))[0])
        words = ("investigate", "unused-rules", "--all", "--evidence", "none", "--output", "csv", "--verbose")
        of_damaged, plain = (run(*words, lake, *more, codes=(5,)) for more in ([], ["--plain-reader"]))
        if "damaged Parquet file" not in of_damaged.stderr:
            sys.exit(f"the damaged file is not told:\n{of_damaged.stderr}")
        failed += differ("a damaged file", of_damaged, plain)
        if failed:
            sys.exit(f"{failed} answers differ")


if __name__ == "__main__":
    main()
