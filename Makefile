# Lanyard needs Go, make and the module proxy: no C compiler, no root, no Node. Only "make race" needs a C compiler,
# because Go's race detector does.

export CGO_ENABLED = 0

# A pipe fails with any of its parts.
SHELL = bash
.SHELLFLAGS = -euo pipefail -c

FUZZTIME  ?= 30s
BENCHTIME ?= 1s
SOAKTIME  ?= 10m
PART      ?=

STATICCHECK  = honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOLANGCI     = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOLANGCI_BIN = bin/golangci-lint-v2.15.0

.DEFAULT_GOAL = help

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

.PHONY: build
build: ## build the commands into bin/
	go build -trimpath -o bin/ ./cmd/...

.PHONY: demo
demo: build ## play the scene: one identity, two clouds, every refusal
	bin/lanyard demo

.PHONY: test
test: ## vet, staticcheck, every test, coverage of the engines, fuzz at most 12 targets of what changed for 5 s each
	go vet ./...
	cd verify && go vet ./...
	go run $(STATICCHECK) -tags proof,soak ./...
	cd verify && go run $(STATICCHECK) ./...
	go test ./...
	cd verify && go test ./...
	scripts/cover.sh
	scripts/fuzz.sh 5s changed

.PHONY: race
race: ## the tests of all that runs in parallel under the race detector, in random order (needs a C compiler)
	scripts/race.sh

$(GOLANGCI_BIN):
	GOBIN=$(CURDIR)/bin go install $(GOLANGCI)
	mv bin/golangci-lint $@

.PHONY: lint
lint: $(GOLANGCI_BIN) ## golangci-lint, other systems, go.mod, a reproducible build, the sizes of the house
	go mod tidy -diff
	cd verify && go mod tidy -diff
	$(GOLANGCI_BIN) run ./...
	cd verify && ../$(GOLANGCI_BIN) run ./...
	scripts/cross.sh
	scripts/reproducible.sh
	@go test -count=1 -run '^TestSizes$$' -v . | grep -E 'files:|functions:|packages:|FAIL'

.PHONY: fuzz
fuzz: ## fuzz every target for FUZZTIME
	scripts/fuzz.sh $(FUZZTIME) all

.PHONY: bench
bench: build ## run every benchmark for BENCHTIME, then each path of the server beside this machine's own floor
	go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) ./...
	cd verify && go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) ./...
	LANYARD_BINARY=$(CURDIR)/bin/lanyard go test -tags proof -count=1 -timeout 30m -v -run '^TestBench' ./internal/proof

.PHONY: soak
soak: ## run the long tests (build tag soak) for SOAKTIME
	SOAKTIME=$(SOAKTIME) scripts/soak.sh

.PHONY: compat
compat: ## the stories of unmodified clients, and the page of what works (needs az, Node, Python, see compat/run.sh)
	@test -x compat/run.sh || { echo "compat/run.sh is missing: nothing was tested" >&2; exit 1; }
	compat/run.sh

.PHONY: show
show: ## play one part of what is promised: make show PART=01 [ID="01.3 01.7"]
	@test -n "$(PART)" || { echo "say which part: make show PART=01" >&2; exit 2; }
	@test -x scripts/show.sh || { echo "scripts/show.sh is missing: nothing was shown" >&2; exit 1; }
	scripts/show.sh $(PART) $(ID)

.PHONY: cover
cover: ## statement coverage of the engines, held to its bounds
	scripts/cover.sh

.PHONY: generate
generate: ## write the pages that are made from the code
	go test -count=1 . -update
	go test -count=1 -run '^TestSurfacePage$$' ./internal/server -update

.PHONY: clean
clean: ## remove what make built
	rm -rf bin dist
