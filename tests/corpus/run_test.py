#!/usr/bin/env python3
"""Records that AWS wrote, read by the whole program, against what their SOURCE.txt files state.

    FLOWTRAIL=build/dev/bin/flowtrail tests/corpus/run_test.py CORPUS

CORPUS lies outside the repository and nothing of it is copied here; without it the exit code is 77 ("skipped").
"""

import base64
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

CORPUS = pathlib.Path(sys.argv.pop() if len(sys.argv) > 1 else "")
READER = CORPUS / "vpcflow" / "flowlogs-reader"
GUIDE = CORPUS / "vpcflow" / "aws-user-guide"
STRATUS = CORPUS / "cloudtrail" / "stratus-red-team"


def flowtrail(*arguments, codes=(0,)):
    """What the program prints, as JSON. `codes`: exit codes that are right."""
    done = subprocess.run([os.environ["FLOWTRAIL"], *map(str, arguments), "--output", "json"], capture_output=True, text=True)
    if done.returncode not in codes:
        raise AssertionError(f"exit code {done.returncode} of {arguments}: {done.stderr}")
    return json.loads(done.stdout)


def rows_of(statement, source, codes=(0,)):
    answer = flowtrail("sql", "-c", statement, source, codes=codes)
    names = [column["name"] for column in answer["columns"]]
    return [dict(zip(names, row)) for row in answer["rows"]]


def seconds(iso):
    return int(datetime.datetime.fromisoformat(iso.replace("Z", "+00:00")).timestamp())


class FlowLogs(unittest.TestCase):
    def check_rows(self, source, expected, codes=(0,)):
        wanted = [{key: seconds(value) if key in ("start", "end") else value for key, value in row.items()} for row in expected]
        actual = rows_of("select * from vpc_flow_logs", source, codes)
        self.assertEqual(len(actual), len(wanted))
        for want in wanted:
            self.assertTrue(any(all(str(row.get(key)) == str(value) for key, value in want.items()) for row in actual),
                            f"{want} is not among {actual}")

    def test_every_version_gives_the_rows_that_another_reader_gives(self):
        expected = json.loads((READER / "expected.json").read_text())
        self.check_rows(READER / "v3_file.log", expected["test_serial"])
        self.check_rows(READER / "v4_file.log", expected["test_serial_v4"])
        self.check_rows(READER / "v5_file.log", expected["test_serial_v5"], codes=(5,))  # its last line is bogus
        with tempfile.TemporaryDirectory() as folder:
            parquet = pathlib.Path(folder) / "flows.log.parquet"
            parquet.write_bytes(base64.b64decode((READER / "flows.parquet.base64").read_text()))
            self.check_rows(parquet, expected["test_serial_parquet"])

    def test_default_format_without_a_header_is_read_with_all_its_statuses(self):
        rows = rows_of("select log_status, count(*) as n from vpc_flow_logs group by log_status", READER / "v2_records.log")
        self.assertEqual({row["log_status"]: int(row["n"]) for row in rows}, {"OK": 3, "NODATA": 1, "SKIPDATA": 1})

    def test_examples_of_the_user_guide_are_all_read(self):
        for name, count in (("01", 2), ("02", 2), ("03", 2), ("04", 1), ("05", 8), ("08", 2)):
            source = next(GUIDE.glob(name + "-*.log"))
            self.assertEqual(int(rows_of("select count(*) as n from vpc_flow_logs", source)[0]["n"]), count, source.name)

    def test_the_tcp_flag_example_is_one_peer_with_sessions(self):
        answer = flowtrail("investigate", "access", "--port", "5001", next(GUIDE.glob("05-*.log")))
        self.assertEqual(len(answer["rows"]), 1)
        row = answer["rows"][0]
        self.assertEqual((row["peer_address"], row["grade"], row["attempts"], row["records"]), ("52.213.180.42", "session", 3, 8))


class CloudTrail(unittest.TestCase):
    def test_all_real_events_are_read(self):
        answer = flowtrail("investigate", "sg-changes", STRATUS, codes=(0, 5))
        told = sum(len(json.loads(file.read_text())) for file in STRATUS.glob("*.json"))
        coverage = answer["coverage"]["cloudtrail"]
        self.assertEqual(coverage["events"] + coverage["duplicate_events"], told)
        self.assertEqual(coverage["bad_events"], 0)

    def test_the_group_opened_to_the_world_is_reported_with_its_actor(self):
        answer = flowtrail("investigate", "sg-changes", "--opens-to", "world", STRATUS, codes=(0, 5))
        rows = [row for row in answer["rows"] if row["change"] == "rule-added" and row["direction"] == "ingress"]
        opened = [row for row in rows if row["event_id"] == "9fd68588-ecbf-4528-a345-199fa6bb0821"]
        self.assertEqual(len(opened), 1)
        self.assertEqual(opened[0]["after"], "ingress tcp 22 from 0.0.0.0/0")
        self.assertEqual(opened[0]["rule_id"], "sgr-09b3e3d2ca1edf2a2")
        self.assertTrue(opened[0]["actor_arn"].endswith(":user/christophe"))
        self.assertEqual(opened[0]["event_time"], "2024-08-01T12:23:55Z")

    def test_removing_a_flow_log_is_in_the_table(self):
        rows = rows_of("select count(*) as n from cloudtrail_logs where eventname = 'DeleteFlowLogs'", STRATUS, codes=(0, 5))
        self.assertEqual(int(rows[0]["n"]), 1)


if __name__ == "__main__":
    if not READER.is_dir():
        print(f"SKIPPED: no published logs at {CORPUS}; what they would show is not tested")
        sys.exit(77)
    unittest.main()
