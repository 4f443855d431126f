"""J1 in another tool that a user might pick (run it with the Python of build/bench/venv, made by bench/run --others).

    other_job.py chdb|flowlogs-reader FORMAT DIR ANSWER [--threads N]
"""

import argparse
import collections
import csv
import gzip
import os
import pathlib

import duckdb_job


def chdb_answer(options, chosen):
    """Lines split at blanks: its CSV format refuses a blank as the delimiter. Both formats begin with the same fields."""
    import chdb
    files = os.path.join(options.dir, "logs", "AWSLogs", "*", "vpcflowlogs", "**", "*.log.gz")
    wanted = ", ".join(map(duckdb_job.text, chosen))
    result = chdb.query(f"""
        SELECT field[4] AS srcaddr, count() FROM (
            SELECT splitByChar(' ', line, 8) AS field FROM file({duckdb_job.text(files)}, 'LineAsString', 'line String'))
        WHERE field[7] = '22' AND field[3] IN ({wanted}) AND position(srcaddr, ':') = 0
        GROUP BY srcaddr ORDER BY srcaddr
        SETTINGS max_threads = {options.threads}""", "CSV")
    return [(row[0], int(row[1])) for row in csv.reader(result.data().splitlines())]


def flowlogs_reader_answer(options, chosen):
    """Its record class over the lines, as its reader of S3 files does it; one thread, as it is used."""
    from flowlogs_reader import FlowRecord
    chosen = set(chosen)
    counts = collections.Counter()
    for path in duckdb_job.files_below(options.dir, ".log.gz"):
        with gzip.open(path, "rt") as lines:
            names = [name.replace("-", "_") for name in next(lines).split()]
            for row in csv.DictReader(lines, fieldnames=names, delimiter=" "):
                record = FlowRecord(row)
                if record.dstport == 22 and record.interface_id in chosen and ":" not in record.srcaddr:
                    counts[record.srcaddr] += 1
    return sorted(counts.items())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool", choices=["chdb", "flowlogs-reader"])
    for name in ("format", "dir", "answer"):
        parser.add_argument(name)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    chosen = pathlib.Path(options.dir, "tables", "chosen_interfaces.txt").read_text().split()
    answer = (chdb_answer if options.tool == "chdb" else flowlogs_reader_answer)(options, chosen)
    with open(options.answer, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["srcaddr", "count"])
        writer.writerows(answer)


if __name__ == "__main__":
    main()
