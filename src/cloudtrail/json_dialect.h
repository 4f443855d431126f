// Reads the nested members of an event without caring who wrote them: EC2's classic dialect (lowerCamel keys, lists as
// {"items":[...]}), its wrapped dialect (XML turned to JSON: PascalCase keys, one element = bare object, scalars as
// {"tag":1,"content":...}) and the plain JSON of other services. Keys are compared without regard to case.
// Nothing here throws; what is absent, null or of another type reads as empty.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "cloudtrail/json_tree.h"

namespace flowtrail::cloudtrail {

/// The member named by any of `names`, in that order of preference; a null value where there is none.
[[nodiscard]] const Json& member(const Json& object, std::string_view name);
[[nodiscard]] const Json& member(const Json& object, std::initializer_list<std::string_view> names);
[[nodiscard]] bool has_member(const Json& object, std::string_view name);

/// The inside of `<Action>Request` or `<Action>Response`, where the value is wrapped so; else the value itself.
[[nodiscard]] Json unwrap(const Json& value);

/// Elements of a list in any of its spellings. Null, "" and {} are empty; anything that is no list is one element.
[[nodiscard]] std::vector<const Json*> as_list(const Json& value);

/// Strings as they are, numbers and booleans as text, {"content":x} and {"value":x} as x; else empty.
[[nodiscard]] std::string text_of(const Json& value);
[[nodiscard]] std::string text_at(const Json& object, std::initializer_list<std::string_view> names);

/// Numbers, also as text.
[[nodiscard]] std::optional<std::int64_t> number_of(const Json& value);

/// Booleans, also as text.
[[nodiscard]] std::optional<bool> flag_of(const Json& value);

/// The elements' texts: of objects the first of `names` that is there, else as `text_of`. Empty texts are left out.
[[nodiscard]] std::vector<std::string> texts_of(const Json& list, std::initializer_list<std::string_view> names);

/// Ids of security groups in a list of texts or of objects ({"groupId":...}, {"vpcSecurityGroupId":...}, ...).
/// Names, which old calls allowed instead, are left out.
[[nodiscard]] std::vector<std::string> group_ids_of(const Json& list);

/// Every IP address that stands alone in a string anywhere below `value`, each once, in the order found.
[[nodiscard]] std::vector<IpAddress> addresses_in(const Json& value);

}  // namespace flowtrail::cloudtrail
