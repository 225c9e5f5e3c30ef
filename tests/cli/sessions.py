# SPDX-License-Identifier: Apache-2.0
"""Recorded sessions: each `*.session` has lines `$ tarn …` with what the program answers and `[exit N]`
unless it is 0. `$ steps` lines run steps of lake_tool, `$ file PATH TEXT` writes a
file, `$ cat PATH` shows one. Ids, times, sizes and paths are masked. UPDATE_GOLDEN=1 rewrites the files.

usage: sessions.py TARN LAKE_TOOL FOLDER
"""
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

MASKS = [
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC", "TIME"),
    (r"\b\d{17,19}\b", "ID"),
    (r"\b\d{5}-[0-9a-f-]{36}", "VERSION-UUID"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
    (r'"(timestamp|updated|modified)_ms": \d+', r'"\1_ms": MS'),
    (r"( +)TIME", " TIME"),
    (r"( *)ID", " ID"),
    (r" {2,}snapshot  ", "  snapshot  "),  # as wide as the longest id
    # Runs of a project.
    (r"(?m)^\d\d:\d\d:\d\d  ", "CLOCK  "),
    (r"\bin \d+\.\d\d ?s\b", "in SECONDS"),
    (r"(files?), \d[\d.]* K?B\)", r"\1, SIZE)"),
    (r"(?m)^((?:model|test)\..*?) +\d[\d.]* K?B", r"\1 SIZE"),
    (r"(?m)^[0-9a-f]{8} +TIME", "RUN TIME"),
    (r" +\d+\.\d +(success|error)", r" SECONDS \1"),
    (r"(success|error|skipped|pass) +\d+\.\d\d ", r"\1 SECONDS "),
    (r"(?m)^seconds   .*", "seconds   SECONDS"),
]


def mask(text, folder):
    text = text.replace(folder, "DIR")
    for pattern, name in MASKS:
        text = re.sub(pattern, name, text)
    return "\n".join(line.rstrip() for line in text.splitlines())


def run(words, tarn, lake_tool, folder):
    environment = {"PATH": os.environ["PATH"], "HOME": folder, "USER": "anna"}
    if words[0] == "steps":
        answer = subprocess.run([lake_tool, "run", "lake"], input="\n".join(words[1:]) + "\n", text=True,
                                capture_output=True, cwd=folder, env=environment)
    elif words[0] == "file":
        pathlib.Path(folder, words[1]).write_text(words[2] + "\n")
        return ""
    elif words[0] == "cat":
        return mask(pathlib.Path(folder, words[1]).read_text(), folder)
    else:
        answer = subprocess.run([tarn, *words[1:]], text=True, capture_output=True, cwd=folder, env=environment,
                                stdin=subprocess.DEVNULL)
    out = mask(answer.stdout + answer.stderr, folder)
    if answer.returncode:
        out += ("\n" if out else "") + f"[exit {answer.returncode}]"
    return out


def replay(path, tarn, lake_tool):
    commands = [line[2:] for line in path.read_text().splitlines() if line.startswith("$ ")]
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        parts = []
        for command in commands:
            answer = run(shlex.split(command), tarn, lake_tool, folder)
            parts.append(f"$ {command}\n" + (answer + "\n" if answer else ""))
    return "\n".join(parts)


def main():
    tarn, lake_tool, folder = sys.argv[1:]
    failed = 0
    for path in sorted(pathlib.Path(folder).glob("*.session")):
        actual = replay(path, tarn, lake_tool)
        if os.environ.get("UPDATE_GOLDEN"):
            path.write_text(actual)
        elif actual != path.read_text():
            failed += 1
            print(f"--- {path.name} differs; now it is\n{actual}")
    sys.exit(1 if failed else 0)


main()
