# SPDX-License-Identifier: Apache-2.0
"""The harness's side of the fault shim (tests/crash/shim/journal.h): steers it while the server runs, reads what it noted."""
import errno
import mmap
import os
import pathlib
import struct
import typing

from serving import BINARY

SHIM = pathlib.Path(os.environ.get("HANDRAIL_SHIM", BINARY.parent / "tests" / "libcrash_shim.so"))
CONTROL_BYTES = 4096
JOURNAL_BYTES = 512 << 20  # sparse
WORDS = ("journal_bytes", "sync_for_real", "sync_takes_us", "clock_offset_ns", "boundaries", "kill_at", "rule_kind", "rule_errno",
         "rule_first", "rule_times", "rule_calls", "rule_failed", "refused_journal")
PATH_AT, PATH_BYTES = 256, 256
FAIL_WRITES, FAIL_SYNCS, SHORTEN_WRITES = 1, 2, 3
FOR_EVER = 1 << 40
KINDS = {1: "write", 2: "resize", 3: "synced", 4: "create", 5: "rename", 6: "unlink", 7: "mkdir"}
ENTRY = struct.Struct("<IIQQQQ")


class Entry(typing.NamedTuple):
    end: int  # position in the journal behind it
    kind: str
    inode: int
    a: int
    b: int
    c: int
    payload: bytes

    @property
    def paths(self):
        return [os.fsdecode(path) for path in self.payload.split(b"\0")]


class Shim:
    """One fault file. `root`: the folder that lies on the failing disk; the data folder is inside it."""

    def __init__(self, folder, root):
        self.root = pathlib.Path(root)
        self.kept = pathlib.Path(folder) / "kept"
        self.kept.mkdir(exist_ok=True)
        self.file = pathlib.Path(folder) / "faults"
        with open(self.file, "wb") as file:
            file.truncate(CONTROL_BYTES + JOURNAL_BYTES)
        with open(self.file, "r+b") as file:
            self._map = mmap.mmap(file.fileno(), CONTROL_BYTES + JOURNAL_BYTES)
        if not SHIM.exists():
            raise SystemExit(f"{SHIM} is missing; `make shim` builds it")
        self.set(sync_takes_us=1000)

    @property
    def environment(self):
        return {**os.environ, "LD_PRELOAD": str(SHIM), "HANDRAIL_FAULTS": str(self.file), "HANDRAIL_FAULTS_ROOT": str(self.root),
                "HANDRAIL_FAULTS_KEPT": str(self.kept)}

    def get(self, word):
        kind = "<q" if word == "clock_offset_ns" else "<Q"
        return struct.unpack_from(kind, self._map, 8 * WORDS.index(word))[0]

    def set(self, **words):
        for word, value in words.items():
            struct.pack_into("<q" if word == "clock_offset_ns" else "<Q", self._map, 8 * WORDS.index(word), value)

    def fail(self, kind, path, first=1, times=FOR_EVER, error=errno.EIO):
        """Lets calls of a kind fail on files whose path contains `path`, from the `first` on."""
        self.heal()
        encoded = path.encode()
        self._map[PATH_AT:PATH_AT + PATH_BYTES] = encoded + b"\0" * (PATH_BYTES - len(encoded))
        self.set(rule_errno=error, rule_first=first, rule_times=times)
        self.set(rule_kind=kind)

    def heal(self):
        self.set(rule_kind=0, rule_calls=0, rule_failed=0)

    def entries(self):
        if self.get("refused_journal"):
            raise RuntimeError("the journal of the shim is full: nothing can be said of this run")
        at, end = 0, self.get("journal_bytes")
        while at < end:
            kind, size, inode, a, b, c = ENTRY.unpack_from(self._map, CONTROL_BYTES + at)
            begin = CONTROL_BYTES + at + ENTRY.size
            at += (ENTRY.size + size + 7) // 8 * 8
            yield Entry(at, KINDS[kind], inode, a, b, c, self._map[begin:begin + size])

    def forget(self):
        """What is on the disk now is durable: the journal begins anew. Only while no server runs."""
        self.set(journal_bytes=0, boundaries=0, kill_at=0)
        for path in self.kept.iterdir():
            path.unlink()
