#!/usr/bin/env python3
"""Runs the peers that a user would pick over the same articles as naba, and prints one table.

    python3 bench/peers/peers.py --naba target/release/naba --results bench/results/peers.json

The first half makes a virtual environment, installs the peers into it, and starts this file again inside it; the
second half measures. README.md says how to read the table.
"""

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

sys.dont_write_bytecode = True  # leave nothing beside the sources
import articles  # noqa: E402
import contestants  # noqa: E402
from contestants import Batch, Naba, Peer, at_least, own_clock  # noqa: E402

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VENV = ROOT / "target" / "peers-venv"
REQUIREMENTS = HERE / "requirements.txt"
#: Which peers are installed, and why the others are not.
INSTALLED = VENV / "installed.json"

#: Generated pages beside the seeds, and generated articles for the near duplicates.
GENERATED_PAGES, GENERATED_STORIES = 200, 5_000
#: naba reads at least so many articles a run, so that its start-up does not weigh.
NABA_ARTICLES = 5_000
#: Documents a round for quick and slow peers: all hold seeds and generated pages in the same mixture.
QUICK, MIDDLING, SLOW = 1_025, 205, 41
#: naba's start-up and its reading and writing are inside the clock.
NABA_NOTE = "with process start, JSON in and out"


# --- installing --------------------------------------------------------------------------------------------------


def install_peers() -> None:
    """Makes the environment and installs each peer by itself; one that fails leaves its reason."""
    if not (VENV / "bin" / "python").exists():
        venv.create(VENV, with_pip=True)
    reasons = {}
    for package, alone, pins in requirements():
        say(f"installing {package}")
        reasons[package] = install(pins, alone)
    INSTALLED.write_text(json.dumps(reasons), encoding="utf-8")


def requirements() -> list[tuple[str, bool, list[str]]]:
    """Each heading of the requirements: the package, whether it comes without dependencies, and its pins."""
    peers: list[tuple[str, bool, list[str]]] = []
    for block in REQUIREMENTS.read_text(encoding="utf-8").split("\n\n"):
        heading, *pins = block.strip().split("\n")
        if heading.startswith("# peer: "):
            package, _, remark = heading.removeprefix("# peer: ").partition(", ")
            peers.append((package, remark.startswith("without dependencies"), pins))
    return peers


def install(pins: list[str], alone: bool) -> str | None:
    """One call of pip; returns why it failed, or none."""
    options = ["--no-deps"] if alone else ["--constraint", str(other_pins(pins))]
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*pip, *options, *pins], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return None
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR: ")] or ["ERROR: pip failed"]
    return errors[0].removeprefix("ERROR: ").replace(str(ROOT), ".")[:200]


def other_pins(pins: list[str]) -> Path:
    """A file of constraints: every pin of the requirements but these, which pip is given by name."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    constraints = VENV / "constraints.txt"
    constraints.write_text("\n".join(line for line in lines if line not in pins), encoding="utf-8")
    return constraints


def start_inside_environment() -> None:
    """Replaces this process by the same command inside the environment, with one thread for every library."""
    threads = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    python = str(VENV / "bin" / "python")
    os.execve(python, [python, *sys.argv], os.environ | threads)


# --- the tasks ---------------------------------------------------------------------------------------------------


@dataclass
class Task:
    """Something that naba and its peers can both do."""

    name: str
    #: What the peers read; each takes as many from the start as suit its speed.
    documents: Batch
    peers: list[Peer]
    #: naba for this task; none where it has no command that does only this.
    naba: Naba | None = None
    naba_note: str = NABA_NOTE
    #: naba's engines as a library, which time a batch themselves: what the peers' ratios are to.
    engine: Callable[[Batch], float] | None = None
    #: The articles behind the documents, where the answers are copy that can be judged.
    judged: list[articles.Article] | None = None
    #: What else there is to say about a contestant's answers to the first documents.
    remark: Callable[[list], str] = lambda answers: ""

    def judged_documents(self) -> Batch:
        """What everyone's answers are judged on: as many documents as the quickest peer reads."""
        return self.documents[: max(peer.documents for peer in self.peers)]


def all_tasks(binary: Path) -> list[Task]:
    """The five tasks over the same articles."""
    mixed = mixture(articles.seeds(ROOT / "seeds"), articles.generated(GENERATED_PAGES))
    texts = [article.text() for article in mixed]
    stories = articles.generated(GENERATED_STORIES)
    process = ["process", "--jobs", "1"]
    engine, smoothie = (binary.parent / f"naba-bench-{name}" for name in ("engine", "dom-smoothie"))
    return [
        Task(
            "HTML extraction",
            [article.page() for article in mixed],
            [
                Peer("trafilatura", "trafilatura", contestants.load_trafilatura, SLOW),
                Peer("resiliparse", "resiliparse", contestants.load_resiliparse, QUICK),
                Peer("jusText, Arabic stop list", "jusText", contestants.load_justext, SLOW),
                Peer("newspaper4k", "newspaper4k", contestants.load_newspaper, SLOW),
                Peer(
                    "dom_smoothie", "crate:dom_smoothie", contestants.load_dom_smoothie(smoothie), QUICK,
                    clock=own_clock(smoothie, "html"),
                ),
            ],
            Naba(binary, process, "html", contestants.body),
            f"the whole pipeline (cleaning, tagging, the record), {NABA_NOTE}",
            engine=own_clock(engine, "html"),
            judged=mixed,
        ),
        Task(
            "text stripping",
            texts,
            [
                Peer(
                    "datatrove, C4 line rules", "datatrove", contestants.load_c4_lines, QUICK,
                    "the count of sentences is off",
                )
            ],
            Naba(binary, process, "text", contestants.body),
            f"the whole pipeline (cleaning, tagging, the record), {NABA_NOTE}",
            engine=own_clock(engine, "text"),
            judged=mixed,
        ),
        Task(
            "normalising",
            texts,
            [
                Peer(
                    "camel-tools, arclean", "camel-tools", contestants.load_arclean, MIDDLING,
                    "a character map only: it folds no letters",
                ),
                Peer("araclean, search", "araclean", contestants.load_araclean, SLOW),
                Peer(
                    "arabic-normalize, search", "arabic-normalize", contestants.load_arabic_normalize, QUICK,
                    "no map home",
                ),
            ],
            Naba(binary, ["normalise", "--profile", "search"]),
            "with process start, lines in and out; it also repairs mojibake and builds the map home",
        ),
        Task(
            "dates",
            list(articles.DATES),
            [Peer("dateparser", "dateparser", contestants.load_dateparser, 10 * len(articles.DATES))],
            remark=days_read,
        ),
        Task(
            "near duplicates",
            [article.text() for article in stories],
            [Peer("datasketch, MinHash LSH 128", "datasketch", contestants.load_datasketch, 500)],
            Naba(binary, [*process, "--stories"], "text", contestants.near_duplicate),
            f"the whole pipeline (cleaning, tagging, the record), {NABA_NOTE}",
            remark=lambda answers: reprints_found(answers, stories),
        ),
    ]


def mixture(rare: list, common: list) -> list:
    """Both lists in one, with one of the rare after every so many of the common."""
    stride = len(common) // len(rare)
    mixed = []
    for number, item in enumerate(rare):
        mixed += [*common[number * stride : (number + 1) * stride], item]
    return mixed


def days_read(answers: list) -> str:
    """How many dates were read, and how many of them rightly."""
    read = sum(answer is not None for answer in answers)
    right = sum(answer == day for answer, day in zip(answers, articles.DATES.values()))
    return f"reads {read} of {len(answers)}, {right} rightly"


def reprints_found(answers: list, stories: list[articles.Article]) -> str:
    """How many of the planted reprints were found among the articles that were answered."""
    pairs = list(zip(answers, stories))
    planted = sum(story.reprint for _, story in pairs)
    found = sum(answer and story.reprint for answer, story in pairs)
    wrong = sum(answer and not story.reprint for answer, story in pairs)
    return f"finds {found} of {planted} reprints and {wrong} that are none"


# --- what is left in and lost ------------------------------------------------------------------------------------


@dataclass
class Tally:
    """Pieces of boilerplate that an answer still holds, and lines of copy that it no longer holds."""

    left_in: int = 0
    pieces: int = 0
    lost: int = 0
    lines: int = 0
    #: How many of those left in are headline and stamps.
    stamps: int = 0

    def add(self, answer: str, article: articles.Article) -> None:
        """Judges one answer, white space aside: first the copy is taken out of it, then the boilerplate."""
        rest = squeezed(answer)
        for line in longest_first(article.copy):
            self.lost += line not in rest
            rest = rest.replace(line, "\n", 1)
        pieces = longest_first(article.boilerplate + (article.frame.lines if article.frame else []))
        stamps = set(map(squeezed, article.stamps))
        for piece in pieces:
            self.left_in += piece in rest
            self.stamps += piece in rest and piece in stamps
            rest = rest.replace(piece, "\n", 1)
        self.pieces += len(pieces)
        self.lines += len(article.copy)


def squeezed(text: str) -> str:
    """The text without white space."""
    return "".join(text.split())


def longest_first(lines: list[str]) -> list[str]:
    """The lines without white space, so that a short one is not found inside a long one."""
    return sorted(map(squeezed, lines), key=len, reverse=True)


def judge(answers: list[str], judged: list[articles.Article]) -> tuple[Tally, Tally]:
    """The tally of the seeds, and the one of the generated articles."""
    seeds, generated = Tally(), Tally()
    for answer, article in zip(answers, judged):
        (generated if article.generated else seeds).add(answer, article)
    return seeds, generated


# --- measuring ---------------------------------------------------------------------------------------------------


@dataclass
class Row:
    """A line of the table."""

    task: str
    name: str
    version: str | None = None
    documents: int | None = None
    docs_per_second: float | None = None
    mb_per_second: float | None = None
    ratio_to_naba: float | None = None
    left_in: int | None = None
    lost: int | None = None
    note: str = ""


@dataclass
class Entrant:
    """A contestant that is ready to run, and its times."""

    row: Row
    run: Callable[[], object]
    documents: int
    bytes: int
    seconds: list[float] = field(default_factory=list)

    def rates(self) -> list[float]:
        """Documents a second, round by round."""
        return [self.documents / seconds for seconds in self.seconds]


def measure(task: Task, rounds: int, version: str, installed: dict[str, str | None]) -> list[Row]:
    """Runs everyone in turn, round after round."""
    say(f"measuring {task.name}")
    naba = naba_entrant(task, version) if task.naba else None
    entrants = [naba] if naba else []
    rows = [naba.row if naba else Row(task.name, "naba", version, note="not measured here: see `make bench`")]
    if naba and task.engine:
        naba = engine_entrant(task, naba.row)
        entrants.insert(0, naba)
        rows.insert(0, naba.row)
    for peer in task.peers:
        row = Row(task.name, peer.name, note=peer.note)
        rows.append(row)
        if entrant := peer_entrant(task, peer, row, installed.get(peer.package)):
            entrants.append(entrant)
    for _ in range(rounds):
        for entrant in entrants:
            entrant.seconds.append(seconds_of(entrant.run))
    for entrant in entrants:
        fill_in_rates(entrant, naba)
    return rows


def seconds_of(run: Callable[[], object]) -> float:
    """How long a run takes; by its own clock, where it has one."""
    started = time.perf_counter()
    answer = run()
    return answer if isinstance(answer, float) else time.perf_counter() - started


def engine_entrant(task: Task, command: Row) -> Entrant:
    """naba's engines as a library, over as many documents as its command reads."""
    row = Row(task.name, "naba, the engines", command.version, left_in=command.left_in, lost=command.lost)
    row.note = "all of decoding, cleaning and tagging, from a raw record to an enriched one"
    batch = at_least(task.documents, NABA_ARTICLES)
    return Entrant(row, lambda: task.engine(batch), len(batch), size(batch))


def naba_entrant(task: Task, version: str) -> Entrant:
    """naba over its long batch; before that, its answers are judged on what the peers read."""
    row = Row(task.name, "naba", version, note=task.naba_note)
    if task.naba.answer:
        task.naba.prepare(task.judged_documents(), 1)
        fill_in_judgement(row, task, task.naba.answers())
    task.naba.prepare(task.documents[:1], 1)
    row.note += f"; start-up {min(seconds_of(task.naba.run) for _ in range(3)):.2f} s of every run"
    batch = task.naba.prepare(task.documents, NABA_ARTICLES)
    return Entrant(row, task.naba.run, len(batch), size(batch))


def peer_entrant(task: Task, peer: Peer, row: Row, reason: str | None) -> Entrant | None:
    """A peer over its slice, or none when it cannot be had; its first run is for warming up and judging."""
    if reason:
        row.note = f"not installed: {reason}"
        return None
    batch = at_least(task.documents, peer.documents)[: peer.documents]
    try:
        row.version = version_of(peer.package)
        runner = peer.load()
        fill_in_judgement(row, task, runner(task.judged_documents()))
    except Exception as problem:  # whatever a peer trips over is its row's business, not the end of the run
        row.note = f"does not run: {type(problem).__name__}: {problem}".replace(str(ROOT), ".")[:200]
        return None
    return Entrant(row, lambda: (peer.clock or runner)(batch), len(batch), size(batch))


def version_of(package: str) -> str:
    """The version of a package of the environment, or of a crate that naba's benchmark is built with."""
    if not package.startswith("crate:"):
        return importlib.metadata.version(package)
    crate = package.removeprefix("crate:")
    _, found, rest = (ROOT / "Cargo.lock").read_text(encoding="utf-8").partition(f'name = "{crate}"\nversion = "')
    if not found:
        raise LookupError(f"{crate} is not in Cargo.lock")
    return rest.partition('"')[0]


def fill_in_judgement(row: Row, task: Task, answers: list) -> None:
    """Says in a row what its contestant leaves in and loses, or how many it finds."""
    remarks = [row.note, task.remark(answers)]
    if task.judged:
        seeds, generated = judge(answers, task.judged)
        row.left_in, row.lost = seeds.left_in, seeds.lost
        if seeds.left_in:
            remarks.append(f"seeds: {seeds.stamps} of the {seeds.left_in} left in headlines and stamps")
        remarks.append(
            f"generated: {generated.left_in} of {generated.pieces} left in ({generated.stamps} headlines and stamps), "
            f"{generated.lost} of {generated.lines} lost"
        )
    row.note = "; ".join(filter(None, remarks))


def fill_in_rates(entrant: Entrant, naba: Entrant | None) -> None:
    """Fills in the medians; the ratio is the median of the rounds' own ratios."""
    row, rates = entrant.row, entrant.rates()
    rate = statistics.median(rates)
    row.documents = entrant.documents
    row.docs_per_second = round(rate, 1)
    row.mb_per_second = round(rate * entrant.bytes / entrant.documents / 1e6, 4)
    if naba:
        ratios = [own / nabas for own, nabas in zip(rates, naba.rates())]
        row.ratio_to_naba = float(f"{statistics.median(ratios):.3g}")


def size(batch: Batch) -> int:
    """The bytes of a batch."""
    return sum(len(document.encode()) for document in batch)


def use_one_core() -> None:
    """Keeps this process, and naba that it starts, on one core where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def refuse_network() -> None:
    """No peer gets to fetch anything while the clock runs."""

    def refuse(*_: object) -> None:
        raise OSError("the benchmark has no network")

    socket.socket.connect = refuse


# --- reporting ---------------------------------------------------------------------------------------------------


def machine() -> dict[str, object]:
    """What the numbers were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 2**30, 1),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="minutes"),
        "load_average": round(os.getloadavg()[0], 2),
    }


def cpu_model() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def shown(path: Path) -> str:
    """A path without where this machine keeps the checkout."""
    path = path.resolve()
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


def table(rows: list[Row], pieces: int, lines: int) -> str:
    """The rows, aligned, and the notes below them by number."""
    head = ["task", "name", "version", "documents", "docs/s", "MB/s", "to naba", f"left in of {pieces}",
            f"lost of {lines}", "note"]
    cells, notes = [head], []
    for row in rows:
        if row.note:
            notes.append(row.note)
        cells.append([
            row.task, row.name, row.version or "-", number(row.documents), number(row.docs_per_second),
            number(row.mb_per_second), number(row.ratio_to_naba), number(row.left_in), number(row.lost),
            f"({len(notes)})" if row.note else "",
        ])
    widths = [max(map(len, column)) for column in zip(*cells)]
    aligned = [
        "  ".join(cell.ljust(width) if column < 3 else cell.rjust(width)
                  for column, (cell, width) in enumerate(zip(line, widths)))
        for line in cells
    ]
    return "\n".join([*aligned, "", *(f"({place}) {note}" for place, note in enumerate(notes, 1))])


def number(value: float | None) -> str:
    """A number with as many digits as say something."""
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def say(line: str) -> None:
    """Tells on standard error what is going on."""
    print(line, file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="naba beside its peers over the same articles")
    parser.add_argument("--naba", type=Path, default=ROOT / "target" / "release" / "naba")
    parser.add_argument("--results", type=Path, default=ROOT / "bench" / "results" / "peers.json")
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def measure_all(options: argparse.Namespace) -> None:
    """Everything inside the environment: measures, writes the results, prints the table."""
    use_one_core()
    refuse_network()
    binary = options.naba.resolve()
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True)
    installed = json.loads(INSTALLED.read_text(encoding="utf-8"))
    on = machine()
    rows = []
    for task in all_tasks(binary):
        rows += measure(task, options.rounds, said.stdout.split()[-1], installed)
    seeds, _ = judge([""] * 5, articles.seeds(ROOT / "seeds"))
    results = {
        "machine": on,
        "command": f"python3 bench/peers/peers.py --naba {shown(options.naba)} --results {shown(options.results)} "
        f"--rounds {options.rounds}",
        "seeds": {"boilerplate_pieces": seeds.pieces, "copy_lines": seeds.lines},
        "rows": [asdict(row) for row in rows],
    }
    options.results.parent.mkdir(parents=True, exist_ok=True)
    options.results.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(table(rows, seeds.pieces, seeds.lines))


def main() -> None:
    """Installs and starts again inside the environment, or measures when already there."""
    options = arguments()
    if not options.naba.exists():
        sys.exit(f"{options.naba} is not there: build it with cargo build --release --package naba")
    if Path(sys.prefix).resolve() == VENV:
        measure_all(options)
    else:
        install_peers()
        start_inside_environment()


if __name__ == "__main__":
    main()
