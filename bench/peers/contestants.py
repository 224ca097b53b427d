"""The contestants: naba, and each peer as its own documentation would have it used.

A peer's loader imports it and returns the function that is timed: a batch of documents in, one answer a document
out. Imports lie outside the clock, and so do the start and the reading of programs that time themselves (naba's engine
and the crates). naba's own command stands beside them with everything inside the clock.
"""

import json
import math
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Batch = list[str]
Runner = Callable[[Batch], list]

#: Words of a shingle, permutations of a sketch, and the likeness from which two articles are the same story.
SHINGLE_WORDS, PERMUTATIONS, LIKENESS = 5, 128, 0.5


@dataclass
class Peer:
    """A peer in one task."""

    name: str
    #: The package of the requirements, or `crate:` and the crate that naba's benchmark is built with.
    package: str
    load: Callable[[], Runner]
    #: So many documents a round: slow peers get fewer, quick ones get them again and again.
    documents: int
    note: str = ""
    #: Times a batch itself, where the peer is a program and not a module.
    clock: Callable[[Batch], float] | None = None


def own_clock(binary: Path, key: str) -> Callable[[Batch], float]:
    """A program that is given a file of records and prints the seconds that it took, its start and reading left out."""

    def seconds(batch: Batch) -> float:
        """Writes the batch and runs the program over it."""
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as records:
            records.writelines(record(key, number, document) for number, document in enumerate(batch))
            records.flush()
            return float(subprocess.run([str(binary), records.name], stdout=subprocess.PIPE, check=True).stdout)

    return seconds


def record(key: str, number: int, document: str) -> str:
    """A document as a line of NDJSON; every one has its own id."""
    return json.dumps({key: document, "source_id": str(number)}, ensure_ascii=False) + "\n"


def at_least(documents: Batch, least: int) -> Batch:
    """The documents, repeated until there are enough."""
    return documents * math.ceil(least / len(documents))


# --- the article out of a page -----------------------------------------------------------------------------------


def load_trafilatura() -> Runner:
    """trafilatura as it comes."""
    import trafilatura

    return lambda pages: [trafilatura.extract(page) or "" for page in pages]


def load_resiliparse() -> Runner:
    """Resiliparse's main content."""
    from resiliparse.extract.html2text import extract_plain_text

    return lambda pages: [extract_plain_text(page, main_content=True) for page in pages]


def load_justext() -> Runner:
    """jusText with its Arabic stop words."""
    import justext

    stop_words = justext.get_stoplist("Arabic")

    def copy_of(page: str) -> str:
        """The paragraphs that are not boilerplate."""
        found = justext.justext(page.encode(), stop_words, encoding="utf-8")
        return "\n".join(paragraph.text for paragraph in found if not paragraph.is_boilerplate)

    return lambda pages: [copy_of(page) for page in pages]


def load_newspaper() -> Runner:
    """newspaper4k, told that the page is Arabic."""
    import newspaper

    def copy_of(page: str) -> str:
        """The text of a page that is at hand already: nothing is fetched."""
        article = newspaper.Article("https://news.example/1", language="ar", fetch_images=False)
        article.download(input_html=page)
        article.parse()
        return article.text

    return lambda pages: [copy_of(page) for page in pages]


def load_dom_smoothie(binary: Path) -> Callable[[], Runner]:
    """dom_smoothie, a crate: a program beside naba's."""

    def load() -> Runner:
        """Asks whether it is built."""
        if not binary.exists():
            raise RuntimeError(f"{binary.name} is not built")
        return copies_of

    def copies_of(pages: Batch) -> list[str]:
        """The copy of every page."""
        lines = "".join(json.dumps({"html": page}, ensure_ascii=False) + "\n" for page in pages)
        done = subprocess.run([str(binary)], input=lines.encode(), stdout=subprocess.PIPE, check=True)
        return [json.loads(line)["body"] for line in done.stdout.splitlines()]

    return load


# --- the copy out of plain text ----------------------------------------------------------------------------------


def load_c4_lines() -> Runner:
    """datatrove's C4 line rules; the count of sentences, which wants a tokenizer, is off."""
    from datatrove.data import Document
    from datatrove.pipeline.filters.c4_filters import C4QualityFilter

    rules = C4QualityFilter(min_num_sentences=-1)

    def copy_of(text: str) -> str:
        """The lines that the rules keep."""
        document = Document(text=text, id="")
        return document.text if rules.filter(document) is True else ""

    return lambda texts: [copy_of(text) for text in texts]


# --- letters folded for search -----------------------------------------------------------------------------------


def by_line(fold: Callable[[str], str]) -> Runner:
    """Folds every line of every document, as naba does."""
    return lambda texts: ["\n".join(fold(line) for line in text.split("\n")) for text in texts]


def load_arclean() -> Runner:
    """The character map arclean of camel-tools."""
    from camel_tools.utils.charmap import CharMapper

    return by_line(CharMapper.builtin_mapper("arclean").map_string)


def load_araclean() -> Runner:
    """araclean's search profile."""
    from araclean import normalize

    return by_line(lambda line: normalize(line, profile="search"))


def load_arabic_normalize() -> Runner:
    """arabic-normalize's search preset."""
    from arabic_normalize import normalize_for_search

    return by_line(normalize_for_search)


# --- printed dates -----------------------------------------------------------------------------------------------


def load_dateparser() -> Runner:
    """dateparser, told that the dates are Arabic."""
    import dateparser

    def day_of(printed: str) -> str | None:
        """The day as YYYY-MM-DD, or none."""
        moment = dateparser.parse(printed, languages=["ar"])
        return moment and moment.date().isoformat()

    return lambda dates: [day_of(printed) for printed in dates]


# --- articles that print the same copy ---------------------------------------------------------------------------


def load_datasketch() -> Runner:
    """datasketch: MinHash of 128 over shingles of five words, looked up in an LSH index."""
    from datasketch import MinHash, MinHashLSH

    def sketch(text: str) -> MinHash:
        """The sketch of a text."""
        words = text.split()
        last = max(1, len(words) - SHINGLE_WORDS + 1)
        minhash = MinHash(num_perm=PERMUTATIONS)
        minhash.update_batch({" ".join(words[start : start + SHINGLE_WORDS]).encode() for start in range(last)})
        return minhash

    def same_story(texts: Batch) -> list[bool]:
        """For every article, whether one before it is near."""
        index = MinHashLSH(threshold=LIKENESS, num_perm=PERMUTATIONS)
        answers = []
        for number, text in enumerate(texts):
            minhash = sketch(text)
            answers.append(bool(index.query(minhash)))
            index.insert(number, minhash)
        return answers

    return same_story


# --- naba --------------------------------------------------------------------------------------------------------


class Naba:
    """naba under the clock: a process that starts, reads a file, and writes its answers.

    The batch is written to the file once, before the clock runs.
    """

    def __init__(
        self, binary: Path, arguments: list[str], key: str | None = None, answer: Callable[[dict], object] | None = None
    ) -> None:
        """`key` is the text's key in NDJSON (none: plain lines), `answer` takes what is judged out of a record."""
        self.command = [str(binary), *arguments]
        self.key = key
        self.answer = answer
        self.input = tempfile.NamedTemporaryFile("w", encoding="utf-8")

    def prepare(self, documents: Batch, least: int) -> Batch:
        """Writes the documents, again and again until there are `least`, and returns what was written."""
        batch = at_least(documents, least)
        self.input.seek(0)
        self.input.truncate()
        self.input.writelines(self.line(number, document) for number, document in enumerate(batch))
        self.input.flush()
        return batch

    def line(self, number: int, document: str) -> str:
        """A document as naba reads it."""
        if self.key is None:
            return document + "\n"
        return record(self.key, number, document)

    def run(self, output: int = subprocess.DEVNULL) -> bytes:
        """One run over what was prepared; what it writes goes nowhere unless it is asked for."""
        with open(self.input.name, "rb") as source:
            done = subprocess.run(self.command, stdin=source, stdout=output, stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"naba ended with {done.returncode}: {done.stderr.decode()[:200]}")
        return done.stdout or b""

    def answers(self) -> list:
        """What one run answers, outside the clock."""
        return [self.answer(json.loads(line)) for line in self.run(subprocess.PIPE).splitlines()]


def body(record: dict) -> str:
    """The copy in a record of naba."""
    return record.get("body") or ""


def near_duplicate(record: dict) -> bool:
    """Whether a record names an earlier article of the same copy."""
    return bool(record["story"].get("near_duplicate_of"))
