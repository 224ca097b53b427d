#!/usr/bin/env python3
"""Cleans every outlet's articles without the rules that only that outlet needs.

usage: held_out.py NABA ARTICLES.ndjson > OUT.jsonl

Rules are written while somebody looks at an outlet, so a score over the same outlet flatters them. For each
source this puts out (`disable`) every rule that fires on that source's articles and on no other source's, and
runs the source's articles again. What comes out is scored like any other output.
"""
import collections
import json
import subprocess
import sys
import tempfile


def process(naba, lines, *options):
    run = subprocess.run([naba, "process", *options], input="".join(lines), stdout=subprocess.PIPE, text=True, check=False)
    return [json.loads(line) for line in run.stdout.splitlines()]


def main():
    naba, articles = sys.argv[1:3]
    by_source = collections.defaultdict(list)
    for line in open(articles, encoding="utf-8"):
        by_source[json.loads(line).get("source")].append(line)
    listed = subprocess.run([naba, "rules", "ls"], stdout=subprocess.PIPE, text=True, check=True).stdout
    known = {line.split()[0] for line in listed.splitlines() if "." in line.split()[0]}
    fires = collections.defaultdict(set)
    for source, lines in by_source.items():
        for record in process(naba, lines):
            for cut in record["removed"]:
                fires[cut["rule"]].add(source)
    for source, lines in by_source.items():
        own = sorted(rule for rule in known if fires.get(rule) == {source})
        print(f"{source}: without {', '.join(own) or 'nothing'}", file=sys.stderr)
        with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8") as overlay:
            overlay.write(f"disable = {json.dumps(own)}\n")
            overlay.flush()
            for record in process(naba, lines, "--rules", overlay.name):
                print(json.dumps(record, ensure_ascii=False))


main()
