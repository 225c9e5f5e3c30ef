# SPDX-License-Identifier: Apache-2.0
"""Both sides write one table: what we insert, delete, update and merge is read by a real Trino, and
commits at the same moment lose nothing."""
import threading

from both import Ours, check, compare, connect, fresh_schema, trino

COLUMNS = {"id": "bigint", "k": "integer", "v": "varchar", "d": "date"}


def create(server: trino.Server, table: str, partitioning: str) -> None:
    server.query(
        f"CREATE TABLE lake.{table} (id bigint, k integer, v varchar, d date) WITH (format_version = 2"
        + (f", partitioning = ARRAY['{partitioning}']" if partitioning else "") + ")"
    )  # fmt: skip


def in_turns(server: trino.Server, ours: Ours, schema: str) -> None:
    """Statements of both sides, one after the other; after each both see the same rows."""
    for number, partitioning in enumerate(("", "k", "bucket(id, 3)", "month(d)", "truncate(v, 3)")):
        table = f"{schema}.turns{number}"
        create(server, table, partitioning)
        steps = [
            (ours.rows, "INSERT INTO $t SELECT i, i % 4, 'v' || (i % 20), DATE '2024-01-01' + (i % 90)::INTEGER FROM range(200) r(i)"),
            (server.query, "INSERT INTO $t SELECT n, CAST(n % 4 AS integer), 'w', DATE '2024-02-02' FROM TABLE(sequence(200, 299)) AS s(n)"),
            (ours.rows, "DELETE FROM $t WHERE id % 9 = 2"),
            (server.query, "DELETE FROM $t WHERE id % 9 = 3"),
            (ours.rows, "UPDATE $t SET v = v || '!' WHERE id BETWEEN 50 AND 250 AND id % 2 = 0"),
            (server.query, "UPDATE $t SET v = v || '?' WHERE id BETWEEN 100 AND 270 AND id % 3 = 0"),
            (ours.rows, "MERGE INTO $t t USING (SELECT i FROM range(290, 310) r(i)) s ON t.id = s.i "
                        "WHEN MATCHED AND s.i % 2 = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET k = 9 "
                        "WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.i, 'merged')"),
            (server.query, "MERGE INTO $t t USING (SELECT n FROM TABLE(sequence(305, 315)) AS q(n)) s ON t.id = s.n "
                           "WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id, d) VALUES (s.n, DATE '2025-05-05')"),
            (ours.rows, "DELETE FROM $t WHERE v = 'merged' OR id > 312"),
            (server.query, "ALTER TABLE $t EXECUTE optimize"),
            (ours.rows, "INSERT INTO $t VALUES (1000, NULL, NULL, NULL)"),
            (ours.rows, "DELETE FROM $t WHERE k = 1"),
            (server.query, "DELETE FROM $t WHERE d < DATE '2024-01-10'"),
        ]  # fmt: skip
        rows = 0
        for run, sql in steps:
            run(sql.replace("$t", f"lake.{table}"))
            rows = compare(server, ours, table, COLUMNS)
        check(rows > 100, f"{partitioning}: {rows} rows")


def kept_files(server: trino.Server, ours: Ours, schema: str) -> None:
    """The clean-up of one side takes no file that the other side's table needs."""
    table = f"lake.{schema}.turns1"
    before = server.query(f"SELECT count(*), sum(id) FROM {table}")
    server.query(f"ALTER TABLE {table} EXECUTE expire_snapshots(retention_threshold => '0s')")
    server.query(f"ALTER TABLE {table} EXECUTE remove_orphan_files(retention_threshold => '0s')")
    check(server.query(f"SELECT count(*), sum(id) FROM {table}") == before, "after Trino's clean-up")
    compare(server, ours, f"{schema}.turns1", COLUMNS)
    other = f"lake.{schema}.turns2"
    before = server.query(f"SELECT count(*), sum(id) FROM {other}")
    ours.tarn("expire-snapshots", other, "--older-than", "0s", "--retain-last", "1", "--yes")
    ours.tarn("remove-orphan-files", other, "--older-than", "0s", "--yes")
    check(server.query(f"SELECT count(*), sum(id) FROM {other}") == before, "after our clean-up")
    compare(server, ours, f"{schema}.turns2", COLUMNS)


def at_once(server: trino.Server, schema: str) -> None:
    """Each side makes one commit after the other, without waiting for the other side."""
    table = f"{schema}.race"
    create(server, table, "")
    server.query(f"INSERT INTO lake.{table} SELECT n, 0, 'start', NULL FROM TABLE(sequence(0, 99)) AS s(n)")
    expected = {n: "start" for n in range(100)}
    lock = threading.Lock()
    problems = []

    def landed(changes: dict) -> None:
        with lock:
            for key, value in changes.items():
                if value is None:
                    expected.pop(key, None)
                else:
                    expected[key] = value

    def trinos_turns() -> None:
        for i in range(12):
            steps = [
                (f"INSERT INTO lake.{table} VALUES ({1000 + i}, 1, 'trino', NULL)", {1000 + i: "trino"}),
                (f"DELETE FROM lake.{table} WHERE id = {i * 2}", {i * 2: None}),
            ]
            for sql, changes in steps:
                try:
                    server.query(sql)
                    landed(changes)
                except RuntimeError as error:
                    # Trino does not repeat a row-level change by itself.
                    if not any(word in str(error) for word in ("COMMIT_ERROR", "CONFLICT")):
                        problems.append(str(error))

    def our_turns(ours: Ours, first: int) -> None:
        for i in range(12):
            key = first + i
            steps = [
                (f"INSERT INTO lake.{table} VALUES ({key}, 2, 'ours', NULL)", {key: "ours"}),
                (f"UPDATE lake.{table} SET v = 'changed' WHERE id = {i * 2 + 1 + (first == 3000) * 50}",
                 {i * 2 + 1 + (first == 3000) * 50: "changed"}),
            ]  # fmt: skip
            for sql, changes in steps:
                answer = ours.ask(sql)
                if "rows" in answer:
                    landed(changes)
                elif answer["code"] != "conflict":
                    problems.append(answer["error"])

    sides = [Ours(server), Ours(server)]
    threads = [threading.Thread(target=trinos_turns)]
    threads += [threading.Thread(target=our_turns, args=(o, f)) for o, f in zip(sides, (2000, 3000))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(not problems, "\n".join(problems))
    found = dict(server.query(f"SELECT id, v FROM lake.{table}"))
    check(found == expected, f"lost or doubled: {set(found.items()) ^ set(expected.items())}")
    check(compare(server, sides[0], table, COLUMNS) == len(expected), "both sides")
    # An append of ours repeats itself until it lands.
    counts = {who: sum(value == who for value in expected.values()) for who in ("ours", "trino", "changed")}
    check(counts["ours"] == 24, f"our appends: {counts}")
    print(f"at once: {counts} of 24, 12, 24")


def version_three(server: trino.Server, ours: Ours, schema: str) -> None:
    """Trino 476 makes no tables of version 3. It reads ours as long as they have no deletion vectors,
    and refuses those that have some; it must not show deleted rows."""
    table = f"{schema}.three"
    cursor = connect(server, "shop").cursor()
    cursor.execute("DROP TABLE IF EXISTS three")
    cursor.execute("CREATE TABLE three (id bigint, k int, v text, d date)")
    cursor.execute("INSERT INTO three SELECT i, 0, 'x', NULL FROM generate_series(0, 9) i")
    ours.tarn("migrate", "shop", "--table", "three", "--into", f"lake.{schema}", "--format-version", "3")
    ours.rows(f"INSERT INTO lake.{table} VALUES (10, 0, 'x', NULL)")
    check(compare(server, ours, table, COLUMNS) == 11, "version 3 without deletes")
    ours.rows(f"DELETE FROM lake.{table} WHERE id = 3")
    check(ours.rows(f"SELECT count(*) FROM lake.{table}") == [["10"]], "ours")
    try:
        count = server.query(f"SELECT count(*) FROM lake.{table}")
    except RuntimeError as error:
        print(f"Trino refuses deletion vectors: {str(error).splitlines()[0][:120]}")
    else:
        check(count == [[10]], f"Trino shows deleted rows: {count}")


def main() -> None:
    server = trino.server()
    ours = Ours(server)
    schema = fresh_schema(server, "both_write")
    server.query(f"CREATE SCHEMA lake.{schema}")
    at_once(server, schema)
    in_turns(server, ours, schema)
    kept_files(server, ours, schema)
    version_three(server, ours, schema)
    print("ok")


if __name__ == "__main__":
    main()
