#include "hive/create_table_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace flowtrail::hive {
namespace {

using trino::Type;
using trino::TypeKind;

struct Format {
  std::string_view name;
  std::string_view serde;
  std::string_view input;
  std::string_view output;
};
constexpr std::string_view kLazySimpleSerde = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
constexpr std::string_view kTextInput = "org.apache.hadoop.mapred.TextInputFormat";
constexpr std::string_view kTextOutput = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat";
constexpr std::array kFormats{
    Format{"TEXTFILE", kLazySimpleSerde, kTextInput, kTextOutput},
    Format{"SEQUENCEFILE", kLazySimpleSerde, "org.apache.hadoop.mapred.SequenceFileInputFormat",
           "org.apache.hadoop.hive.ql.io.HiveSequenceFileOutputFormat"},
    Format{"RCFILE", "org.apache.hadoop.hive.serde2.columnar.LazyBinaryColumnarSerDe",
           "org.apache.hadoop.hive.ql.io.RCFileInputFormat", "org.apache.hadoop.hive.ql.io.RCFileOutputFormat"},
    Format{"ORC", "org.apache.hadoop.hive.ql.io.orc.OrcSerde", "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat",
           "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat"},
    Format{"PARQUET", "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
           "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
           "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"},
    Format{"AVRO", "org.apache.hadoop.hive.serde2.avro.AvroSerDe",
           "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat",
           "org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat"},
    Format{"JSONFILE", "org.apache.hive.hcatalog.data.JsonSerDe", kTextInput, kTextOutput},
    Format{"ION", "com.amazon.ionhiveserde.IonHiveSerDe", "com.amazon.ionhiveserde.formats.IonInputFormat",
           "com.amazon.ionhiveserde.formats.IonOutputFormat"},
};

// Between single quotes, so that it reads back.
std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    switch (c) {
      case '\'': result += "\\'"; break;
      case '\\': result += "\\\\"; break;
      case '\n': result += "\\n"; break;
      case '\r': result += "\\r"; break;
      case '\t': result += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20U) {
          result += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          result += c;
        }
    }
  }
  return result + "'";
}

std::string backquoted(std::string_view name) {
  std::string result = "`";
  for (const char c : name) result.append(c == '`' ? 2 : 1, c);
  return result + "`";
}

// A field of a struct: quoted only where it has to be.
std::string field_name(std::string_view name) {
  const bool plain = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  const bool number = std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
  return plain && !number ? std::string{name} : backquoted(name);
}

// Lists have one entry a line; like Athena's, lines that go on end with a blank.
template <typename List, typename Text>
std::string lines(const List& list, Text text) {
  std::string result;
  for (const auto& entry : list) {
    if (!result.empty()) result += ", ";
    result += "\n  " + text(entry);
  }
  return result + ")";
}

std::string column_text(const Column& column) {
  return fmt::format("{} {} COMMENT {}", backquoted(column.name), to_hive(column.type), quoted(column.comment));
}

std::string property_text(const std::pair<std::string, std::string>& property) {
  return fmt::format("{}={}", quoted(property.first), quoted(property.second));
}

std::string delimited_text(const DelimitedFormat& format) {
  std::string text = "\nROW FORMAT DELIMITED ";
  const auto add = [&](std::string_view words, const std::optional<std::string>& value) {
    if (value) text += fmt::format("\n  {} {} ", words, quoted(*value));
  };
  add("FIELDS TERMINATED BY", format.fields);
  add("ESCAPED BY", format.escaped);
  add("COLLECTION ITEMS TERMINATED BY", format.collection_items);
  add("MAP KEYS TERMINATED BY", format.map_keys);
  add("LINES TERMINATED BY", format.lines);
  add("NULL DEFINED AS", format.null_text);
  return text;
}

std::string storage_text(const CreateExternalTable& table) {
  const StorageClasses classes = storage_classes(table);
  std::string text;
  if (const auto* delimited = std::get_if<DelimitedFormat>(&table.row_format)) {
    text = delimited_text(*delimited);
  } else if (!classes.serde.empty()) {
    text = fmt::format("\nROW FORMAT SERDE \n  {} ", quoted(classes.serde));
  }
  if (!table.serde_properties.empty()) {
    text += fmt::format("\nWITH SERDEPROPERTIES ( {} ", lines(table.serde_properties, property_text));
  }
  if (!classes.formats.input.empty()) {
    text += fmt::format("\nSTORED AS INPUTFORMAT \n  {} \nOUTPUTFORMAT \n  {}", quoted(classes.formats.input),
                        quoted(classes.formats.output));
  } else if (const auto* name = std::get_if<std::string>(&table.stored_as)) {
    text += "\nSTORED AS " + *name;
  }
  return text;
}

bool is_iceberg(const CreateExternalTable& table) {
  const std::string* type = find_property(table.properties, "table_type");
  return type != nullptr && (*type == "ICEBERG" || *type == "iceberg");
}

}  // namespace

std::string to_hive(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kInteger: return "int";
    case TypeKind::kReal: return "float";
    case TypeKind::kVarchar: return type.length() < 0 ? "string" : fmt::format("varchar({})", type.length());
    case TypeKind::kVarbinary: return "binary";
    case TypeKind::kTimestamp: return "timestamp";
    case TypeKind::kDecimal: return fmt::format("decimal({},{})", type.precision(), type.scale());
    case TypeKind::kArray: return fmt::format("array<{}>", to_hive(type.children()[0]));
    case TypeKind::kMap: return fmt::format("map<{},{}>", to_hive(type.children()[0]), to_hive(type.children()[1]));
    case TypeKind::kRow: {
      std::string text = "struct<";
      for (std::size_t i = 0; i < type.children().size(); ++i) {
        // Fields without a name are counted, as Trino does when it writes them.
        const std::string name = type.names()[i].empty() ? fmt::format("field{}", i) : type.names()[i];
        text += fmt::format("{}{}:{}", i > 0 ? "," : "", field_name(name), to_hive(type.children()[i]));
      }
      return text + ">";
    }
    default: return type.to_string();
  }
}

StorageClasses storage_classes(const CreateExternalTable& table) {
  StorageClasses classes;
  const auto* told = std::get_if<std::string>(&table.stored_as);
  const auto* format = std::ranges::find(kFormats, told == nullptr ? "TEXTFILE" : *told, &Format::name);
  if (format != kFormats.end()) {
    classes = {std::string{format->serde}, {std::string{format->input}, std::string{format->output}}};
  }
  if (const auto* formats = std::get_if<FormatClasses>(&table.stored_as)) classes.formats = *formats;
  if (const auto* serde = std::get_if<SerdeFormat>(&table.row_format)) classes.serde = serde->class_name;
  if (std::holds_alternative<DelimitedFormat>(table.row_format)) classes.serde = kLazySimpleSerde;
  return classes;
}

std::string create_table_text(const CreateExternalTable& table) {
  std::string text =
      fmt::format("CREATE {}TABLE {}", table.external ? "EXTERNAL " : "",
                  backquoted(table.table.database ? *table.table.database + "." + table.table.name : table.table.name));
  if (!table.columns.empty()) text += "(" + lines(table.columns, column_text);
  if (!table.comment.empty()) text += "\nCOMMENT " + quoted(table.comment);
  if (!table.partition_columns.empty()) text += "\nPARTITIONED BY ( " + lines(table.partition_columns, column_text);
  if (!table.partition_transforms.empty()) {
    text += "\nPARTITIONED BY ( " + lines(table.partition_transforms, [](const std::string& t) { return t; });
  }
  if (!table.clustering.empty()) text += "\n" + table.clustering;
  if (!is_iceberg(table)) text += storage_text(table);
  if (!table.location.empty()) text += "\nLOCATION\n  " + quoted(table.location);
  if (!table.properties.empty()) text += "\nTBLPROPERTIES (" + lines(table.properties, property_text);
  return text;
}

}  // namespace flowtrail::hive
