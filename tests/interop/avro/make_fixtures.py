# SPDX-License-Identifier: Apache-2.0
"""Writes the container files of this folder with fastavro (1.9 or newer, with cramjam and backports.zstd)."""
import datetime
import decimal
import json
import os
import uuid

import fastavro

here = os.path.dirname(os.path.abspath(__file__))

every_type = {
    "type": "record", "name": "Row", "namespace": "test.every", "fields": [
        {"name": "flag", "type": "boolean", "field-id": 1},
        {"name": "small", "type": "int", "field-id": 2},
        {"name": "large", "type": "long", "field-id": 3},
        {"name": "single", "type": "float", "field-id": 4},
        {"name": "double", "type": "double", "field-id": 5},
        {"name": "raw", "type": "bytes", "field-id": 6},
        {"name": "text", "type": "string", "field-id": 7},
        {"name": "maybe", "type": ["null", "string"], "default": None, "field-id": 8},
        {"name": "turned", "type": ["long", "null"], "field-id": 9},
        {"name": "many", "type": ["null", "int", "string", "boolean"], "field-id": 10},
        {"name": "color", "type": {"type": "enum", "name": "Color", "symbols": ["RED", "BLUE"]}},
        {"name": "id", "type": {"type": "fixed", "name": "Id", "size": 4}},
        {"name": "again", "type": "Id"},
        {"name": "list", "type": {"type": "array", "items": "long", "element-id": 14}},
        {"name": "map", "type": {"type": "map", "values": ["null", "int"]}},
        {"name": "pairs", "type": {"type": "array", "logicalType": "map", "items": {
            "type": "record", "name": "k17_v18", "fields": [
                {"name": "key", "type": "int", "field-id": 17},
                {"name": "value", "type": "long", "field-id": 18}]}}},
        {"name": "next", "type": ["null", "Row"], "default": None},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {"name": "moment", "type": {"type": "long", "logicalType": "timestamp-micros",
                                    "adjust-to-utc": True}},
        {"name": "price", "type": {"type": "fixed", "name": "decimal_9_2", "size": 4,
                                   "logicalType": "decimal", "precision": 9, "scale": 2}},
        {"name": "key", "type": {"type": "string", "logicalType": "uuid"}},
    ]}


def row(i, inner=None):
    return {
        "flag": i % 2 == 1, "small": -i, "large": i * 10**15, "single": i + 0.5,
        "double": i / 10, "raw": bytes([0, i % 256, 255]), "text": f"row {i} äöü",
        "maybe": None if i % 3 == 0 else "x" * (i % 50), "turned": None if i % 4 == 0 else i,
        "many": [None, i, str(i), True][i % 4], "color": ["RED", "BLUE"][i % 2],
        "id": i.to_bytes(4, "big"), "again": b"abcd", "list": list(range(i % 5)),
        "map": {"a": i, "b": None} if i % 2 else {},
        "pairs": [{"key": k, "value": -k} for k in range(i % 3)], "next": inner,
        "day": datetime.date(1970, 1, 1) + datetime.timedelta(days=i),
        "moment": datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
        + datetime.timedelta(microseconds=i),
        "price": decimal.Decimal(i - 5).scaleb(-2), "key": uuid.UUID(int=i),
    }


rows = [row(i, row(i + 1) if i % 7 == 0 else None) for i in range(200)]
for codec in ["null", "deflate", "snappy", "zstandard"]:
    with open(os.path.join(here, f"every_type_{codec}.avro"), "wb") as out:
        fastavro.writer(out, fastavro.parse_schema(every_type), rows, codec=codec,
                        sync_interval=4000, sync_marker=b"0123456789abcdef",
                        metadata={"format-version": "2", "schema": json.dumps({"fields": []})})
with open(os.path.join(here, "no_rows.avro"), "wb") as out:
    fastavro.writer(out, fastavro.parse_schema("long"), [], sync_marker=b"0123456789abcdef")
