// Each function of duckdb.h is defined here and jumps to the library's own through a table, so that callers write and
// link as if the library were linked. Tables of pointers behind macros, as DuckDB's extensions have them, would not do
// for functions as template arguments.
#include "engine/duckdb_library.h"

#include <dlfcn.h>
#include <duckdb.h>

#include <filesystem>
#include <string>

namespace flowtrail::engine {

namespace {

constexpr const char* kLibrary = "libduckdb.so";

struct Functions {
#define FT_DUCKDB(result, name, parameters, arguments) decltype(&::name) name = nullptr;
#include "engine/duckdb_functions.inc"
#undef FT_DUCKDB
};

// Written by `load_duckdb` alone, before anything reads it.
Functions functions;

/// The library that came with the program, by its whole path: sanitizers break searches relative to the caller.
std::string own_library() {
  std::error_code fault;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", fault);
  const std::filesystem::path library = program.parent_path().parent_path() / "lib" / kLibrary;
  return !fault && std::filesystem::exists(library, fault) ? library.string() : std::string{};
}

template <typename Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

Status load() {
  const std::string own = own_library();
  void* library = dlopen(own.empty() ? kLibrary : own.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) {
    return std::unexpected(Error{ErrorCode::kNotFound,
                                 fmt::format("DuckDB's library cannot be loaded: {}", dlerror()),
                                 {},
                                 "lib/libduckdb.so belongs beside the folder of the program"});
  }
  const char* missing = nullptr;
#define FT_DUCKDB(result, name, parameters, arguments) \
  if (!find(library, #name, functions.name)) missing = #name;
#include "engine/duckdb_functions.inc"
#undef FT_DUCKDB
  if (missing != nullptr) return failure(ErrorCode::kUnsupported, "DuckDB's library has no function {}", missing);
  return {};
}

}  // namespace

Status load_duckdb() {
  static const Status kLoaded = load();
  return kLoaded;
}

}  // namespace flowtrail::engine

extern "C" {
#define FT_DUCKDB(result, name, parameters, arguments)  \
  result name parameters {                              \
    return flowtrail::engine::functions.name arguments; \
  }
#include "engine/duckdb_functions.inc"
#undef FT_DUCKDB
}
