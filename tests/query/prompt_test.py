# SPDX-License-Identifier: Apache-2.0
"""The prompt of `tarn query` on a pseudo-terminal: what is on the screen after each key.

usage: prompt_test.py TARN
"""
import os
import pathlib
import re
import stat
import sys
import tempfile
import time

from screen import Terminal

TARN = os.path.abspath(sys.argv[1])
LONG = "select count(*) from tpch.tiny.lineitem a, tpch.tiny.lineitem b where a.comment < b.comment;"
PROMPT = r"^lake(\.\w+)?> $|^lake(\.\w+)?>$"

CONFIG = """catalogs:
  lake: {type: iceberg, catalog: sqlite:///lake/catalog.db, warehouse: lake/warehouse}
  tpch: {type: tpch}
"""


def open_prompt(folder, *options, rows=24, columns=80, **env):
    terminal = Terminal([TARN, "query", *options], folder, {"HOME": folder, "PAGER": "", **env}, rows, columns)
    terminal.expect(PROMPT)
    return terminal


def at_prompt(terminal):
    terminal.expect(r"\A(?:.*\n)+lake(\.\w+)?>$")


def statements(folder):
    t = open_prompt(folder)
    t.check("\\? for help, \\q to leave" in t.screen.text(), "the greeting")
    t.send("select 1 as one, 'a' as letter, cast(null as integer) as nothing;\r")
    text = t.expect(r"\(1 row\)\n(.*\n)*lake>")
    t.check(re.search(r"^one  letter  nothing$", text, re.M), "names of columns")
    t.check(re.search(r"^  1  a          NULL$", text, re.M), "a row, NULL as such")
    # Several lines, with a text, a name and a comment that hold semicolons.
    t.send("select 'a;b' as x, -- no end; here\r")
    t.expect(r"^   ->$")
    t.send("  2 as \"y;z\"\r;\r")
    text = t.expect(r"\(1 row\)")
    t.check(re.search(r"^x    y;z$", text, re.M) and re.search(r"^a;b    2$", text, re.M), "several lines")
    # Two in one line, a comment after the end.
    at_prompt(t)
    t.send("select 11 as p; select 12 as q; -- done\r")
    text = t.expect(r"12\n\(1 row\)\n(.*\n)*lake>$")
    t.check("11" in text, "two statements")
    t.send("select nosuch\rfrom (values 1) t(a);\r")
    text = t.expect(r"COLUMN_NOT_FOUND: Column 'nosuch' cannot be resolved")
    t.check("^^^^^^" in t.expect(r"\^\^\^\^\^\^"), "the place of the error")
    t.expect(r"lake>$")
    t.send("selec 1;\r")
    t.expect(r"SYNTAX_ERROR: .ismatched input 'selec'")
    # Numbers as they are.
    t.send("select 12345678901234567890.123456789 as d, 0.1e0 + 0.2e0 as f, 9007199254740993 as b;\r")
    text = t.expect(r"\(1 row\)\n(.*\n)*lake>")
    for number in ("12345678901234567890.123456789", "0.30000000000000004", "9007199254740993"):
        t.check(number in text, f"exactly {number}")
    t.send("select 'é漢字' as wide, 1 as after;\r")
    t.expect(r"\(1 row\)")
    t.send("\x04")
    t.check(t.wait() == 0, "Ctrl-D leaves with 0")


def keys(folder):
    t = open_prompt(folder)
    t.send("selct 5 as five;")
    t.send("\x1b[H\x1b[C\x1b[C\x1b[Ce\x05\r")  # Home, three to the right, `e`, End
    t.expect(r"^   5\n(.*\n)*lake>$")
    t.send("\x1b[A")  # up
    t.expect(r"lake> select 5 as five;$")
    t.send("\x15select 6 as six;\r")  # Ctrl-U
    t.expect(r"^  6\n(.*\n)*lake>$")
    t.send("\x1b[A\x1b[A")
    t.expect(r"lake> select 5 as five;$")
    t.send("\x1b[B\x1b[B")  # down, to the empty line
    t.expect(r"lake>$")
    t.send("\x12five")  # Ctrl-R
    t.expect(r"\(search\)`five': select 5 as five;$")
    t.send("\r")
    t.expect(r"^   5\n(.*\n)*lake>$")
    t.send("no such thing\x03")  # Ctrl-C clears the line
    t.expect(r"\^C\n(.*\n)*lake>$")
    t.send("select 7\r")
    t.expect(r"->$")
    t.send("\x03")  # and what was begun
    t.expect(r"lake>$")
    t.send("select 8 as eight;\r")
    t.expect(r"^    8$")
    # Pasted: line feeds do not run anything by themselves.
    t.send("\x1b[200~select 9\n  as nine;\x1b[201~")
    t.expect(r"select 9↵  as nine;$")
    t.send("\r")
    t.expect(r"^   9\n(.*\n)*lake>$")
    t.send("\x1b[A\r")  # with its line feed
    t.expect(r"^   9\n(.*\n)*lake>$")
    t.send("select 'ä€' as u;\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f;\r".replace("\x7f" * 8, "\x7f"))
    t.expect(r"^ä€\n(.*\n)*lake>$")
    t.send("quit\r")
    t.check(t.wait() == 0, "quit leaves with 0")
    # The next one knows what was entered, and nobody else can read it.
    history = pathlib.Path(folder) / ".tarn_history"
    t.check(stat.S_IMODE(history.stat().st_mode) == 0o600, "the history is private")
    t = open_prompt(folder)
    t.send("\x1b[A\x1b[A\x1b[A")
    t.expect(r"lake> select 9↵  as nine;$")
    t.send("\x15\\q\r")
    t.check(t.wait() == 0, "\\q leaves with 0")


def completion(folder):
    t = open_prompt(folder)
    t.send("create schema sales;\r")
    t.expect(r"CREATE SCHEMA")
    t.send("create table sales.orders as select 1 as order_key, 2 as total;\r")
    t.expect(r"CREATE TABLE: 1 row")
    t.send("use lake.sales;\r")
    t.expect(r"lake\.sales>$")
    t.send("sel\t")
    t.expect(r"lake\.sales> select $|lake\.sales> select$")
    t.send("* from ord\t")
    t.expect(r"select \* from orders$")
    t.send("where order_\t")
    t.expect(r"where order_key$|where order_key $")
    t.send("= 1;\r")
    t.expect(r"\(1 row\)")
    t.send("select tot\x15select count(*) from tp\t")
    t.expect(r"from tpch\.$")
    t.send("ti\t")
    t.expect(r"from tpch\.tiny\.$")
    t.send("nat\t;\r")
    t.expect(r"^ +25\n(.*\n)*lake.sales>$")
    t.send("select * from tpch.tiny.part\t")  # several: a list, the line stays
    t.expect(r"tpch\.tiny\.part  tpch\.tiny\.partsupp")
    t.expect(r"select \* from tpch\.tiny\.part$")
    t.send("\x03\\q\r")
    t.check(t.wait() == 0, "leaves")


def commands(folder):
    t = open_prompt(folder, "--schema", "sales")
    t.send("\\?\r")
    t.expect(r"\\timing .*\n")
    t.send("\\l\r")
    text = t.expect(r"\(\d rows\)")
    t.check("lake" in text and "tpch" in text, "catalogs")
    t.send("\\dn\r")
    t.expect(r"^sales$")
    t.send("\\d\r")
    t.expect(r"^orders$")
    t.send("\\d orders\r")
    t.expect(r"^order_key +integer")
    t.send("\\d tpch.tiny\r")
    t.expect(r"^lineitem$")
    t.send("\\timing\r")
    t.expect(r"timing is on")
    t.send("select 1 as a;\r")
    t.expect(r"\(1 row\), \d+\.\d ms")
    t.send("\\x\r")
    t.expect(r"rows are lists")
    t.send("select * from orders;\r")
    t.expect(r"-\[ row 1 \]\norder_key \| 1\ntotal     \| 2\n")
    t.send("\\x\r")
    t.expect(r"rows are lines")
    t.send("select 1 as only\\G\r")
    t.expect(r"-\[ row 1 \]\nonly \| 1\n")
    t.send("\\o csv\r\\o nosuch\r")
    t.expect(r"there is no format `nosuch`")
    t.send("select 1 as a, 'b,c' as b;\r")
    t.expect(r'^a,b\n1,"b,c"$')
    t.send("\\nosuch\r")
    t.expect(r"there is no command `\\nosuch`")
    t.send("\\i nosuch.sql\r")
    t.expect(r"nosuch\.sql")
    t.send("\\q\r")
    t.check(t.wait() == 0, "leaves")


def pager(folder):
    # Its own program shows that it ran, and what it got.
    script = pathlib.Path(folder) / "pager.sh"
    script.write_text("#!/bin/sh\necho PAGED; wc -l; echo END\n")
    script.chmod(0o755)
    t = open_prompt(folder, rows=10, PAGER=str(script))
    t.send("select * from unnest(sequence(1, 5)) t(n);\r")
    text = t.expect(r"\(5 rows\)")
    t.check("PAGED" not in text, "what fits is not paged")
    t.send("select * from unnest(sequence(1, 30)) t(n);\r")
    text = t.expect(r"PAGED\n31\nEND\n\(30 rows\)")
    t.send("select rpad('a', 100, 'b') as wide;\r")
    t.expect(r"PAGED\n2\nEND\n\(1 row\)")
    t.send("\\q\r")
    t.check(t.wait() == 0, "leaves")
    # A pager that is not there loses nothing.
    t = open_prompt(folder, rows=10, PAGER="no-such-pager -x")
    t.send("select * from unnest(sequence(1, 30)) t(n);\r")
    text = t.expect(r"\(30 rows\)")
    t.check(re.search(r"^30$", text, re.M), "all rows without a pager")
    t.send("\\q\r")
    t.check(t.wait() == 0, "leaves")
    if not any(os.access(os.path.join(part, "less"), os.X_OK) for part in os.environ["PATH"].split(":")):
        return
    t = open_prompt(folder, rows=10, PAGER="less -RSX")
    t.send("select * from unnest(sequence(1, 300)) t(n);\r")
    t.expect(r"^ +7$")
    time.sleep(0.2)
    t.send("q")
    t.expect(r"\(300 rows\)\n(.*\n)*lake>$")
    t.send("\\q\r")
    t.check(t.wait() == 0, "leaves")


def interrupts(folder):
    t = open_prompt(folder)
    t.send("select count(*) from tpch.tiny.nation;\r")  # makes the data
    t.expect(r"\(1 row\)", 300)
    took = []
    for _ in range(3):
        t.send(LONG + "\r")
        time.sleep(1.5)
        while t.read(0):
            pass
        start = time.monotonic()
        t.send("\x03", at_once=True)
        t.expect(r"USER_CANCELED", 20)
        t.expect(r"lake>$", 20)
        took.append(time.monotonic() - start)
    print("Ctrl-C to prompt, ms:", " ".join(f"{1000 * seconds:.0f}" for seconds in took))
    # A loaded machine gets more.
    t.check(min(took) < float(os.environ.get("TARN_CANCEL_SECONDS", "1")), f"cancelled too late: {took}")
    t.send("select 2 as two;\r")
    t.expect(r"^  2$")
    t.kill(15)  # SIGTERM at the prompt
    t.check(t.wait() in (0, 130), "SIGTERM leaves")


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        pathlib.Path(folder, "tarn.yml").write_text(CONFIG)
        for part in (statements, keys, completion, commands, pager, interrupts):
            part(folder)
            print("ok", part.__name__)


if __name__ == "__main__":
    main()
