// SPDX-License-Identifier: Apache-2.0
#include "engine/sql_printer.h"

#include "engine/print_state.h"

namespace tarn::engine {

SqlPrinter::SqlPrinter(const SessionValues& session)
    : printer_(std::make_unique<Printer>(session)) {}

SqlPrinter::~SqlPrinter() = default;

Result<std::string> SqlPrinter::print_query(const analysis::TypedQuery& query) {
  return printer_->query(query, Printer::OutputForm::Physical);
}

Result<std::string> SqlPrinter::print_stored_query(const analysis::TypedQuery& query) {
  return printer_->query(query, Printer::OutputForm::Stored);
}

Result<std::string> SqlPrinter::print_relation(const analysis::TypedRelation& relation) {
  printer_->mark_used(relation);
  return printer_->relation(relation);
}

Result<std::string> SqlPrinter::print_expression(const analysis::TypedExpression& expression) {
  printer_->mark_used(expression);
  return printer_->expression(expression);
}

Result<std::string> SqlPrinter::print_condition(const analysis::TypedExpression& expression) {
  printer_->mark_used(expression);
  return printer_->condition(expression);
}

Result<ScanColumn> SqlPrinter::print_value(const analysis::TypedExpression& expression) {
  printer_->mark_used(expression);
  return printer_->value(expression);
}

void SqlPrinter::bind_column(analysis::ColumnId id, ScanColumn column) {
  printer_->bind_column(id, std::move(column));
}

ColumnForm SqlPrinter::form_of(analysis::ColumnId id) const { return printer_->form_of(id); }

KeepAlive SqlPrinter::take_alive() { return printer_->take_alive(); }

void SqlPrinter::set_explain() { printer_->set_explain(); }

const ScanNotes& SqlPrinter::notes() const { return printer_->notes(); }

}  // namespace tarn::engine
