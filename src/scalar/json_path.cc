#include "scalar/json_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "scalar/json_reader.h"
#include "scalar/json_text.h"
#include "scalar/regexp.h"

namespace flowtrail::scalar {

struct JsonPath::Node {
  enum class Kind : std::uint8_t {
    kContext,   // $
    kCurrent,   // @
    kVariable,  // $name
    kLast,      // last
    kLiteral,   // item
    kMember,    // base.name
    kWildcardMember,
    kDescendant,  // base..name
    kSubscripts,  // base[a, b to c]
    kWildcardElement,
    kMethod,  // base.name()
    kFilter,  // base?(condition)
    kPlus,
    kMinus,
    kTimes,
    kDivide,
    kModulus,
    kNegate,
    kIdentity,
    // conditions
    kAnd,
    kOr,
    kNot,
    kEqual,
    kNotEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kExists,
    kIsUnknown,
    kStartsWith,
    kLikeRegex,
  };
  Kind kind = Kind::kContext;
  std::string name;  // member, variable, method, pattern
  JsonItem item;
  std::vector<std::unique_ptr<Node>> children;
  // kSubscripts: children[0] is the base; then pairs (from, to), `to` may be null.
  bool ignore_case = false;
};

namespace {

using Node = JsonPath::Node;
using Kind = Node::Kind;
using NodePointer = std::unique_ptr<Node>;

NodePointer node(Kind kind, NodePointer first = nullptr, NodePointer second = nullptr) {
  auto made = std::make_unique<Node>();
  made->kind = kind;
  if (first) made->children.push_back(std::move(first));
  if (second) made->children.push_back(std::move(second));
  return made;
}

JsonItem item_of(JsonItem::Kind kind) {
  JsonItem item;
  item.kind = kind;
  return item;
}
JsonItem string_item(std::string text) {
  JsonItem item = item_of(JsonItem::Kind::kString);
  item.text = std::move(text);
  return item;
}
JsonItem number_item(double number, std::string text) {
  JsonItem item = item_of(JsonItem::Kind::kNumber);
  item.text = std::move(text);
  item.number = number;
  return item;
}

bool is_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_' ||
         static_cast<unsigned char>(letter) >= 0x80;
}
bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

struct SyntaxError {
  std::string message;
};

// Recursive descent; a fault is thrown inside of this file only.
class PathParser {
 public:
  explicit PathParser(std::string_view text) : text_(text) {}

  NodePointer parse(bool& lax) {
    const std::string mode = word();
    if (mode != "lax" && mode != "strict") fail("expected 'lax' or 'strict'");
    lax = mode == "lax";
    NodePointer path = expression();
    blanks();
    if (at_ != text_.size()) fail("unexpected text");
    return path;
  }

 private:
  [[noreturn]] void fail(std::string_view what) const {
    throw SyntaxError{fmt::format("line 1:{}: {} in JSON path", at_ + 1, what)};
  }
  void blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }
  bool take(std::string_view token) {
    blanks();
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }
  void need(std::string_view token) {
    if (!take(token)) fail(fmt::format("expected '{}'", token));
  }
  [[nodiscard]] bool next_is(char letter) {
    blanks();
    return at_ < text_.size() && text_[at_] == letter;
  }
  std::string word() {
    blanks();
    const std::size_t begin = at_;
    while (at_ < text_.size() &&
           (is_letter(text_[at_]) || (at_ > begin && (is_digit(text_[at_]) || text_[at_] == '$')))) {
      ++at_;
    }
    return std::string{text_.substr(begin, at_ - begin)};
  }
  bool take_word(std::string_view wanted) {
    const std::size_t before = at_;
    if (word() == wanted) return true;
    at_ = before;
    return false;
  }
  void deeper() {
    if (++depth_ > 200) fail("nested too deeply");
  }

  // NOLINTBEGIN(misc-no-recursion): `deeper` bounds it
  NodePointer expression() {
    deeper();
    NodePointer left = product();
    while (true) {
      if (take("+")) {
        left = node(Kind::kPlus, std::move(left), product());
      } else if (take("-")) {
        left = node(Kind::kMinus, std::move(left), product());
      } else {
        --depth_;
        return left;
      }
    }
  }
  NodePointer product() {
    NodePointer left = signed_value();
    while (true) {
      if (take("*")) {
        left = node(Kind::kTimes, std::move(left), signed_value());
      } else if (take("/")) {
        left = node(Kind::kDivide, std::move(left), signed_value());
      } else if (take("%")) {
        left = node(Kind::kModulus, std::move(left), signed_value());
      } else {
        return left;
      }
    }
  }
  NodePointer signed_value() {
    deeper();
    NodePointer value;
    if (take("-")) {
      value = node(Kind::kNegate, signed_value());
    } else if (take("+")) {
      value = node(Kind::kIdentity, signed_value());
    } else {
      value = accessors(primary());
    }
    --depth_;
    return value;
  }
  NodePointer primary() {
    blanks();
    if (at_ == text_.size()) fail("unexpected end");
    const char letter = text_[at_];
    if (letter == '$') {
      ++at_;
      if (at_ < text_.size() && is_letter(text_[at_])) {
        NodePointer variable = node(Kind::kVariable);
        variable->name = word();
        return variable;
      }
      return node(Kind::kContext);
    }
    if (take("@")) return node(Kind::kCurrent);
    if (take("(")) {
      NodePointer inside = expression();
      need(")");
      return inside;
    }
    NodePointer literal = node(Kind::kLiteral);
    if (letter == '"') {
      literal->item = string_item(string());
      return literal;
    }
    if (is_digit(letter)) {
      literal->item = number();
      return literal;
    }
    const std::string name = word();
    if (name == "last") return node(Kind::kLast);
    if (name == "true" || name == "false") {
      literal->item.kind = JsonItem::Kind::kBoolean;
      literal->item.truth = name == "true";
    } else if (name != "null") {
      fail("unexpected text");
    }
    return literal;
  }
  JsonItem number() {
    const std::size_t begin = at_;
    const auto digits = [&] {
      while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    };
    digits();
    if (at_ + 1 < text_.size() && text_[at_] == '.' && is_digit(text_[at_ + 1])) {
      ++at_;
      digits();
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+')) ++at_;
      digits();
    }
    std::string text{text_.substr(begin, at_ - begin)};
    const double value = std::strtod(text.c_str(), nullptr);
    return number_item(value, std::move(text));
  }
  std::string string() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size()) fail("a string without end");
    const std::string_view literal = text_.substr(at_, end + 1 - at_);
    JsonReader inside{literal};
    if (inside.next() != JsonToken::kString) fail("a faulty string");
    std::string value{inside.text()};
    at_ = end + 1;
    return value;
  }

  NodePointer accessors(NodePointer base) {
    while (true) {
      if (take("..")) {
        NodePointer made = node(Kind::kDescendant, std::move(base));
        made->name = member_name();
        base = std::move(made);
      } else if (take(".")) {
        base = member_or_method(std::move(base));
      } else if (take("[")) {
        base = subscripts(std::move(base));
      } else if (take("?")) {
        need("(");
        NodePointer made = node(Kind::kFilter, std::move(base));
        made->children.push_back(condition());
        need(")");
        base = std::move(made);
      } else {
        return base;
      }
    }
  }
  std::string member_name() {
    blanks();
    if (next_is('"')) return string();
    std::string name = word();
    if (name.empty()) fail("expected a name");
    return name;
  }
  NodePointer member_or_method(NodePointer base) {
    if (take("*")) return node(Kind::kWildcardMember, std::move(base));
    const bool is_quoted = next_is('"');
    std::string name = member_name();
    Kind kind = Kind::kMember;
    if (!is_quoted && take("(")) {
      need(")");
      kind = Kind::kMethod;
      static constexpr std::string_view kMethods[] = {"type", "size", "double", "ceiling", "floor", "abs", "keyvalue"};
      if (std::ranges::find(kMethods, name) == std::end(kMethods)) fail(fmt::format("unknown method {}()", name));
    }
    NodePointer made = node(kind, std::move(base));
    made->name = std::move(name);
    return made;
  }
  NodePointer subscripts(NodePointer base) {
    if (take("*")) {
      need("]");
      return node(Kind::kWildcardElement, std::move(base));
    }
    NodePointer made = node(Kind::kSubscripts, std::move(base));
    do {
      made->children.push_back(expression());
      made->children.push_back(take_word("to") ? expression() : nullptr);
    } while (take(","));
    need("]");
    return made;
  }

  NodePointer condition() {
    deeper();
    NodePointer left = conjunction();
    while (take("||")) left = node(Kind::kOr, std::move(left), conjunction());
    --depth_;
    return left;
  }
  NodePointer conjunction() {
    NodePointer left = predicate();
    while (take("&&")) left = node(Kind::kAnd, std::move(left), predicate());
    return left;
  }
  NodePointer predicate() {
    deeper();
    NodePointer made = predicate_inside();
    --depth_;
    return made;
  }
  NodePointer predicate_inside() {
    if (take("!")) {
      need("(");
      NodePointer inside = condition();
      need(")");
      return node(Kind::kNot, std::move(inside));
    }
    if (take_word("exists")) {
      need("(");
      NodePointer inside = expression();
      need(")");
      return node(Kind::kExists, std::move(inside));
    }
    if (next_is('(')) {
      // A condition in parentheses, or an expression that begins with one.
      const std::size_t before = at_;
      const int depth = depth_;
      try {
        need("(");
        NodePointer inside = condition();
        need(")");
        if (take_word("is")) {
          if (!take_word("unknown")) fail("expected 'unknown'");
          return node(Kind::kIsUnknown, std::move(inside));
        }
        return inside;
      } catch (const SyntaxError&) {
        at_ = before;
        depth_ = depth;
      }
    }
    return comparison();
  }
  NodePointer comparison() {
    NodePointer left = expression();
    static constexpr std::pair<std::string_view, Kind> kOperators[] = {
        {"==", Kind::kEqual},          {"<>", Kind::kNotEqual}, {"!=", Kind::kNotEqual}, {"<=", Kind::kLessOrEqual},
        {">=", Kind::kGreaterOrEqual}, {"<", Kind::kLess},      {">", Kind::kGreater}};
    for (const auto& [text, kind] : kOperators) {
      if (take(text)) return node(kind, std::move(left), expression());
    }
    if (take_word("starts")) {
      if (!take_word("with")) fail("expected 'with'");
      return node(Kind::kStartsWith, std::move(left), primary());
    }
    if (take_word("like_regex")) {
      NodePointer made = node(Kind::kLikeRegex, std::move(left));
      if (!next_is('"')) fail("expected a pattern");
      made->name = string();
      if (take_word("flag")) {
        if (!next_is('"')) fail("expected flags");
        made->ignore_case = string().find('i') != std::string::npos;
      }
      return made;
    }
    fail("expected a comparison");
  }
  // NOLINTEND(misc-no-recursion)

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

enum class Truth : std::uint8_t { kFalse, kTrue, kUnknown };

Truth truth(bool value) {
  return value ? Truth::kTrue : Truth::kFalse;
}

struct PathError {};  // thrown inside of this file only

using Items = std::vector<JsonItem>;

// NOLINTBEGIN(misc-no-recursion): as deep as the path is nested, which the parser bounds
class Evaluation {
 public:
  Evaluation(bool lax, const JsonItem& context, const std::map<std::string, JsonItem, std::less<>>& variables)
      : lax_(lax), context_(context), variables_(variables) {}

  Items items(const Node& path) {
    switch (path.kind) {
      case Kind::kContext: return {context_};
      case Kind::kCurrent: return {*current_};
      case Kind::kVariable: {
        const auto found = variables_.find(path.name);
        if (found == variables_.end()) throw PathError{};
        return {found->second};
      }
      case Kind::kLast: return {number_item(static_cast<double>(last_), std::to_string(last_))};
      case Kind::kLiteral: return {path.item};
      case Kind::kMember: return members(items(*path.children[0]), &path.name);
      case Kind::kWildcardMember: return members(items(*path.children[0]), nullptr);
      case Kind::kDescendant: return descendants(items(*path.children[0]), path.name);
      case Kind::kSubscripts: return subscripts(path);
      case Kind::kWildcardElement: return all_elements(items(*path.children[0]));
      case Kind::kMethod: return methods(unwrapped(items(*path.children[0]), path.name), path.name);
      case Kind::kFilter: return filtered(path);
      default: return arithmetic(path);
    }
  }

 private:
  // Lax mode takes an array apart where a single thing is asked for.
  [[nodiscard]] Items unwrapped(Items from, std::string_view method = {}) const {
    if (!lax_ || method == "type" || method == "size") return from;
    return flat(std::move(from));
  }
  static Items flat(Items from) {
    Items to;
    for (JsonItem& item : from) {
      if (item.kind == JsonItem::Kind::kArray) {
        for (JsonItem& element : item.elements) to.push_back(std::move(element));
      } else {
        to.push_back(std::move(item));
      }
    }
    return to;
  }

  Items members(Items from, const std::string* name) {
    Items to;
    for (JsonItem& item : unwrapped(std::move(from))) {
      if (item.kind != JsonItem::Kind::kObject) {
        if (!lax_) throw PathError{};
        continue;
      }
      bool found = false;
      for (std::size_t i = 0; i < item.keys.size(); ++i) {
        if (name != nullptr && item.keys[i] != *name) continue;
        found = true;
        to.push_back(std::move(item.elements[i]));
      }
      if (!found && name != nullptr && !lax_) throw PathError{};
    }
    return to;
  }

  static void collect(const JsonItem& item, const std::string& name, Items& to) {
    for (std::size_t i = 0; i < item.keys.size(); ++i) {
      if (item.keys[i] == name) to.push_back(item.elements[i]);
    }
    for (const JsonItem& element : item.elements) collect(element, name, to);
  }
  static Items descendants(const Items& from, const std::string& name) {
    Items to;
    for (const JsonItem& item : from) collect(item, name, to);
    return to;
  }

  [[nodiscard]] Items all_elements(Items from) const {
    if (!lax_) {
      for (const JsonItem& item : from) {
        if (item.kind != JsonItem::Kind::kArray) throw PathError{};
      }
    }
    return flat(std::move(from));
  }

  std::int64_t index(const Node& path) {
    const Items found = items(path);
    if (found.size() != 1 || !found.front().number) throw PathError{};
    return static_cast<std::int64_t>(std::trunc(*found.front().number));
  }

  Items subscripts(const Node& path) {
    Items to;
    for (JsonItem& item : items(*path.children[0])) {
      Items elements;
      if (item.kind == JsonItem::Kind::kArray) {
        elements = std::move(item.elements);
      } else if (lax_) {
        elements.push_back(std::move(item));
      } else {
        throw PathError{};
      }
      const std::int64_t outer = last_;
      last_ = static_cast<std::int64_t>(elements.size()) - 1;
      for (std::size_t i = 1; i + 1 < path.children.size(); i += 2) {
        const std::int64_t from = index(*path.children[i]);
        const std::int64_t upto = path.children[i + 1] ? index(*path.children[i + 1]) : from;
        if (!lax_ && (from < 0 || upto > last_ || from > upto)) throw PathError{};
        for (std::int64_t at = std::max<std::int64_t>(from, 0); at <= std::min(upto, last_); ++at) {
          to.push_back(elements[static_cast<std::size_t>(at)]);
        }
      }
      last_ = outer;
    }
    return to;
  }

  Items filtered(const Node& path) {
    Items to;
    for (JsonItem& item : unwrapped(items(*path.children[0]))) {
      const JsonItem* outer = current_;
      current_ = &item;
      const Truth holds = condition(*path.children[1]);
      current_ = outer;
      if (holds == Truth::kTrue) to.push_back(std::move(item));
    }
    return to;
  }

  static double number_of(const JsonItem& item) {
    if (item.number) return *item.number;
    throw PathError{};
  }
  static std::string integer_text(double number) { return fmt::format("{:.0f}", number); }

  static JsonItem method(const JsonItem& item, std::string_view name) {
    using enum JsonItem::Kind;
    if (name == "type") {
      static constexpr std::string_view kNames[] = {"null", "boolean", "number", "string", "array", "object"};
      return string_item(std::string{kNames[static_cast<std::size_t>(item.kind)]});
    }
    if (name == "size") {
      const std::size_t size = item.kind == kArray ? item.elements.size() : 1;
      return number_item(static_cast<double>(size), std::to_string(size));
    }
    if (name == "double") {
      char* end = nullptr;
      const double number = item.kind == kString ? std::strtod(item.text.c_str(), &end) : number_of(item);
      if (item.kind == kString && (item.text.empty() || *end != '\0')) throw PathError{};
      return number_item(number, java_text(number));
    }
    const double number = number_of(item);
    if (name == "ceiling") return number_item(std::ceil(number), integer_text(std::ceil(number)));
    if (name == "floor") return number_item(std::floor(number), integer_text(std::floor(number)));
    std::string text = item.text;  // abs
    if (text.starts_with('-')) text.erase(0, 1);
    return number_item(std::abs(number), std::move(text));
  }

  Items methods(const Items& from, std::string_view name) {
    Items to;
    for (const JsonItem& item : from) {
      if (name != "keyvalue") {
        if (name == "size" && !lax_ && item.kind != JsonItem::Kind::kArray) throw PathError{};
        to.push_back(method(item, name));
        continue;
      }
      if (item.kind != JsonItem::Kind::kObject) throw PathError{};
      for (std::size_t i = 0; i < item.keys.size(); ++i) {
        JsonItem pair = item_of(JsonItem::Kind::kObject);
        pair.keys = {"name", "value", "id"};
        pair.elements.push_back(string_item(item.keys[i]));
        pair.elements.push_back(item.elements[i]);
        pair.elements.push_back(number_item(static_cast<double>(next_id_), std::to_string(next_id_)));
        to.push_back(std::move(pair));
      }
      ++next_id_;
    }
    return to;
  }

  JsonItem operand(const Node& path) {
    Items found = unwrapped(items(path));
    if (found.size() != 1 || !found.front().number) throw PathError{};
    return std::move(found.front());
  }

  static bool is_integer(const JsonItem& item) { return item.text.find_first_of(".eE") == std::string::npos; }

  Items arithmetic(const Node& path) {
    if (path.kind == Kind::kNegate || path.kind == Kind::kIdentity) {
      Items to;
      for (JsonItem& item : unwrapped(items(*path.children[0]))) {
        const double number = number_of(item);
        if (path.kind == Kind::kIdentity) {
          to.push_back(std::move(item));
        } else {
          to.push_back(number_item(-number, item.text.starts_with('-') ? item.text.substr(1) : '-' + item.text));
        }
      }
      return to;
    }
    const JsonItem left = operand(*path.children[0]);
    const JsonItem right = operand(*path.children[1]);
    const double a = *left.number;
    const double b = *right.number;
    const bool integers = is_integer(left) && is_integer(right);
    if (b == 0 && (path.kind == Kind::kDivide || path.kind == Kind::kModulus)) throw PathError{};
    double result = 0;
    switch (path.kind) {
      case Kind::kPlus: result = a + b; break;
      case Kind::kMinus: result = a - b; break;
      case Kind::kTimes: result = a * b; break;
      case Kind::kDivide: result = integers ? std::trunc(a / b) : a / b; break;
      case Kind::kModulus: result = std::fmod(a, b); break;
      default: throw PathError{};
    }
    return {number_item(result, integers ? integer_text(result) : java_text(result))};
  }

  // Comparing anything but scalars of one kind is unknown; null compares with everything.
  static std::optional<int> compare(const JsonItem& a, const JsonItem& b, bool equality) {
    using enum JsonItem::Kind;
    if (a.kind == kNull || b.kind == kNull) {
      if (!equality && a.kind != b.kind) return std::nullopt;
      return a.kind == b.kind ? 0 : 1;
    }
    if (a.kind != b.kind || a.kind == kArray || a.kind == kObject) return std::nullopt;
    if (a.kind == kNumber) return *a.number < *b.number ? -1 : *a.number > *b.number ? 1 : 0;
    if (a.kind == kBoolean) return static_cast<int>(a.truth) - static_cast<int>(b.truth);
    return a.text.compare(b.text);
  }
  static bool holds(Kind kind, int order) {
    switch (kind) {
      case Kind::kEqual: return order == 0;
      case Kind::kNotEqual: return order != 0;
      case Kind::kLess: return order < 0;
      case Kind::kLessOrEqual: return order <= 0;
      case Kind::kGreater: return order > 0;
      default: return order >= 0;
    }
  }
  Truth comparison(const Node& path) {
    const Items left = unwrapped(items(*path.children[0]));
    const Items right = unwrapped(items(*path.children[1]));
    const bool equality = path.kind == Kind::kEqual || path.kind == Kind::kNotEqual;
    bool found = false;
    for (const JsonItem& a : left) {
      for (const JsonItem& b : right) {
        const std::optional<int> order = compare(a, b, equality);
        if (!order) return Truth::kUnknown;
        found = found || holds(path.kind, *order);
        if (found && lax_) return Truth::kTrue;
      }
    }
    return truth(found);
  }

  template <typename Matches>
  Truth any_string(const Node& path, Matches matches) {
    bool found = false;
    for (const JsonItem& item : unwrapped(items(path))) {
      if (item.kind != JsonItem::Kind::kString) return Truth::kUnknown;
      found = found || matches(item.text);
    }
    return truth(found);
  }

  Truth condition(const Node& path) {
    try {
      return condition_inside(path);
    } catch (const PathError&) {
      return Truth::kUnknown;
    }
  }
  Truth condition_inside(const Node& path) {
    switch (path.kind) {
      case Kind::kAnd: {
        const Truth left = condition(*path.children[0]);
        if (left == Truth::kFalse) return left;
        const Truth right = condition(*path.children[1]);
        return right == Truth::kTrue ? left : right;
      }
      case Kind::kOr: {
        const Truth left = condition(*path.children[0]);
        if (left == Truth::kTrue) return left;
        const Truth right = condition(*path.children[1]);
        return right == Truth::kFalse ? left : right;
      }
      case Kind::kNot: {
        const Truth inside = condition(*path.children[0]);
        return inside == Truth::kUnknown ? inside : truth(inside == Truth::kFalse);
      }
      case Kind::kIsUnknown: return truth(condition(*path.children[0]) == Truth::kUnknown);
      case Kind::kExists: return truth(!items(*path.children[0]).empty());
      case Kind::kStartsWith: {
        const Items prefix = items(*path.children[1]);
        if (prefix.size() != 1 || prefix.front().kind != JsonItem::Kind::kString) return Truth::kUnknown;
        return any_string(*path.children[0],
                          [&](const std::string& text) { return text.starts_with(prefix.front().text); });
      }
      case Kind::kLikeRegex: {
        const auto pattern = Regexp::compile(path.name, path.ignore_case);
        if (!pattern) return Truth::kUnknown;
        return any_string(*path.children[0],
                          [&](const std::string& text) { return pattern->finds_in(text).value_or(false); });
      }
      default: return comparison(path);
    }
  }

  bool lax_;
  const JsonItem& context_;
  const std::map<std::string, JsonItem, std::less<>>& variables_;
  const JsonItem* current_ = nullptr;
  std::int64_t last_ = 0;
  std::int64_t next_id_ = 0;
};

bool read_item(JsonReader& reader, JsonItem& item) {
  using enum JsonItem::Kind;
  switch (reader.token()) {
    case JsonToken::kNull: return true;
    case JsonToken::kTrue:
    case JsonToken::kFalse:
      item.kind = kBoolean;
      item.truth = reader.token() == JsonToken::kTrue;
      return true;
    case JsonToken::kString:
      item.kind = kString;
      item.text = reader.text();
      return true;
    case JsonToken::kInteger:
    case JsonToken::kFloat:
      item = number_item(std::strtod(std::string{reader.text()}.c_str(), nullptr), std::string{reader.text()});
      return true;
    case JsonToken::kArrayBegin:
      item.kind = kArray;
      while (reader.next() != JsonToken::kArrayEnd) {
        if (!read_item(reader, item.elements.emplace_back())) return false;
      }
      return true;
    case JsonToken::kObjectBegin:
      item.kind = kObject;
      while (reader.next() == JsonToken::kKey) {
        item.keys.emplace_back(reader.text());
        reader.next();
        if (!read_item(reader, item.elements.emplace_back())) return false;
      }
      return reader.token() == JsonToken::kObjectEnd;
    default: return false;
  }
}

void append_json(const JsonItem& item, std::string& to) {
  using enum JsonItem::Kind;
  switch (item.kind) {
    case kNull: to += "null"; break;
    case kBoolean: to += item.truth ? "true" : "false"; break;
    case kNumber: to += item.text; break;
    case kString: append_quoted(item.text, to); break;
    case kArray:
      to += '[';
      for (std::size_t i = 0; i < item.elements.size(); ++i) {
        if (i > 0) to += ',';
        append_json(item.elements[i], to);
      }
      to += ']';
      break;
    case kObject:
      to += '{';
      for (std::size_t i = 0; i < item.keys.size(); ++i) {
        if (i > 0) to += ',';
        append_quoted(item.keys[i], to);
        to += ':';
        append_json(item.elements[i], to);
      }
      to += '}';
      break;
  }
}
// NOLINTEND(misc-no-recursion)

}  // namespace

std::string JsonItem::to_json() const {
  std::string json;
  append_json(*this, json);
  return json;
}

std::optional<JsonItem> read_json_item(std::string_view json) {
  JsonReader reader{json};
  reader.next();
  JsonItem item;
  if (!read_item(reader, item) || reader.next() != JsonToken::kEnd) return std::nullopt;
  return item;
}

JsonPath::JsonPath() = default;
JsonPath::~JsonPath() = default;
JsonPath::JsonPath(JsonPath&&) noexcept = default;
JsonPath& JsonPath::operator=(JsonPath&&) noexcept = default;

Answer<JsonPath> JsonPath::parse(std::string_view path) {
  JsonPath parsed;
  try {
    parsed.root_ = PathParser{path}.parse(parsed.lax_);
  } catch (const SyntaxError& error) {
    return std::unexpected(ScalarError{"SYNTAX_ERROR", error.message});
  }
  return parsed;
}

std::optional<std::vector<JsonItem>> JsonPath::evaluate(
    const JsonItem& context, const std::map<std::string, JsonItem, std::less<>>& variables) const {
  try {
    return Evaluation{lax_, context, variables}.items(*root_);
  } catch (const PathError&) {
    return std::nullopt;
  }
}

JsonResult json_value_of(const std::optional<std::vector<JsonItem>>& items) {
  if (!items) return {JsonOutcome::kError, {}};
  if (items->empty()) return {JsonOutcome::kEmpty, {}};
  if (items->size() > 1) return {JsonOutcome::kError, {}};
  const JsonItem& item = items->front();
  switch (item.kind) {
    case JsonItem::Kind::kNull: return {JsonOutcome::kNull, {}};
    case JsonItem::Kind::kBoolean: return {JsonOutcome::kValue, item.truth ? "true" : "false"};
    case JsonItem::Kind::kNumber:
    case JsonItem::Kind::kString: return {JsonOutcome::kValue, item.text};
    default: return {JsonOutcome::kError, {}};
  }
}

JsonResult json_query_of(const std::optional<std::vector<JsonItem>>& items, ArrayWrapper wrapper, bool omit_quotes) {
  if (!items) return {JsonOutcome::kError, {}};
  const bool one = items->size() == 1;
  const bool structured =
      one && (items->front().kind == JsonItem::Kind::kArray || items->front().kind == JsonItem::Kind::kObject);
  if (items->empty()) return {JsonOutcome::kEmpty, {}};
  const bool wrap = wrapper == ArrayWrapper::kUnconditional || (wrapper == ArrayWrapper::kConditional && !structured);
  if (!wrap) {
    if (!one) return {JsonOutcome::kError, {}};
    const JsonItem& item = items->front();
    if (omit_quotes && item.kind == JsonItem::Kind::kString) return {JsonOutcome::kValue, item.text};
    return {JsonOutcome::kValue, item.to_json()};
  }
  JsonItem array = item_of(JsonItem::Kind::kArray);
  array.elements = *items;
  return {JsonOutcome::kValue, array.to_json()};
}

}  // namespace flowtrail::scalar
