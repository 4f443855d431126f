#include "tables/parquet_reader.h"

#include <utility>

#include "engine/parquet_rows.h"

namespace flowtrail::tables {

Result<engine::Connection*> ParquetConnection::connection() {
  if (!connection_) {
    FT_TRY(database_, engine::Database::open({.memory_limit = "256MB", .temporary_folder = {}, .threads = 1}));
    FT_TRY(connection_, database_->connect());
  }
  return &*connection_;
}

Status ParquetConnection::read(
    const std::filesystem::path& path,
    const std::function<void(const flowlog::Header&, std::span<const std::string_view>, std::uint64_t row)>& sink) {
  const std::scoped_lock lock{mutex_};
  FT_TRY(engine::Connection * opened, connection());
  return engine::read_parquet_rows(*opened, path, sink);
}

Result<std::vector<std::string>> ParquetConnection::column_names(const std::filesystem::path& path) {
  const std::scoped_lock lock{mutex_};
  FT_TRY(engine::Connection * opened, connection());
  return engine::parquet_column_names(*opened, path);
}

flowlog::ParquetReader parquet_reader() {
  // Shared: std::function must be copyable, and its copies should use one database.
  auto connection = std::make_shared<ParquetConnection>();
  return [connection](const source::Object& object, std::uint32_t /*object_index*/, const auto& row_sink) -> Status {
    return connection->read(object.path, row_sink);
  };
}

}  // namespace flowtrail::tables
