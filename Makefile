# Everything a person types here; .ci/run types the same.

.POSIX:
.PHONY: run build test generate verify audit bench fuzz cover figures clean

BIN = bin/assay
ENT_FEATURES = sql/lock,sql/execquery,sql/modifier,sql/upsert,sql/versioned-migration

# Starts the server on the embedded database, with the demonstration organization; nothing else is needed.
run: build
	$(BIN) serve --dev

# No version-control stamp: a copy of the tree without its history builds as well.
build:
	go build -buildvcs=false -o $(BIN) ./cmd/assay

# All tests, on SQLite and, where it is installed or may be, on PostgreSQL; says what was skipped.
test:
	@sh .ci/tools.sh postgres $${CI:+chromium node}
	@sh .ci/packages.sh
	@sh .ci/test.sh -timeout 20m ./...

# Writes ent/, the generated half of graph/, and the page of variables. Migrations are made by hand:
# go run ./internal/migration/generate NAME
generate:
	go tool ent generate --feature $(ENT_FEATURES) ./ent/schema
	go tool gqlgen generate
	go run ./cmd/assay config-docs > docs/.configuration.md || { rm -f docs/.configuration.md; exit 1; }
	mv docs/.configuration.md docs/configuration.md

# What must hold of the tree itself. The figures at its end are aims, not gates.
verify:
	@sh .ci/generated.sh
	go vet ./...
	go tool staticcheck ./...
	go test ./internal/archtest/... ./ent/schema/... ./policy/...
	go test -run 'Schema|Lint' ./graph/...
	go run ./internal/migration/generate -check
	@go run ./internal/archtest/figures

# The public audit suite of GraphQL over HTTP against the real binary; needs node.
audit: build
	@sh .ci/tools.sh node
	@sh .ci/audit.sh

bench:
	go test -run '^$$' -bench . ./...

# Every fuzz target for half a minute. An input that breaks one is kept in its testdata/fuzz: commit it with the mending.
fuzz:
	@grep -rHo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' cmd graph internal | sort | while IFS=: read -r file target; do \
		go test -run '^$$' -fuzz "^$${target#func }$$" -fuzztime 30s -fuzzminimizetime 10x "./$${file%/*}" </dev/null || exit 1; \
	done

cover:
	go test -timeout 20m -coverprofile=coverage.out -coverpkg=./cmd/...,./graph/...,./internal/...,./policy/... ./...
	go tool cover -func=coverage.out | tail -n 1

figures:
	@go run ./internal/archtest/figures

clean:
	rm -rf bin coverage.out
