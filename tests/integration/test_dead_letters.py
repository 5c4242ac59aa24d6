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


def spoil_first_record(log: pathlib.Path):
    """Makes the first record one of a format to come, with every checksum right."""
    segment = min(log.glob("*.seg"))
    content = bytearray(segment.read_bytes())
    size, = struct.unpack_from("<I", content, SEGMENT_HEADER + 40 - 8)
    begin = SEGMENT_HEADER + BLOCK_HEADER
    content[begin + ENTRY_HEADER] = 0x63
    struct.pack_into("<Q", content, SEGMENT_HEADER + 40, xxh3(content[begin:begin + size]))
    struct.pack_into("<Q", content, SEGMENT_HEADER + 48, xxh3(content[SEGMENT_HEADER:SEGMENT_HEADER + 48]))
    segment.write_bytes(content)


class DeadLetters(ServedCase):
    def dlq(self, *args):
        return subprocess.run([str(BINARY), "dlq", *map(str, args), "--server", f"127.0.0.1:{self.server.port}"], capture_output=True, text=True,
                              check=False, timeout=20)

    def test_an_unreadable_record(self):
        visitor = fresh()
        self.accept(visitor, [fact(1)])
        self.accept(visitor, [fact(2)])
        self.server.stop()
        spoil_first_record(self.folder / "data" / "log")
        shutil.rmtree(self.folder / "data" / "state")  # so that it is folded anew
        self.server.start()
        self.assertEqual([row["seq"] for row in self.server.rows(visitor, "events")], [2])

        listed = self.dlq("list")
        letter, = json.loads(listed.stdout)["items"]
        self.assertEqual((letter["offset"], "format 99" in letter["error"]), (0, True), letter)
        shown = self.dlq("show", 0)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        for words in ("offset   0\n", "record format 99 is not known", "of no record that this program can read", "  000000  63 "):
            self.assertIn(words, shown.stdout)
        whole = json.loads(self.dlq("show", 0, "--json").stdout)
        self.assertEqual((whole["record"], whole["recordBase64"]), (None, letter["recordBase64"]))
        self.assertEqual(self.dlq("redrive", 0).returncode, 1)
        self.assertEqual((self.dlq("show", 1).returncode, self.dlq("redrive", 1).returncode), (4, 4))
        self.assertEqual((self.dlq("show").returncode, self.dlq("show", "x").returncode), (2, 4))


if __name__ == "__main__":
    unittest.main()
