#!/usr/bin/env python3
"""Random edits of a generated project: the manifest of a run with a cache equals that of a fresh one.

usage: cache_test.py PROGRAM [--edits N] [--seed N] [--models N]   (TARN_CONFORMANCE has the generator)
PROGRAM is run as `PROGRAM parse --project-dir P --profiles-dir P --target trino`, or as
`PROGRAM P trino` if it is the benchmark of parsing.
SPDX-License-Identifier: Apache-2.0
"""
import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--edits", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--models", type=int, default=120)
    return parser.parse_args()


def parse(program, folder):
    words = [program, "parse", "--project-dir", folder, "--profiles-dir", folder, "--target", "trino"]
    if os.path.basename(program) == "parse-bench":
        words = [program, folder, "trino"]
    done = subprocess.run(words, capture_output=True, text=True)
    path = os.path.join(folder, "target", "manifest.json")
    if done.returncode != 0:
        return done.returncode, None
    with open(path) as file:
        manifest = json.load(file)
    manifest["metadata"].pop("generated_at")
    manifest["metadata"].pop("invocation_id")
    return 0, manifest


class Editor:
    def __init__(self, folder, rng):
        self.folder, self.rng, self.serial = folder, rng, 0

    def files(self, part, ending):
        found = []
        for base, _, names in os.walk(os.path.join(self.folder, part)):
            found += [os.path.join(base, n) for n in names if n.endswith(ending)]
        return sorted(found)

    def pick(self, part, ending):
        return self.rng.choice(self.files(part, ending))

    @staticmethod
    def change(path, edit):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(edit(text))

    def step(self):
        self.serial += 1
        kinds = [self.body, self.body, self.body, self.several, self.same_size, self.touch, self.config,
                 self.reference, self.mistake, self.add, self.delete, self.rename, self.macro, self.yml,
                 self.project_vars, self.test, self.readme]
        kind = self.rng.choice(kinds)
        kind()
        return kind.__name__

    def body(self):
        self.change(self.pick("models", ".sql"), lambda t: t + f"\n-- note {self.serial} \"quoted\" é\n")

    def several(self):
        for path in self.rng.sample(self.files("models", ".sql"), 5):
            self.change(path, lambda t: f"-- {self.serial}\n" + t)

    def same_size(self):
        path = self.pick("models", ".sql")
        self.change(path, lambda t: t + "\n-- a")
        self.change(path, lambda t: t[:-1] + self.rng.choice("bcdefgh"))

    def touch(self):
        os.utime(self.pick("models", ".sql"))

    def config(self):
        self.change(self.pick("models", ".sql"),
                    lambda t: f"{{{{ config(tags=['t{self.serial}']) }}}}\n" + t)

    def reference(self):
        other = os.path.basename(self.pick("models/staging", ".sql"))[:-4]
        self.change(self.pick("models/marts", ".sql"), lambda t: t + f"\n-- {{{{ ref('{other}') }}}}\n")

    def mistake(self):
        path = self.pick("models", ".sql")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.change(path, lambda t: t + "\n{% if %}")
        self.undo = (path, text)

    def add(self):
        with open(os.path.join(self.folder, "models", f"added_{self.serial}.sql"), "w") as file:
            file.write("select 1 as id")

    def delete(self):
        added = self.files("models", ".sql")
        mine = [p for p in added if os.path.basename(p).startswith("added_")]
        if mine:
            os.remove(self.rng.choice(mine))

    def rename(self):
        mine = [p for p in self.files("models", ".sql") if os.path.basename(p).startswith("added_")]
        if mine:
            path = self.rng.choice(mine)
            os.rename(path, path[:-4] + f"_r{self.serial}.sql")

    def macro(self):
        self.change(self.pick("macros", ".sql"), lambda t: t + f"\n{{# {self.serial} #}}\n")

    def yml(self):
        self.change(self.pick("models", ".yml"), lambda t: t + f"\n# {self.serial}\n")

    def project_vars(self):
        self.change(os.path.join(self.folder, "dbt_project.yml"), lambda t: t + f"\n# {self.serial}\n")

    def test(self):
        self.change(self.pick("tests", ".sql"), lambda t: t + f"\n-- {self.serial}\n")

    def readme(self):
        with open(os.path.join(self.folder, "models", "README.txt"), "w") as file:
            file.write(str(self.serial))


def main():
    args = arguments()
    generator = os.path.join(os.environ.get("TARN_CONFORMANCE", "/nowhere"), "gen_dbt_project.py")
    if not os.path.exists(generator):
        print("SKIPPED: no generator of projects (TARN_CONFORMANCE names no folder that has it)")
        sys.exit(77)
    rng = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as work:
        folder, fresh = os.path.join(work, "p"), os.path.join(work, "fresh")
        subprocess.run([sys.executable, generator, "-n", str(args.models), "--out", folder], check=True,
                       capture_output=True)
        editor = Editor(folder, rng)
        parse(args.program, folder)
        for number in range(args.edits):
            editor.undo = None
            kind = editor.step()
            code, cached = parse(args.program, folder)
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.copytree(folder, fresh, ignore=shutil.ignore_patterns("target"))
            expected_code, expected = parse(args.program, fresh)
            if code != expected_code or cached != expected:
                print(f"edit {number} ({kind}): exit codes {code} and {expected_code}; differing:")
                for section in expected or {}:
                    if (cached or {}).get(section) != expected[section]:
                        print(" ", section)
                sys.exit(1)
            if editor.undo:
                path, text = editor.undo
                editor.change(path, lambda _: text)
    print(f"{args.edits} edits")


main()
