# SPDX-License-Identifier: Apache-2.0
"""A program on a pseudo-terminal, and what stands on its screen."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
import unicodedata

CONTROL = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z~])|\x1b[=>78]|\x1b\][^\x07]*\x07")


class Screen:
    """Lines as a terminal without end would show them: nothing scrolls away."""

    def __init__(self, width):
        self.width = width
        self.lines = [""]
        self.row = 0
        self.column = 0

    def put(self, char):
        cells = 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if self.column + cells > self.width:
            self.feed_line()
            self.column = 0
        line = self.lines[self.row].ljust(self.column)
        self.lines[self.row] = line[: self.column] + char + line[self.column + 1 :]
        self.column += cells

    def feed_line(self):
        self.row += 1
        if self.row == len(self.lines):
            self.lines.append("")

    def feed(self, text):
        at = 0
        while at < len(text):
            found = CONTROL.match(text, at)
            if found:
                self.control(found.group(1), found.group(2))
                at = found.end()
                continue
            char = text[at]
            at += 1
            if char == "\n":
                self.feed_line()
            elif char == "\r":
                self.column = 0
            elif char == "\b":
                self.column = max(self.column - 1, 0)
            elif char >= " ":
                self.put(char)

    def control(self, numbers, letter):
        if letter == "K":
            self.lines[self.row] = self.lines[self.row][: self.column]
        elif letter == "C":
            self.column += int(numbers or 1)
        elif letter == "J":
            self.lines, self.row, self.column = [""], 0, 0

    def text(self):
        return "\n".join(line.rstrip() for line in self.lines)


class Terminal:
    def __init__(self, command, cwd, env=None, rows=24, columns=80):
        self.screen = Screen(columns)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.environ.update({"TERM": "xterm", "TARN_LAKEHOUSE": "", **(env or {})})
            os.execv(command[0], command)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.marks = 0  # line from which expect() looks

    def read(self, timeout):
        ready, _, _ = select.select([self.fd], [], [], timeout)
        if not ready:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        if not data:
            return False
        self.screen.feed(data.decode("utf-8", "replace"))
        return True

    def since_mark(self):
        return "\n".join(line.rstrip() for line in self.screen.lines[self.marks :])

    def expect(self, pattern, timeout=25):
        """Waits until the pattern stands below the mark; gives what stands there."""
        end = time.monotonic() + timeout
        while not re.search(pattern, self.since_mark(), re.M):
            left = end - time.monotonic()
            if left <= 0 or not (self.read(min(left, 1)) or left > 0):
                self.fail(f"not on the screen: {pattern}")
            if self.ended() and not re.search(pattern, self.since_mark(), re.M):
                self.read(0.2)
                if not re.search(pattern, self.since_mark(), re.M):
                    self.fail(f"ended without: {pattern}")
        return self.since_mark()

    def takes_keys(self):
        """The program has the keys one by one: it waits for them."""
        return not termios.tcgetattr(self.fd)[3] & termios.ICANON

    def send(self, text, at_once=False):
        """From here on expect() looks at what comes. Waits until the program takes keys, unless
        they are for what runs."""
        end = time.monotonic() + 25
        while not at_once and not self.takes_keys():
            if time.monotonic() > end:
                self.fail(f"takes no keys: {text!r}")
            self.read(0.01)
        self.marks = self.screen.row
        os.write(self.fd, text.encode())

    def ended(self):
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            self.status = status
            self.ended = lambda: True
        return bool(pid)

    def wait(self, timeout=20):
        """The exit code; minus a signal's number."""
        end = time.monotonic() + timeout
        while not self.ended():
            if time.monotonic() > end:
                self.fail("does not end")
            self.read(0.05)
        return os.waitstatus_to_exitcode(self.status)

    def kill(self, number=signal.SIGKILL):
        os.kill(self.pid, number)

    def fail(self, what):
        print(f"FAILED: {what}\n--- screen ---\n{self.screen.text()}\n--------------")
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        sys.exit(1)

    def check(self, condition, what):
        if not condition:
            self.fail(what)
