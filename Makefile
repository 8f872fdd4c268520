.DEFAULT_GOAL := help
.PHONY: help build demo test bench services-up services-down format clean

help: ## what there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */  make \1\t/' | expand -t 24

demo: ## runs the whole pipeline on generated events, against servers of its own, and shows what it does
	@scripts/demo

test: ## runs every test, against servers of its own
	@scripts/test

bench: ## prints the table of benchmarks; EVENTS="1000000 10000000" for other sizes
	@scripts/bench $(EVENTS)

build: ## installs what is missing and builds .build/release/analytics-cli
	@scripts/build

services-up: ## starts private local servers and keeps them; then: . .local/env
	@scripts/install
	@scripts/services up
	@echo "The servers run. Use them: . .local/env"

services-down: ## stops what services-up started
	@scripts/services down

format: ## formats the Swift sources
	swift format --in-place --parallel --recursive Package.swift Sources Tests

clean: ## stops the local servers, removes their data and everything built
	@for set in . demo test bench; do \
	  if [ -d .local/$$set ]; then ANALYTICS_LOCAL=.local/$$set scripts/services clean; fi; done
	rm -rf .build .local
