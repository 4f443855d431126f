#!/usr/bin/env python3
"""The shell as a person has it: on a pseudo-terminal, key by key.

    FLOWTRAIL=build/dev/bin/flowtrail tests/shell/terminal_test.py

Every wait is for text that must come; none is for a time.
"""

import os
import pathlib
import pty
import re
import select
import signal
import stat
import struct
import subprocess
import tempfile
import termios
import time
import unittest
import fcntl

FLOWTRAIL = str(pathlib.Path(os.environ["FLOWTRAIL"]).resolve())
TIMEOUT_S = int(os.environ.get("T", 60))
PROMPT = "flowtrail> "
# Runs until it is cancelled.
ENDLESS = "SELECT sum(a.x * b.x) FROM UNNEST(sequence(1, 9999)) a(x), UNNEST(sequence(1, 9999)) b(x), UNNEST(sequence(1, 9999)) c(x)"


class Terminal:
    def __init__(self, home, *arguments, lines=24, columns=100, color=False, program=None):
        environment = {"HOME": str(home), "PATH": "/usr/local/bin:/usr/bin:/bin", "TERM": "xterm", "LC_ALL": "C.UTF-8",
                       "PAGER": "sed s/^/paged:/"}
        if not color:
            environment["NO_COLOR"] = "1"
        environment.update({name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")})
        self.main, secondary = pty.openpty()
        fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

        def take_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        self.process = subprocess.Popen(program or [FLOWTRAIL, "shell", *arguments], stdin=secondary, stdout=secondary, stderr=secondary,
                                        env=environment, cwd=home, preexec_fn=take_terminal)
        os.close(secondary)
        self.seen = ""

    def send(self, text):
        os.write(self.main, text.encode())

    def expect(self, text):
        """Reads up to `text` and gives all before it."""
        deadline = time.monotonic() + TIMEOUT_S
        while text not in self.seen:
            ready, _, _ = select.select([self.main], [], [], max(0, deadline - time.monotonic()))
            try:
                read = os.read(self.main, 65536) if ready else b""
            except OSError:  # the other side is closed
                read = b""
            if not read:
                raise AssertionError(f"{text!r} did not come; what came: {self.seen!r}")
            self.seen += read.decode("utf-8", "replace")
        before, self.seen = self.seen.split(text, 1)
        return before

    def close(self):
        """Leaves with Ctrl-D and gives the exit code."""
        self.send("\x04")
        return self.wait()

    def wait(self):
        try:
            self.expect("\0")  # never: what is not read could keep the program from ending
        except AssertionError:
            pass
        os.close(self.main)
        return self.process.wait(TIMEOUT_S)


def plain(text):
    return re.sub(r"\x1b(\[[0-9;?]*[A-Za-z]|[78])", "", text)


class TerminalTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="flowtrail-shell-")
        self.home = pathlib.Path(self.folder.name)
        self.addCleanup(self.folder.cleanup)

    def open(self, *arguments, **options):
        terminal = Terminal(self.home, *arguments, **options)
        self.addCleanup(lambda: terminal.process.poll() is None and terminal.process.kill())
        return terminal

    def test_a_statement_of_two_lines_is_answered(self):
        shell = self.open()
        shell.expect(PROMPT)
        shell.send("SELECT 40 + 2\r")
        shell.expect("...> ")
        shell.send("AS answer;\r")
        shell.expect("answer\r\n")
        self.assertIn("42", shell.expect(PROMPT))
        self.assertEqual(shell.close(), 0)

    def test_an_error_does_not_end_it(self):
        shell = self.open()
        shell.expect(PROMPT)
        shell.send("SELECT nope;\r")
        shell.expect("Column 'nope' cannot be resolved")
        shell.expect(PROMPT)
        shell.send(".quit\r")
        self.assertEqual(shell.wait(), 0)

    def test_tab_completes_words_and_lists_candidates(self):
        shell = self.open()
        shell.expect(PROMPT)
        shell.send("CREATE TABLE flows AS SELECT 7 AS srcport, 8 AS srcaddr;\r")
        shell.expect(PROMPT)
        shell.send("selec\t sr")
        shell.send("\x01\x05")  # to the begin and the end of the line: nothing
        shell.send("\x15select * from flo\t;\r")
        shell.expect("srcport  srcaddr\r\n")
        shell.expect(PROMPT)
        shell.send("select f.src from flows f")
        shell.send("\x1bb\x1bb\x1bb\x02\t")  # three words and a character back
        shell.expect("srcport  srcaddr\r\n")
        shell.send("p\t\r;\r")
        shell.expect("7\r\n")
        shell.expect(PROMPT)
        self.assertEqual(shell.close(), 0)

    def test_colours_come_while_typing_and_leave_the_text_alone(self):
        shell = self.open(color=True)
        shell.expect(PROMPT)
        shell.send("SELECT 'é' AS a")
        shell.expect("\x1b[1mAS\x1b[0m a")
        shell.send("\x7fb;\r")
        answer = plain(shell.expect(PROMPT))
        self.assertIn("é", answer)
        self.assertEqual(shell.close(), 0)

    def test_ctrl_c_drops_what_is_typed(self):
        shell = self.open()
        shell.expect(PROMPT)
        shell.send("SELECT 'open\r")
        shell.expect("...> ")
        shell.send("more\x03")
        shell.expect("^C")
        shell.expect(PROMPT)
        shell.send("SELECT 1 AS a;\r")
        shell.expect("a\r\n")
        shell.expect(PROMPT)
        self.assertEqual(shell.close(), 0)

    def test_ctrl_c_cancels_a_statement_and_the_shell_lives(self):
        shell = self.open()
        shell.expect(PROMPT)
        shell.send(ENDLESS + ";\r")
        shell.expect(" s, 0 rows")  # the progress line
        shell.send("\x03")
        shell.expect("flowtrail: cancelled")
        shell.expect(PROMPT)
        shell.send("SELECT 1 AS alive;\r")
        shell.expect("alive\r\n")
        shell.expect(PROMPT)
        self.assertEqual(shell.close(), 0)

    def test_long_answers_are_paged(self):
        shell = self.open(lines=10)
        shell.expect(PROMPT)
        shell.send("SELECT x FROM UNNEST(sequence(1, 30)) t(x);\r")
        shell.expect("paged:")
        self.assertIn("paged:30", shell.expect(PROMPT))
        shell.send(".pager off\r")
        shell.expect(PROMPT)
        shell.send("SELECT x FROM UNNEST(sequence(1, 30)) t(x);\r")
        self.assertNotIn("paged:", shell.expect(PROMPT))
        self.assertEqual(shell.close(), 0)

    def test_history_is_kept_and_searched(self):
        shell = self.open()
        shell.expect(PROMPT)
        shell.send("SELECT 11 AS\rfirst_one;\r")
        shell.expect("first_one\r\n")
        shell.expect(PROMPT)
        shell.send("SELECT 22 AS b;\r")
        shell.expect("22\r\n")
        shell.expect(PROMPT)
        self.assertEqual(shell.close(), 0)
        history = self.home / ".local/state/flowtrail/history"
        self.assertEqual(stat.S_IMODE(history.stat().st_mode), 0o600)
        self.assertEqual(history.read_text(), "SELECT 11 AS\\nfirst_one;\nSELECT 22 AS b;\n")

        again = self.open()
        again.expect(PROMPT)
        again.send("\x1b[A\r")  # up
        again.expect("22\r\n")
        again.expect(PROMPT)
        again.send("\x12" + "first")
        again.send("\r")
        again.expect("11\r\n")
        again.expect(PROMPT)
        self.assertEqual(again.close(), 0)

    def test_ctrl_c_ends_sql_with_130(self):
        terminal = self.open(program=[FLOWTRAIL, "sql", "--dialect", "athena", "-c", "SELECT 1 AS begun; " + ENDLESS, "--output", "csv"])
        terminal.expect("begun")
        terminal.send("\x03")
        terminal.expect("flowtrail: cancelled")
        self.assertEqual(terminal.wait(), 130)


if __name__ == "__main__":
    signal.alarm(10 * TIMEOUT_S)
    unittest.main()
