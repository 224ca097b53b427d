#!/usr/bin/env python3
"""Writes the README's tables of figures from bench/results/*.json, between their markers. Nothing is typed by hand.

usage: tables.py [--check]   with --check, exit 1 when the README is not what would be written
"""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
RESULTS = ROOT / "bench" / "results"


def machine(results):
    """Where it was measured, in one sentence."""
    about = results["machine"]
    return f"{about.get('cpu') or 'a processor without a name'}, {about['cores']} cores"


def engines():
    """`make bench`: every engine."""
    results = json.loads((RESULTS / "engines.json").read_text(encoding="utf-8"))
    lines = [
        f"`{results['command']}`, {results['articles']} articles of {results['bytes_an_article']:,} bytes, one core of: {machine(results)}.",
        "",
        "| engine | articles/s | × the floor |",
        "|---|---:|---:|",
    ]
    lines += [f"| {row['name']} | {row['articles_per_second']:,.0f} | {row['times_the_floor']:.1f} |" for row in results["rows"]]
    return lines


def peers():
    """`make bench-peers`: what people use today."""
    results = json.loads((RESULTS / "peers.json").read_text(encoding="utf-8"))
    lines = [
        f"`make bench-peers`, one core of: {machine(results)}. naba is the whole pipeline, its start and its JSON included.",
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


def written(readme):
    """The README with its tables."""
    for name, table in (("engines", engines), ("peers", peers)):
        begin, end = f"<!-- table: {name} -->", f"<!-- end: {name} -->"
        if begin not in readme or not (RESULTS / f"{name}.json").exists():
            continue
        head, rest = readme.split(begin, 1)
        tail = rest.split(end, 1)[1]
        readme = "\n".join([head + begin, *table(), end]) + tail
    return readme


def main():
    """Writes the tables, or checks them."""
    before = README.read_text(encoding="utf-8")
    after = written(before)
    if "--check" in sys.argv[1:]:
        sys.exit(0 if before == after else "README.md: its tables are not those of bench/results; run tools/tables.py")
    README.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()
