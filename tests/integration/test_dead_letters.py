# SPDX-License-Identifier: Apache-2.0
"""A record in the log that no program can read: folding goes round it, and `handrail dlq` shows and redrives."""
import ctypes
import ctypes.util
import json
import pathlib
import shutil
import struct
import subprocess
import unittest

from served import ServedCase, fact, fresh
from serving import BINARY

BLOCK_HEADER = 56  # docs/formats.md
ENTRY_HEADER = 28
SEGMENT_HEADER = 4096


def xxh3(data):
    library = ctypes.CDLL(ctypes.util.find_library("xxhash") or "libxxhash.so.0")
    library.XXH3_64bits.restype = ctypes.c_uint64
    library.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
    return library.XXH3_64bits(bytes(data), len(data))


def spoil_record(log: pathlib.Path, offset):
    """Makes the record, the first of its block, one of a format to come, with every checksum right."""
    segment = min(log.glob("*.seg"))
    content = bytearray(segment.read_bytes())
    block = SEGMENT_HEADER
    while struct.unpack_from("<Q", content, block + 16)[0] != offset:
        block += (BLOCK_HEADER + struct.unpack_from("<I", content, block + 32)[0] + 7) // 8 * 8
    begin = block + BLOCK_HEADER
    size, = struct.unpack_from("<I", content, block + 32)
    content[begin + ENTRY_HEADER] = 0x63
    struct.pack_into("<Q", content, block + 40, xxh3(content[begin:begin + size]))
    struct.pack_into("<Q", content, block + 48, xxh3(content[block:block + 48]))
    segment.write_bytes(content)


class DeadLetters(ServedCase):
    def dlq(self, *args):
        return subprocess.run([str(BINARY), "dlq", *map(str, args), "--server", f"127.0.0.1:{self.server.port}"], capture_output=True, text=True,
                              check=False, timeout=20)

    def test_an_unreadable_record(self):
        visitor = fresh()
        self.accept(fresh(), [fact(1)])  # may share a block with what the start wrote
        self.accept(visitor, [fact(1)])
        self.accept(visitor, [fact(2)])
        offset = self.server.rows(visitor, "events")[1]["offset"]
        self.server.stop()
        spoil_record(self.folder / "data" / "log", offset)
        shutil.rmtree(self.folder / "data" / "state")  # so that it is folded anew
        self.server.start()
        self.assertEqual([row["seq"] for row in self.server.rows(visitor, "events")], [2])

        listed = self.dlq("list")
        letter, = json.loads(listed.stdout)["items"]
        self.assertEqual((letter["offset"], "format 99" in letter["error"]), (offset, True), letter)
        shown = self.dlq("show", offset)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        for words in (f"offset   {offset}\n", "record format 99 is not known", "of no record that this program can read", "  000000  63 "):
            self.assertIn(words, shown.stdout)
        whole = json.loads(self.dlq("show", offset, "--json").stdout)
        self.assertEqual((whole["record"], whole["recordBase64"]), (None, letter["recordBase64"]))
        self.assertEqual(self.dlq("redrive", offset).returncode, 1)
        self.assertEqual((self.dlq("show", offset + 1).returncode, self.dlq("redrive", offset + 1).returncode), (4, 4))
        self.assertEqual((self.dlq("show").returncode, self.dlq("show", "x").returncode), (2, 4))


if __name__ == "__main__":
    unittest.main()
