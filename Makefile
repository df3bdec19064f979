# Everything a person types. `make` alone lists it.

SHELL := /bin/bash

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
FUZZTIME ?= 20s

version_package := github.com/prometheus/common/version
REVISION ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
# When the commit was made, not the build: the same source gives the same binary.
DATE ?= $(shell git log -1 --format=%cI 2>/dev/null || echo unknown)
ldflags := -s -w -X $(version_package).Version=$(VERSION) \
	-X $(version_package).Revision=$(REVISION) -X $(version_package).BuildDate=$(DATE)

.DEFAULT_GOAL := help
.PHONY: help run stack stack-status break heal up down image test e2e e2e-full pictures lint generate golden fuzz bench mutate record build clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## a real Valkey on 6380, the mock application and the exporter on 9121, until Ctrl-C
	@scripts/run

stack: ## the same with Prometheus, Alertmanager and a receiver, until Ctrl-C; FLAGS=--fast for pages within a minute
	@scripts/stack up $(FLAGS)

stack-status: ## how everything is that make stack has started
	@scripts/stack status

break: ## F=name breaks something in make stack; without F, what can be broken
	@scripts/stack break $(F)

heal: ## mend what make break has broken
	@scripts/stack heal

up: ## the stack in containers, with Grafana, until make down
	@VERSION='$(VERSION)' REVISION='$(REVISION)' DATE='$(DATE)' scripts/containers up

down: ## stop the containers; their data stays
	@scripts/containers down

image: ## the exporter's container image
	@VERSION='$(VERSION)' REVISION='$(REVISION)' DATE='$(DATE)' scripts/containers image

test: lint ## everything a submission must pass, on real servers, with the race detector
	@scripts/test

e2e: ## break services in a hurry: does the right alert reach the right receiver, has every panel data?
	@scripts/e2e

e2e-full: ## the same at the pace of life, an hour and a quarter, into docs/detection.md
	@scripts/e2e full

pictures: ## docs/images: the dashboards as make stack shows them now; STATE=healthy names them
	@scripts/pictures take $(or $(STATE),healthy)

lint: ## formatting, vet, golangci-lint, and shellcheck when it is installed
	@scripts/lint

generate: ## rewrite every derived file: rules, runbooks, dashboards, docs/alerts.md, docs/metrics.md
	go run ./cmd/bundle

golden: ## rewrite the golden files of the tests; review the difference
	@scripts/golden

fuzz: ## each fuzz target for FUZZTIME (20s)
	@FUZZTIME=$(FUZZTIME) scripts/fuzz

bench: ## what a scrape costs, against a raw client in the same run, into docs/performance.md
	@VALKEY_SERVER=$$(scripts/install-server valkey) go run ./bench

mutate: ## change each number, operator and label of the rules: do their tests notice? Into docs/rule-quality.md
	@scripts/mutate

record: ## healthy days anew, for the tests of the rules: a quarter of an hour on an idle machine
	@scripts/record

build: ## bin/exporter and bin/bundle, static, with their version
	CGO_ENABLED=0 go build -trimpath -ldflags '$(ldflags)' -o bin/ ./cmd/exporter ./cmd/bundle

clean: ## remove what the other targets have built, downloaded and logged
	rm -rf bin .cache
