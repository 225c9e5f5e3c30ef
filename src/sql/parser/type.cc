// SPDX-License-Identifier: Apache-2.0
#include "sql/parser/grammar.h"

namespace tarn::sql {

Result<DataType> Grammar::type() {
  cursor_.enter_rule("<type>");
  Nest nest(*this);
  TRY(check_depth());
  std::size_t begin = cursor_.position();
  DataType type = TRY(base_type());
  type.span = cursor_.span_from(begin);
  while (cursor_.peek() == Token::KwArray) {
    cursor_.advance();
    if (cursor_.take(Token::LeftBracket)) {
      TRY(integer());
      TRY(cursor_.expect(Token::RightBracket));
    }
    TRY(add_link());
    DataType array;
    array.name = {cursor_.span_from(begin), "array", false};
    array.parameters.emplace_back();
    array.parameters.back().type.push_back(std::move(type));
    type = std::move(array);
    type.span = cursor_.span_from(begin);
  }
  return type;
}

Result<DataType> Grammar::base_type() {
  Token token = cursor_.peek();
  Token following = cursor_.peek(1);
  DataType type;
  type.name.span = cursor_.span();
  if (token == Token::KwRow && following == Token::LeftParen) {
    type.kind = DataType::Kind::Row;
    cursor_.advance();
    type.row_fields = TRY((parenthesized_list<RowTypeField>(&Grammar::row_type_field)));
    return type;
  }
  if (token == Token::KwInterval && at_interval_field(1)) return interval_type();
  if (token == Token::KwTime || token == Token::KwTimestamp) return date_time_type();
  if (token == Token::KwDouble && following == Token::KwPrecision) {
    cursor_.advance();
    cursor_.advance();
    type.name.value = "double";
    return type;
  }
  bool is_map = token == Token::KwMap;
  if ((token == Token::KwArray || is_map) && following == Token::Less) {
    type.name.value = is_map ? "map" : "array";
    cursor_.advance();
    cursor_.advance();
    for (int i = 0; i < (is_map ? 2 : 1); ++i) {
      if (i == 1) TRY(cursor_.expect(Token::Comma));
      type.parameters.emplace_back();
      type.parameters.back().type.push_back(TRY(this->type()));
    }
    TRY(cursor_.expect(Token::Greater));
    return type;
  }
  type.name = TRY(identifier());
  if (cursor_.at(Token::LeftParen)) {
    type.parameters = TRY((parenthesized_list<TypeParameter>(&Grammar::type_parameter)));
  }
  return type;
}

Result<DataType> Grammar::interval_type() {
  DataType type;
  type.kind = DataType::Kind::Interval;
  cursor_.advance();
  type.from = TRY(interval_field());
  type.to = type.from;
  if (cursor_.take(Token::KwTo)) type.to = TRY(interval_field());
  return type;
}

Result<DataType> Grammar::date_time_type() {
  DataType type;
  type.kind = DataType::Kind::DateTime;
  type.name.span = cursor_.span();
  type.name.value = cursor_.peek() == Token::KwTime ? "time" : "timestamp";
  cursor_.advance();
  if (cursor_.take(Token::LeftParen)) {
    type.parameters.push_back(TRY(type_parameter()));
    TRY(cursor_.expect(Token::RightParen));
  }
  if (cursor_.peek(1) == Token::KwTime && cursor_.peek(2) == Token::KwZone &&
      (cursor_.peek() == Token::KwWith || cursor_.peek() == Token::KwWithout)) {
    type.with_time_zone = cursor_.peek() == Token::KwWith;
    for (int i = 0; i < 3; ++i) cursor_.advance();
  }
  return type;
}

Result<TypeParameter> Grammar::type_parameter() {
  TypeParameter parameter;
  if (cursor_.peek() == Token::Integer) {
    parameter.number = TRY(integer());
  } else {
    cursor_.note("<integer>");
    parameter.type.push_back(TRY(type()));
  }
  return parameter;
}

// `type` wins over `identifier type`. Both can only be meant where the first word is followed
// neither by a parenthesis nor by `<`, so trying twice is cheap.
Result<RowTypeField> Grammar::row_type_field() {
  RowTypeField field;
  std::size_t begin = cursor_.position();
  Token following = cursor_.peek(1);
  if (following != Token::LeftParen && following != Token::Less &&
      can_be_identifier(cursor_.peek())) {
    auto plain = type();
    if (plain && (cursor_.peek() == Token::Comma || cursor_.peek() == Token::RightParen)) {
      field.type = std::move(*plain);
      return field;
    }
    cursor_.rewind(begin);
    field.name = TRY(identifier());
  }
  field.type = TRY(type());
  return field;
}

bool Grammar::at_interval_field(std::size_t ahead) const {
  switch (cursor_.peek(ahead)) {
    case Token::KwYear:
    case Token::KwMonth:
    case Token::KwDay:
    case Token::KwHour:
    case Token::KwMinute:
    case Token::KwSecond:
      return true;
    default:
      return false;
  }
}

Result<IntervalField> Grammar::interval_field() {
  if (cursor_.take(Token::KwYear)) return IntervalField::Year;
  if (cursor_.take(Token::KwMonth)) return IntervalField::Month;
  if (cursor_.take(Token::KwDay)) return IntervalField::Day;
  if (cursor_.take(Token::KwHour)) return IntervalField::Hour;
  if (cursor_.take(Token::KwMinute)) return IntervalField::Minute;
  if (cursor_.take(Token::KwSecond)) return IntervalField::Second;
  return cursor_.unexpected();
}

}  // namespace tarn::sql
