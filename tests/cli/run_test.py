#!/usr/bin/env python3
"""Tests of the runner itself: a test that cannot fail would say nothing."""

import os
import pathlib
import subprocess
import tempfile
import unittest

RUN = pathlib.Path(__file__).resolve().parent / "run"


class Runner(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.file = pathlib.Path(self.folder.name) / "x.test"
        self.addCleanup(self.folder.cleanup)

    def run_on(self, text, *options, name="x.test"):
        self.file = self.file.with_name(name)
        self.file.write_text(text, encoding="utf-8")
        env = {**os.environ, "FLOWTRAIL": "/bin/echo"}
        done = subprocess.run([RUN, *options, self.file], env=env, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def test_equal_output_passes(self):
        self.assertEqual(self.run_on("# about\n$ flowtrail a b | cat\na b\n$ false\n? 1\n")[0], 0)

    def test_other_output_fails_with_a_diff(self):
        code, text = self.run_on("$ flowtrail a\nb\n")
        self.assertEqual(code, 1)
        self.assertIn("-b\n+a\n", text)

    def test_missing_and_surplus_output_fail(self):
        self.assertEqual(self.run_on("$ flowtrail a\n")[0], 1)
        self.assertEqual(self.run_on("$ true\na\n")[0], 1)

    def test_other_exit_code_fails(self):
        self.assertEqual(self.run_on("$ exit 3\n")[0], 1)
        self.assertEqual(self.run_on("$ exit 3\n? 4\n")[0], 1)
        self.assertEqual(self.run_on("$ exit 3\n? 3\n")[0], 0)

    def test_wildcards_stand_for_lines_and_parts_of_lines_only(self):
        self.assertEqual(self.run_on("$ seq 5\n1\n...\n5\n")[0], 0)
        self.assertEqual(self.run_on("$ seq 5\n1\n...\n6\n")[0], 1)
        self.assertEqual(self.run_on("$ echo in 17 ms; echo b\nin [...] ms\nb\n")[0], 0)
        self.assertEqual(self.run_on("$ echo in 17 ms; echo b\nin [...]\n")[0], 1)

    def test_commands_share_a_folder_and_files_do_not(self):
        self.assertEqual(self.run_on("$ ls; touch a\n$ ls\na\n")[0], 0)
        self.assertEqual(self.run_on("$ ls\n")[0], 0)

    def test_accept_writes_what_came_and_then_passes(self):
        self.assertEqual(self.run_on("# kept\n$ seq 3\n1\n...\n$ flowtrail '$ a'; exit 2\nb\n", "--accept")[0], 0)
        self.assertEqual(self.file.read_text(), "# kept\n$ seq 3\n1\n...\n$ flowtrail '$ a'; exit 2\n\\$ a\n? 2\n")
        self.assertEqual(self.run_on(self.file.read_text())[0], 0)

    def test_a_line_may_go_on(self):
        self.assertEqual(self.run_on("$ flowtrail a \\\n  b\na b\n")[0], 0)

    def test_documents_run_console_blocks_only(self):
        good = "```console\n$ flowtrail a\nany\n```\n```sh\n$ flowtrail b | false\n```\n"
        self.assertEqual(self.run_on(good, "--documents", name="x.md")[0], 0)
        bad = "```console\n$ flowtrail a | false\n```\n"
        code, text = self.run_on(bad, "--documents", name="x.md")
        self.assertEqual(code, 1)
        self.assertIn("x.md:2", text)
        self.assertEqual(self.run_on(bad.replace("false", "false # exit 1"), "--documents", name="x.md")[0], 0)


if __name__ == "__main__":
    unittest.main()
