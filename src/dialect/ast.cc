#include "dialect/ast.h"

namespace flowtrail::dialect {

Expression::Expression(ExpressionKind kind_of, const Token& token)
    : kind(kind_of), position(token.position), start(token.position), begin(token.begin), end(token.end()) {}

Expression::~Expression() = default;

}  // namespace flowtrail::dialect
