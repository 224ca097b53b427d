#!/usr/bin/env python3
"""Writes the tables of figures in the documents from bench/results/*.json, between their markers. Nothing is typed by hand.

usage: tables.py [--check]   with --check, exit 1 when a document is not what would be written
"""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "docs" / "performance.md", ROOT / "docs" / "scale.md"]
RESULTS = ROOT / "bench" / "results"


def machine(results):
    """Where it was measured, in one sentence."""
    about = results["machine"]
    return f"{about.get('cpu') or 'a processor without a name'}, {about['cores']} cores"


def engines(results):
    """`make bench`: every engine."""
    lines = [
        f"`{results['command']}`, {results['articles']} articles of {results['bytes_an_article']:,} bytes, one core of: {machine(results)}.",
        "",
        "| engine | articles/s | ns a byte | allocations an article | × the floor |",
        "|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row['name']} | {row['articles_per_second']:,.0f} | {row['nanoseconds_a_byte']:.2f} "
        f"| {row['allocations_an_article']} | {row['times_the_floor']:.1f} |"
        for row in results["rows"]
    ]
    return lines


def peers(results):
    """`make bench-peers`: what people use today."""
    lines = [
        f"`make bench-peers`, one core of: {machine(results)}. Articles are read from bytes in memory by systems "
        "that are warm; naba's command stands beside its engines with its start and its JSON inside the clock.",
        "",
        "| task | system | articles/s | beside naba | left in | lost |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for row in results["rows"]:
        number = lambda key, form: format(row[key], form) if row.get(key) is not None else "–"  # noqa: E731
        if row.get("docs_per_second") is None and row["name"] == "naba":
            continue
        lines.append(
            f"| {row['task']} | {row['name']} {row.get('version') or ''} | {number('docs_per_second', ',.0f')} "
            f"| {number('ratio_to_naba', '.2f')} | {number('left_in', 'd')} | {number('lost', 'd')} |"
        )
    return lines


def pipeline(results):
    """`make bench-pipeline`: three services beside three without engines; the last round of each load."""
    lines = [
        f"`make bench-pipeline` ({results['command']}): {machine(results)}, {results['machine']['nats_server']}, 4 kB on the "
        f"disk in {results['machine']['disk_sync_ms']} ms. The ceiling is the same run without engines.",
        "",
        "| broker syncs | load | of each service | articles/s | of the ceiling | p50 / p95 / p99 ms | p99 beside the ceiling's | MiB: ingest, clean, enrich |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    last = {}
    for row in results["rows"]:
        if row["services"] == "real":
            last[(row["sync_interval"], row["load"], row["replicas"])] = row
    for (sync, load, replicas), row in last.items():
        ratio, latency = row["ratio_to_identity"], row["latency"]
        flow = row["articles_per_second"]
        times = " / ".join(f"{latency[key]:.1f}" for key in ("p50_ms", "p95_ms", "p99_ms")) if latency else "–"
        memory = ", ".join(f"{usage['resident_mib'] / usage['processes']:.0f}" for usage in row["usage"][:3])
        p99 = f"{ratio['p99']:.2f}" if ratio["p99"] else "–"
        note = " (fell behind)" if row["problem"] else ""
        lines.append(
            f"| {sync} | {load}{note} | {replicas} | {flow:,.{1 if flow < 10 else 0}f} | {ratio['articles_per_second']:.2f} "
            f"| {times} | {p99} | {memory} |"
        )
    return lines


def growth(results):
    """`make bench-growth`: what grows with what."""
    lines = [f"`{results['command']}`: {machine(results)}.", "", "| what grows | | articles/s | MiB | seconds to get ready |", "|---|---:|---:|---:|---:|"]
    for curve in results["curves"]:
        for point in curve["points"]:
            ready = f"{point['ready_s']:.1f}" if point["ready_s"] else "–"
            lines.append(
                f"| {curve['grows']} | {point['at']:,.0f} | {point['articles_per_second']:,.0f} | {point['memory_mib']:,.1f} | {ready} |"
            )
    return lines


TABLES = {"engines": engines, "peers": peers, "pipeline": pipeline, "growth": growth}


def written(text):
    """A document with its tables."""
    for name, table in TABLES.items():
        begin, end = f"<!-- table: {name} -->", f"<!-- end: {name} -->"
        file = RESULTS / f"{name}.json"
        if begin not in text or not file.exists():
            continue
        results = json.loads(file.read_text(encoding="utf-8"))
        head, rest = text.split(begin, 1)
        tail = rest.split(end, 1)[1]
        text = "\n".join([head + begin, *table(results), end]) + tail
    return text


def main():
    """Writes the tables, or checks them."""
    for document in DOCUMENTS:
        before = document.read_text(encoding="utf-8")
        after = written(before)
        if "--check" not in sys.argv[1:]:
            document.write_text(after, encoding="utf-8")
        elif before != after:
            sys.exit(f"{document.relative_to(ROOT)}: its tables are not those of bench/results; run tools/tables.py")


if __name__ == "__main__":
    main()
