# SPDX-License-Identifier: Apache-2.0
"""The table of a run, its comparison with an earlier one, and the curves."""


def line(row, earlier):
    ratio = "" if row.get("ratio") is None else f"{row['ratio']:.2f} ×"
    before = ""
    if earlier is not None:
        before = f" (before: {earlier['figure']})"
    verdict = "holds" if row["holds"] else "FALLS SHORT"
    lag = f", lag {row['lagSeconds']:.2f} s" if "lagSeconds" in row else ""
    return f"| {row['bar']} | {row['what']} | {row['figure']}{lag}{before} | {row['reference']} | {ratio} | {row['wanted']} | {verdict} |"


def table(report, earlier=None):
    before = {row["bar"]: row for row in (earlier or {}).get("bars", [])}
    where = report["machine"]
    head = [f"{where['cpu']}, {where['cores']} cores, {where['memoryGiB']} GiB, Linux {where['kernel']}, {where['date']}, "
            f"load {where['load1']} when it began; `{report['command']}`", "",
            "| bar | what | figure | reference, same run | ratio | wanted | |", "|---|---|---|---|---|---|---|"]
    return "\n".join(head + [line(row, before.get(row["bar"])) for row in report["bars"]])


def curve_svg(rows):
    """CPU an event against stored events, for both kinds of event."""
    width, height, left, bottom = 640, 300, 60, 40
    top_x = max(row["stored"] for row in rows) or 1
    top_y = max(max(row["sdk"], row["foreign"]) for row in rows) * 1.2

    def place(x, y):
        return f"{left + x / top_x * (width - left - 20):.1f},{height - bottom - y / top_y * (height - bottom - 20):.1f}"

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
             f'<rect width="{width}" height="{height}" fill="#fff"/>',
             f'<text x="{left}" y="16">CPU an event (µs) by events stored</text>']
    for tick in range(5):
        x, y = top_x * tick / 4, top_y * tick / 4
        px, _ = place(x, 0).split(",")
        _, py = place(0, y).split(",")
        parts.append(f'<text x="{px}" y="{height - 18}" text-anchor="middle">{x / 1e6:.0f} M</text>')
        parts.append(f'<text x="{left - 8}" y="{py}" text-anchor="end">{y:.1f}</text>')
        parts.append(f'<line x1="{left}" y1="{py}" x2="{width - 20}" y2="{py}" stroke="#ddd"/>')
    for name, color in (("sdk", "#0b6e4f"), ("foreign", "#b5541c")):
        points = " ".join(place(row["stored"], row[name]) for row in rows)
        x, y = points.split(" ")[-1].split(",")
        parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts.append(f'<text x="{float(x) - 4}" y="{float(y) - 6}" text-anchor="end" fill="{color}">{name}</text>')
    return "\n".join(parts + ["</svg>"]) + "\n"
