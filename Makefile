# The few commands of daily work; each is what its recipe says. `make demo` and `make test` work on a fresh Debian 12.
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
FLOWTRAIL = build/release/bin/flowtrail
# GCC 12's thread sanitizer cannot run where the kernel spreads addresses more widely than this.
FIXED_ADDRESSES = $(shell [ "$$(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo 28)" -gt 28 ] && echo setarch -R)

.PHONY: build demo test check format install clean bootstrap bootstrap-dev

build: bootstrap
	cmake --preset release -DFLOWTRAIL_TESTS=OFF
	cmake --build --preset release -j$(JOBS)

# Sample data, then the five questions on it, each under its command line.
demo: build
	scripts/demo $(FLOWTRAIL) demo

# Everything that has to hold: format, headers, includes, clang-tidy; all tests under the address and undefined-behaviour
# sanitizers; the release build; and the tests of the code that has threads under the thread sanitizer (which cannot see
# into the prebuilt DuckDB, so what happens inside of it is not watched).
test: bootstrap-dev
	cmake --preset dev
	scripts/check
	cmake --preset release -DFLOWTRAIL_TESTS=OFF -DFLOWTRAIL_WERROR=ON
	cmake --build --preset release -j$(JOBS)
	scripts/check-release
	cmake --preset tsan
	cmake --build --preset tsan -j$(JOBS) --target base_test cloudtrail_test engine_test tables_test flowlog_test attribution_test codec_test
	$(FIXED_ADDRESSES) ctest --preset tsan -R '^(engine|tables|flowlog|attribution|codec)/|InOrder|NumberOfThreads'
	cmake --preset asan
	cmake --build --preset asan -j$(JOBS)
	ctest --preset asan

check: bootstrap-dev
	cmake --preset dev
	scripts/check

format: bootstrap-dev
	find src tests bench fuzz -name '*.h' -o -name '*.cc' | xargs clang-format-19 -i

install: build
	DESTDIR="$(DESTDIR)" cmake --install build/release --strip --prefix "$(PREFIX)"

clean:
	rm -rf build demo

bootstrap:
	@scripts/bootstrap

bootstrap-dev:
	@scripts/bootstrap --dev
