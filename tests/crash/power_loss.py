# SPDX-License-Identifier: Apache-2.0
"""What a power loss leaves of the disk: every byte and name that was synced, and of the rest what the manner says."""
import collections
import os
import shutil

SECTOR = 512  # written whole or not at all
# nothing unsynced survives; what was done before some moment does, the write of that moment torn; any sectors do; or the power
# stays on: kill -9 alone, and what was unsynced is seen by the next process and may still be lost by a later loss
STAYS_ON = "power stays on"
MANNERS = ("nothing", "prefix", "sectors", STAYS_ON)


def lose_power(shim, rng, manner):
    """Restores the disk under the shim's root. Returns how many (writes, names) were taken back, in part or whole."""
    if manner == STAYS_ON:
        shim.set(boundaries=0, kill_at=0)
        return 0, 0
    writes, names = unsynced(list(shim.entries()))
    moments = sorted(entry.end for entries in (*writes.values(), *names.values()) for entry in entries)
    moment = rng.choice([0, *moments]) if manner == "prefix" else 0
    places = where_inodes_are(shim)
    for inode, entries in writes.items():
        if inode in places:
            lose_writes(places[inode], entries, rng, manner, moment)
    lost = sum(map(len, writes.values())), lose_names(names, rng, manner, moment)
    shim.forget()
    return lost


def unsynced(entries):
    """({inode: its writes}, {inode of a folder: what was done to its names}) that no sync covers."""
    covered = collections.defaultdict(int)
    for entry in entries:
        if entry.kind == "synced":
            covered[entry.inode] = max(covered[entry.inode], entry.a)
    writes, names = collections.defaultdict(list), collections.defaultdict(list)
    for entry in entries:
        if entry.kind in ("write", "resize") and entry.end > covered[entry.inode]:
            writes[entry.inode].append(entry)
        elif entry.kind in ("create", "rename", "unlink", "mkdir") and entry.end > covered[entry.a]:
            names[entry.a].append(entry)
    return writes, names


def where_inodes_are(shim):
    places = {}
    for top in (shim.kept, shim.root):
        for folder, _, files in os.walk(top):
            for name in files:
                path = os.path.join(folder, name)
                places[os.stat(path).st_ino] = path
    return places


def take_back(file, entry):
    """Makes the file what it was before the entry."""
    file.seek(entry.a)
    file.write(entry.payload)
    file.truncate(entry.c)


def lose_writes(path, entries, rng, manner, moment):
    with open(path, "r+b") as file:
        if manner == "sectors":
            return lose_sectors(file, entries, rng)
        for entry in reversed(entries):
            if entry.end <= moment and manner == "prefix":
                return None
            torn = b""
            if manner == "prefix" and entry.kind == "write" and entry is next(e for e in entries if e.end > moment):
                file.seek(entry.a)
                torn = file.read(entry.b)
            take_back(file, entry)
            if torn:
                survives = rng.randrange(0, len(torn) + 1)
                boundary = (entry.a + survives) // SECTOR * SECTOR  # sectors lie where the disk has them, not where the write began
                file.seek(entry.a)
                file.write(torn[:max(0, boundary - entry.a)])
    return None


def lose_sectors(file, entries, rng):
    """Each touched sector is the old one or the newest one."""
    touched = set()
    for entry in entries:
        begin, end = (entry.a, entry.a + entry.b) if entry.kind == "write" else (min(entry.a, entry.c), max(entry.a, entry.c))
        touched.update(range(begin // SECTOR, (end + SECTOR - 1) // SECTOR))
    share = rng.choice((0.1, 0.5, 0.9))
    surviving = {}
    for sector in touched:
        if rng.random() < share:
            file.seek(sector * SECTOR)
            surviving[sector] = file.read(SECTOR)
    for entry in reversed(entries):
        take_back(file, entry)
    for sector, content in surviving.items():
        if content:
            file.seek(sector * SECTOR)
            file.write(content)


def lose_names(names, rng, manner, moment):
    """In each folder names change in order: those up to some moment survive."""
    undone = []
    for entries in names.values():
        kept = {"nothing": 0, "prefix": sum(entry.end <= moment for entry in entries), "sectors": rng.randrange(len(entries) + 1)}[manner]
        undone += entries[kept:]
    for entry in sorted(undone, key=lambda e: e.end, reverse=True):
        take_back_name(entry)
    return len(undone)


def take_back_name(entry):
    paths = entry.paths
    if entry.kind == "create" and os.path.lexists(paths[0]):
        os.unlink(paths[0])
    elif entry.kind == "mkdir":
        shutil.rmtree(paths[0], ignore_errors=True)
    elif entry.kind == "rename":
        before, after, replaced = paths
        if os.path.lexists(after) and not (replaced and os.path.samefile(after, replaced)):
            os.rename(after, before)
        if replaced and not os.path.lexists(after):
            os.link(replaced, after)
    elif entry.kind == "unlink" and not os.path.lexists(paths[0]):
        os.link(paths[1], paths[0])
