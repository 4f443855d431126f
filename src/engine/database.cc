#include "engine/database.h"

#include <duckdb.h>

#include <random>
#include <type_traits>
#include <utility>

#include "engine/cursor_error.h"
#include "engine/duckdb_library.h"
#include "engine/value_reader.h"

namespace flowtrail::engine {

// ---- owners of DuckDB's handles ------------------------------------------------------------------------------------

/// Owns a handle of DuckDB's C API, which `Destroy` ends through its address.
template <typename T, void (*Destroy)(T*)>
class Handle {
 public:
  Handle() = default;
  ~Handle() {
    if constexpr (std::is_pointer_v<T>) {
      if (value_ == nullptr) return;
    }
    Destroy(&value_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  [[nodiscard]] T get() const { return value_; }
  /// Where DuckDB puts the handle, once, or wants to find it.
  [[nodiscard]] T* address() { return &value_; }

 private:
  T value_{};
};

struct Chunk::State {
  Handle<duckdb_data_chunk, duckdb_destroy_data_chunk> chunk;
  std::shared_ptr<const std::vector<ValueType>> types;  // shared: chunks may outlive their result

  [[nodiscard]] duckdb_vector vector(std::size_t column) const {
    return duckdb_data_chunk_get_vector(chunk.get(), column);
  }
};

struct Script::State {
  std::string text;
  Handle<duckdb_extracted_statements, duckdb_destroy_extracted> statements;
  std::size_t size = 0;
};

struct QueryResult::State {
  Handle<duckdb_prepared_statement, duckdb_destroy_prepare> statement;
  Handle<duckdb_pending_result, duckdb_destroy_pending> pending;
  Handle<duckdb_result, duckdb_destroy_result> result;
  std::shared_ptr<const std::vector<ValueType>> types;
  std::vector<ResultColumn> columns;
  std::string sql;
  std::shared_ptr<CursorErrorSlot> cursor_error;
};

struct Connection::State {
  Handle<duckdb_connection, duckdb_disconnect> connection;
  bool may_be_open = false;  // a transaction: a statement ran since it was settled
  std::shared_ptr<CursorErrorSlot> cursor_error = std::make_shared<CursorErrorSlot>();
};

struct Database::State {
  Handle<duckdb_database, duckdb_close> database;
};

namespace {

/// A cursor's own error, whole, if `text` is what DuckDB made of it; else what DuckDB says.
SqlError explain(const char* text, std::string_view sql, CursorErrorSlot& slot) {
  SqlError error = read_sql_error(text == nullptr ? "unknown error" : text, sql);
  const std::optional<Error> kept = slot.take();
  if (kept && error.what.find(kept->what.substr(0, kept->what.find('\n'))) != std::string::npos) {
    static_cast<Error&>(error) = *kept;
    error.name = "GENERIC_USER_ERROR";
    error.line = 0;
    error.column = 0;
  }
  return error;
}

std::filesystem::path own_temporary_folder() {
  std::random_device random;
  return std::filesystem::temp_directory_path() / fmt::format("flowtrail-{:08x}{:08x}", random(), random());
}

Status configure(duckdb_config config, const DatabaseOptions& options) {
  const std::filesystem::path folder =
      options.temporary_folder.empty() ? own_temporary_folder() : options.temporary_folder;
  std::vector<std::pair<const char*, std::string>> settings{
      {"autoinstall_known_extensions", "false"}, {"autoload_known_extensions", "false"},
      {"allow_persistent_secrets", "false"},     {"memory_limit", options.memory_limit},
      {"temp_directory", folder.string()},
  };
  if (options.threads > 0) settings.emplace_back("threads", std::to_string(options.threads));
  for (const auto& [name, value] : settings) {
    if (duckdb_set_config(config, name, value.c_str()) != DuckDBSuccess) {
      return failure(ErrorCode::kUsage, "DuckDB does not accept {} = {}", name, value);
    }
  }
  return {};
}

void read_columns(QueryResult::State& state) {
  auto types = std::make_shared<std::vector<ValueType>>();
  for (idx_t i = 0; i < duckdb_column_count(state.result.address()); ++i) {
    duckdb_logical_type type = duckdb_column_logical_type(state.result.address(), i);
    types->push_back(read_type(type));
    duckdb_destroy_logical_type(&type);
    state.columns.push_back({duckdb_column_name(state.result.address(), i), type_name(types->back())});
  }
  state.types = std::move(types);
}

SqlResult<void> check_readable(const QueryResult::State& state) {
  for (std::size_t i = 0; i < state.columns.size(); ++i) {
    if (is_readable((*state.types)[i])) continue;
    SqlError error;
    error.code = ErrorCode::kUnsupported;
    error.name = "NOT_SUPPORTED";
    error.what =
        fmt::format("column {} has a type that cannot be printed: {}", state.columns[i].name, state.columns[i].type);
    error.hint = "CAST it to VARCHAR";
    return std::unexpected(std::move(error));
  }
  return {};
}

}  // namespace

// ---- Chunk ---------------------------------------------------------------------------------------------------------

Chunk::Chunk(std::unique_ptr<State> state) : state_(std::move(state)) {}
Chunk::~Chunk() = default;
Chunk::Chunk(Chunk&&) noexcept = default;
Chunk& Chunk::operator=(Chunk&&) noexcept = default;

std::size_t Chunk::row_count() const {
  return duckdb_data_chunk_get_size(state_->chunk.get());
}

bool Chunk::is_null(std::size_t column, std::size_t row) const {
  return engine::is_null(state_->vector(column), row);
}

std::string_view Chunk::text(std::size_t column, std::size_t row) const {
  const duckdb_type id = (*state_->types)[column].id;
  if ((id != DUCKDB_TYPE_VARCHAR && id != DUCKDB_TYPE_BLOB) || is_null(column, row)) return {};
  return read_text(state_->vector(column), row);
}

std::int64_t Chunk::integer(std::size_t column, std::size_t row) const {
  return is_null(column, row) ? 0 : read_integer((*state_->types)[column], state_->vector(column), row);
}

output::Value Chunk::value(std::size_t column, std::size_t row) const {
  return read_value((*state_->types)[column], state_->vector(column), row);
}

ValueView Chunk::view(std::size_t column, std::size_t row) const {
  return {&(*state_->types)[column], state_->vector(column), row};
}

// ---- QueryResult ---------------------------------------------------------------------------------------------------

QueryResult::QueryResult(std::unique_ptr<State> state) : state_(std::move(state)) {}
QueryResult::~QueryResult() = default;
QueryResult::QueryResult(QueryResult&&) noexcept = default;
QueryResult& QueryResult::operator=(QueryResult&&) noexcept = default;

bool QueryResult::has_rows() const {
  return duckdb_result_return_type(state_->result.get()) == DUCKDB_RESULT_TYPE_QUERY_RESULT;
}

const std::vector<ResultColumn>& QueryResult::columns() const {
  return state_->columns;
}

SqlResult<std::optional<Chunk>> QueryResult::next() {
  const duckdb_data_chunk fetched = duckdb_fetch_chunk(state_->result.get());
  if (fetched == nullptr) {
    const char* text = duckdb_result_error(state_->result.address());
    if (text != nullptr) return std::unexpected(explain(text, state_->sql, *state_->cursor_error));
    return std::nullopt;
  }
  auto chunk = std::make_unique<Chunk::State>();
  *chunk->chunk.address() = fetched;
  chunk->types = state_->types;
  if (duckdb_data_chunk_get_size(fetched) == 0) return std::nullopt;
  return Chunk{std::move(chunk)};
}

// ---- Script --------------------------------------------------------------------------------------------------------

Script::Script(std::unique_ptr<State> state) : state_(std::move(state)) {}
Script::~Script() = default;
Script::Script(Script&&) noexcept = default;
Script& Script::operator=(Script&&) noexcept = default;

std::size_t Script::size() const {
  return state_->size;
}

const std::string& Script::text() const {
  return state_->text;
}

// ---- Connection ----------------------------------------------------------------------------------------------------

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

SqlResult<Script> Connection::parse(std::string sql) {
  auto script = std::make_unique<Script::State>();
  script->text = std::move(sql);
  if (const std::size_t zero = script->text.find('\0'); zero != std::string::npos) {
    return std::unexpected(read_sql_error(
        fmt::format(R"({{"exception_type":"Parser","exception_message":"zero byte in the text","position":"{}"}})",
                    zero),
        script->text));
  }
  script->size =
      duckdb_extract_statements(state_->connection.get(), script->text.c_str(), script->statements.address());
  if (script->size == 0) {
    const char* text = duckdb_extract_statements_error(script->statements.get());
    if (text != nullptr) return std::unexpected(explain(text, script->text, *state_->cursor_error));
  }
  return Script{std::move(script)};
}

SqlResult<QueryResult> Connection::run(const Script& script, std::size_t index) {
  state_->cursor_error->take();
  state_->may_be_open = true;
  auto state = std::make_unique<QueryResult::State>();
  state->sql = script.text();
  state->cursor_error = state_->cursor_error;
  const auto fail = [&](const char* text) { return std::unexpected(explain(text, state->sql, *state->cursor_error)); };
  if (duckdb_prepare_extracted_statement(state_->connection.get(), script.state_->statements.get(), index,
                                         state->statement.address()) != DuckDBSuccess) {
    return fail(duckdb_prepare_error(state->statement.get()));
  }
  if (duckdb_pending_prepared_streaming(state->statement.get(), state->pending.address()) != DuckDBSuccess) {
    return fail(duckdb_pending_error(state->pending.get()));
  }
  if (duckdb_execute_pending(state->pending.get(), state->result.address()) != DuckDBSuccess) {
    return fail(duckdb_result_error(state->result.address()));
  }
  read_columns(*state);
  FT_CHECK(check_readable(*state));
  return QueryResult{std::move(state)};
}

SqlResult<QueryResult> Connection::query(std::string sql) {
  FT_TRY(const Script script, parse(std::move(sql)));
  if (script.size() != 1) {
    SqlError error;
    error.code = ErrorCode::kUsage;
    error.name = "SYNTAX_ERROR";
    error.what = fmt::format("expected one statement, found {}", script.size());
    return std::unexpected(std::move(error));
  }
  return run(script, 0);
}

SqlResult<void> Connection::execute(std::string sql) {
  FT_TRY(const Script script, parse(std::move(sql)));
  for (std::size_t i = 0; i < script.size(); ++i) {
    FT_TRY(QueryResult result, run(script, i));
    while (true) {
      FT_TRY(const std::optional<Chunk> chunk, result.next());
      if (!chunk) break;
    }
  }
  return {};
}

SqlResult<output::Table> Connection::fetch_all(std::string sql) {
  FT_TRY(QueryResult result, query(std::move(sql)));
  output::Table table;
  for (const ResultColumn& column : result.columns()) table.columns.push_back({column.name, column.type, {}, {}});
  while (true) {
    FT_TRY(const std::optional<Chunk> chunk, result.next());
    if (!chunk) return table;
    for (std::size_t row = 0; row < chunk->row_count(); ++row) {
      auto& values = table.rows.emplace_back();
      for (std::size_t column = 0; column < table.columns.size(); ++column) {
        values.push_back(chunk->value(column, row));
      }
    }
  }
}

void Connection::interrupt() {
  duckdb_interrupt(state_->connection.get());
}

void Connection::settle() {
  if (!std::exchange(state_->may_be_open, false)) return;
  duckdb_query(state_->connection.get(), "SELECT 1", nullptr);  // the next statement ends the one before
}

_duckdb_connection* Connection::native() const {
  return state_->connection.get();
}

const std::shared_ptr<CursorErrorSlot>& Connection::cursor_error_slot() const {
  return state_->cursor_error;
}

// ---- Database ------------------------------------------------------------------------------------------------------

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::~Database() = default;
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;

Result<Database> Database::open(const DatabaseOptions& options) {
  FT_CHECK(load_duckdb());
  duckdb_config config = nullptr;
  if (duckdb_create_config(&config) != DuckDBSuccess) return failure(ErrorCode::kIo, "DuckDB cannot be configured");
  const Status configured = configure(config, options);
  auto state = std::make_unique<State>();
  char* text = nullptr;
  const bool opened = configured && duckdb_open_ext(nullptr, state->database.address(), config, &text) == DuckDBSuccess;
  duckdb_destroy_config(&config);
  FT_CHECK(configured);
  if (!opened) {
    const std::string reason = text == nullptr ? "unknown reason" : text;
    duckdb_free(text);
    return failure(ErrorCode::kIo, "DuckDB cannot be opened: {}", reason);
  }
  return Database{std::move(state)};
}

Result<Connection> Database::connect() {
  auto state = std::make_unique<Connection::State>();
  if (duckdb_connect(state_->database.get(), state->connection.address()) != DuckDBSuccess) {
    return failure(ErrorCode::kIo, "DuckDB refuses a connection");
  }
  Connection connection{std::move(state)};
  FT_CHECK(connection.execute("SET errors_as_json = true; SET TimeZone = 'UTC'"));
  return connection;
}

std::string quote_literal(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted.append(c == '\'' ? 2 : 1, c);
  return quoted + "'";
}

std::string quote_identifier(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

}  // namespace flowtrail::engine
