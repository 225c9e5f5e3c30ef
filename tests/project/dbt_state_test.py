#!/usr/bin/env python3
"""dbt compares a project with the manifest that we wrote of it (--state).

usage: dbt_state_test.py DBT PROGRAM PROJECT
SPDX-License-Identifier: Apache-2.0
"""
import os
import shutil
import subprocess
import sys
import tempfile


def run(words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)}: {done.stdout}{done.stderr}")
    return done.stdout


def main():
    dbt, program, source = sys.argv[1:4]
    if not os.path.exists(dbt):
        print("SKIPPED: dbt is not installed (./dev deps)")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as work:
        folder, state = os.path.join(work, "p"), os.path.join(work, "state")
        shutil.copytree(source, folder)
        words = [program, folder, "dev"] if os.path.basename(program) == "parse-bench" else \
            [program, "parse", "--project-dir", folder, "--profiles-dir", folder]
        run(words)
        os.mkdir(state)
        shutil.copy(os.path.join(folder, "target", "manifest.json"), state)

        def listed(method):
            text = run([dbt, "--quiet", "ls", "--project-dir", folder, "--profiles-dir", folder,
                        "--state", state, "--select", method])
            return sorted(line for line in text.split("\n") if line.startswith(("rec.", "source:")))

        assert listed("state:new") == [], listed("state:new")
        assert listed("state:modified.configs") == [], listed("state:modified.configs")
        with open(os.path.join(folder, "models", "v_docs.sql"), "a") as file:
            file.write("where id > 1")
        assert listed("state:modified.body") == ["rec.v_docs"], listed("state:modified.body")
    print("dbt reads our manifest")


main()
