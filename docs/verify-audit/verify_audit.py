#!/usr/bin/env python3
"""Checks an exported audit log against signed checkpoints, with the public key alone.

    verify_audit.py --public-key NAME+ID+KEY --checkpoint FILE [--checkpoint FILE …] EXPORT

EXPORT is the file that "Export CSV" or "Export NDJSON" on the audit page writes. It needs Python 3.8 and nothing else, and
it shares no code with the portal: it was written from README.md beside it. Exit status: 0 when everything is in order,
1 when something is not, 2 when it was called wrongly.
"""

import argparse
import base64
import binascii
import csv
import hashlib
import itertools
import json
import sys
from datetime import datetime, timezone

START = "0" * 64
ORIGIN = "alva-portal/audit/"


class NotProven(Exception):
    """Something is not in order."""


# Ed25519 (RFC 8032, section 5.1), verification only.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P != 0:
        return None
    return P - x if x & 1 != sign else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def point_of(data):
    number = int.from_bytes(data, "little")
    y = number & ((1 << 255) - 1)
    x = recover_x(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % P)


def is_signature(key, text, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r = point_of(key), point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# Checkpoints.


def read_key(text):
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise NotProven("the public key is none: it looks like NAME+ID+KEY")
    name, key_id, data = parts[0], parts[1], base64.b64decode(parts[2])
    if data[:1] != b"\x01" or hashlib.sha256(name.encode() + b"\n" + data).hexdigest()[:8] != key_id:
        raise NotProven("the public key is none: its parts do not belong together")
    return name, bytes.fromhex(key_id), data[1:]


def read_checkpoint(note, public):
    name, key_id, key = public
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not note.endswith("\n"):
        raise NotProven("this is no checkpoint")
    text += "\n"
    mine = None
    for line in signatures.splitlines():
        begin = "\u2014 " + name + " "
        if line.startswith(begin):
            data = base64.b64decode(line[len(begin):])
            if data[:4] == key_id:
                mine = data[4:]
    if mine is None:
        raise NotProven("the checkpoint is not signed by this public key")
    if not is_signature(key, text.encode(), mine):
        raise NotProven("the signature is invalid: the checkpoint was altered, or somebody else made it")
    lines = text[:-1].split("\n")
    if len(lines) < 3 or lines[0] != name or str(int(lines[1])) != lines[1]:
        raise NotProven("this is no checkpoint of this log")
    times_in_it = [line[len("time "):] for line in lines[3:] if line.startswith("time ")]
    time = times_in_it[0] if times_in_it else "an unknown time"
    return {"company": lines[0][len(ORIGIN):], "rows": int(lines[1]), "hash": base64.b64decode(lines[2]).hex(), "time": time}


# Rows.


def read_rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        is_json = file.read(1) == "{"
        file.seek(0)
        if is_json:
            for line in file:
                yield json.loads(line, object_pairs_hook=without_doubles)
            return
        csv.field_size_limit(sys.maxsize)
        rows = csv.DictReader(file)
        without_doubles([(name, None) for name in rows.fieldnames or []])
        yield from rows


def without_doubles(pairs):
    """Readers differ in which of two values with one name they take."""
    row = dict(pairs)
    if len(row) != len(pairs):
        raise NotProven("a row has a name twice")
    return row


def milliseconds(text):
    moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    since = moment - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return (since.days * 86400 + since.seconds) * 1000 + since.microseconds // 1000


def hash_of(fields):
    digest = hashlib.sha256()
    for field in fields:
        data = field.encode()
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


def ways(text):
    """In CSV a text like a formula stands behind an apostrophe that is not the row's: the hash says which."""
    return [text, text[1:]] if text.startswith("'") else [text]


def is_intact(row, company):
    for actor, action, subject, detail in itertools.product(
        ways(row["actor"]), ways(row["action"]), ways(row["subject"]), ways(row["detail"])
    ):
        fields = [row["id"], company, str(row["seq"]), str(milliseconds(row["at"])), actor, row["actor_id"] or ""]
        if hash_of(fields + [action, subject, detail, row["prev_hash"]]) == row["hash"]:
            return True
    return False


def check(export, checkpoints):
    companies = {checkpoint["company"] for checkpoint in checkpoints}
    if len(companies) != 1:
        raise NotProven("the checkpoints belong to different logs")
    company = companies.pop()
    wanted = {checkpoint["rows"]: None for checkpoint in checkpoints}
    first = last = before = None
    for row in read_rows(export):
        seq = int(row["seq"])
        if not is_intact(row, company) or (seq == 1 and row["prev_hash"] != START):
            raise NotProven(f"row {seq} was changed: its hash is not that of its content")
        if before is not None:
            step = seq - int(before["seq"])
            if step == -1:
                follows = before["prev_hash"] == row["hash"]
            elif step == 1:
                follows = row["prev_hash"] == before["hash"]
            else:
                raise NotProven(f"rows are missing between row {seq} and row {before['seq']}")
            if not follows:
                raise NotProven(f"row {max(seq, int(before['seq']))} does not follow from the row before it")
        if seq in wanted:
            wanted[seq] = row["hash"]
        first, last = min(first or seq, seq), max(last or seq, seq)
        before = row
    if before is None:
        raise NotProven("the export has no rows")
    for checkpoint in checkpoints:
        found = wanted[checkpoint["rows"]]
        if found is None:
            raise NotProven(f"the checkpoint of {checkpoint['time']} has {checkpoint['rows']} rows, and the export has no such row")
        if found != checkpoint["hash"]:
            raise NotProven(f"the checkpoint of {checkpoint['time']} names another row {checkpoint['rows']}: the log was rewritten")
    return first, last, max(wanted)


def main():
    parser = argparse.ArgumentParser(description="Checks an exported audit log against signed checkpoints.")
    parser.add_argument("--public-key", required=True, help="NAME+ID+KEY, as the page of checkpoints shows it")
    parser.add_argument("--checkpoint", required=True, action="append", help="a checkpoint's file; may come several times")
    parser.add_argument("export", help="the exported log, CSV or NDJSON")
    arguments = parser.parse_args()
    try:
        public = read_key(arguments.public_key)
        checkpoints = []
        for path in arguments.checkpoint:
            with open(path, encoding="utf-8", newline="") as file:
                checkpoints.append(read_checkpoint(file.read(), public))
        first, last, attested = check(arguments.export, checkpoints)
    except NotProven as why:
        print(f"NOT PROVEN: {why}")
        return 1
    except (OSError, ValueError, KeyError, TypeError, binascii.Error) as why:
        print(f"NOT PROVEN: a file cannot be read as what it should be: {why!r}")
        return 1
    print(f"Rows {first} to {last} follow from each other, and none was changed.")
    print("action_text and subject_text are translations of what was checked, and were not checked themselves.")
    print(f"{len(checkpoints)} checkpoints are signed by this key and agree, up to row {attested}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
