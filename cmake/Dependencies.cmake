# Packages come from the distribution and from scripts/bootstrap, which pins and checks them.
find_package(fmt REQUIRED)
find_package(Threads REQUIRED)
find_package(simdjson REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(ZLIB REQUIRED)
pkg_check_modules(ISAL REQUIRED IMPORTED_TARGET libisal)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
if(FLOWTRAIL_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()

# DuckDB: the prebuilt library and the header of the same version, in .deps/duckdb.
set(FLOWTRAIL_DUCKDB_DIR ${CMAKE_SOURCE_DIR}/.deps/duckdb CACHE PATH "Folder with lib/libduckdb.so and include/duckdb.h")
if(NOT EXISTS ${FLOWTRAIL_DUCKDB_DIR}/lib/libduckdb.so OR NOT EXISTS ${FLOWTRAIL_DUCKDB_DIR}/include/duckdb.h)
  message(FATAL_ERROR "DuckDB is missing in ${FLOWTRAIL_DUCKDB_DIR}: run scripts/bootstrap first")
endif()
# Only the header: the library is opened when it is needed (src/engine/duckdb_library.cc).
add_library(duckdb INTERFACE)
target_include_directories(duckdb SYSTEM INTERFACE ${FLOWTRAIL_DUCKDB_DIR}/include)
