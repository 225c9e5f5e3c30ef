// SPDX-License-Identifier: Apache-2.0
// Session, roles, privileges and routines.
#include "sql/printer/writer.h"
#include "sql/tree/visit.h"

namespace tarn::sql {

void Writer::put(const Principal& principal) {
  switch (principal.kind) {
    case Principal::Kind::Unspecified:
      put(principal.name);
      return;
    case Principal::Kind::User:
      puts("USER ", principal.name);
      return;
    case Principal::Kind::Role:
      puts("ROLE ", principal.name);
      return;
    case Principal::Kind::CurrentUser:
      put("CURRENT_USER");
      return;
    case Principal::Kind::CurrentRole:
      put("CURRENT_ROLE");
      return;
  }
}

void Writer::put_in_catalog(const std::optional<Identifier>& catalog) {
  if (catalog) puts(" IN ", *catalog);
}

void Writer::put(const GrantObject& object) {
  if (!object.kind.empty()) puts(object.kind, " ");
  put(object.name);
}

void Writer::print(const CreateRole& node) {
  puts("CREATE ROLE ", node.name);
  if (node.admin) puts(" WITH ADMIN ", *node.admin);
  put_in_catalog(node.catalog);
}

void Writer::print(const DropRole& node) {
  puts("DROP ROLE ", node.name);
  put_in_catalog(node.catalog);
}

void Writer::print(const RoleGrant& node) {
  put(node.revoke ? "REVOKE " : "GRANT ");
  if (node.revoke && node.admin_option) put("ADMIN OPTION FOR ");
  put_list(node.roles);
  put(node.revoke ? " FROM " : " TO ");
  put_list(node.principals);
  if (!node.revoke && node.admin_option) put(" WITH ADMIN OPTION");
  if (node.granted_by) puts(" GRANTED BY ", *node.granted_by);
  put_in_catalog(node.catalog);
}

void Writer::print(const PrivilegeGrant& node) {
  using Action = PrivilegeGrant::Action;
  constexpr std::string_view kWords[] = {"GRANT ", "REVOKE ", "DENY "};
  put(kWords[static_cast<int>(node.action)]);
  if (node.action == Action::Revoke && node.grant_option) put("GRANT OPTION FOR ");
  if (node.privileges.empty()) {
    put("ALL PRIVILEGES");
  } else {
    bool first = true;
    for (const auto& privilege : node.privileges) {
      if (!first) put(", ");
      first = false;
      bool word = privilege.value == "CREATE" || privilege.value == "SELECT" ||
                  privilege.value == "DELETE" || privilege.value == "INSERT" ||
                  privilege.value == "UPDATE";
      if (word && !privilege.quoted) {
        put(privilege.value);
      } else {
        put(privilege);
      }
    }
  }
  puts(" ON ", node.object, node.action == Action::Revoke ? " FROM " : " TO ", node.principal);
  if (node.action == Action::Grant && node.grant_option) put(" WITH GRANT OPTION");
}

void Writer::print(const SetRole& node) {
  put("SET ROLE ");
  if (node.role_kind == SetRole::Kind::All) {
    put("ALL");
  } else if (node.role_kind == SetRole::Kind::None) {
    put("NONE");
  } else {
    put(node.role);
  }
  put_in_catalog(node.catalog);
}

void Writer::print(const Use& node) {
  put("USE ");
  if (node.catalog) puts(*node.catalog, ".");
  put(node.schema);
}

void Writer::print(const SetSession& node) {
  puts(node.value ? "SET SESSION " : "RESET SESSION ", node.name);
  if (node.value) puts(" = ", node.value);
}

void Writer::print(const SessionAuthorization& node) {
  if (!node.user) {
    put("RESET SESSION AUTHORIZATION");
    return;
  }
  put("SET SESSION AUTHORIZATION ");
  if (node.user_is_text) {
    put_string(*node.user);
  } else {
    put(Identifier{{}, *node.user, false});
  }
}

void Writer::print(const SetPath& node) {
  put("SET PATH ");
  put_list(node.elements);
}

void Writer::print(const SetTimeZone& node) {
  put("SET TIME ZONE ");
  if (node.zone) {
    put(node.zone);
  } else {
    put("LOCAL");
  }
}

void Writer::print(const StartTransaction& node) {
  constexpr std::string_view kLevels[] = {"READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ",
                                          "SERIALIZABLE"};
  put("START TRANSACTION");
  if (node.isolation) puts(" ISOLATION LEVEL ", kLevels[static_cast<int>(*node.isolation)]);
  if (node.read_only) {
    puts(node.isolation ? "," : "", *node.read_only ? " READ ONLY" : " READ WRITE");
  }
}

void Writer::print(const EndTransaction& node) { put(node.commit ? "COMMIT" : "ROLLBACK"); }

void Writer::print(const Prepare& node) {
  puts("PREPARE ", node.name, " FROM ");
  put(*node.statement);
}

void Writer::print(const Deallocate& node) { puts("DEALLOCATE PREPARE ", node.name); }

void Writer::print(const Execute& node) {
  puts("EXECUTE ", node.name);
  if (node.parameters.empty()) return;
  put(" USING ");
  put_list(node.parameters);
}

void Writer::print(const ExecuteImmediate& node) {
  put("EXECUTE IMMEDIATE ");
  put_string(node.text);
  if (node.parameters.empty()) return;
  put(" USING ");
  put_list(node.parameters);
}

void Writer::print(const DescribePrepared& node) {
  puts(node.output ? "DESCRIBE OUTPUT " : "DESCRIBE INPUT ", node.name);
}

void Writer::put(const FunctionParameter& parameter) {
  if (parameter.name) puts(*parameter.name, " ");
  put(parameter.type);
}

void Writer::put(const FunctionSignature& signature) {
  put(signature.name);
  put_list_in_parens(signature.parameters);
}

void Writer::put_characteristics(const RoutineCharacteristics& characteristics) {
  if (characteristics.language) puts(" LANGUAGE ", *characteristics.language);
  if (characteristics.deterministic) {
    put(*characteristics.deterministic ? " DETERMINISTIC" : " NOT DETERMINISTIC");
  }
  if (characteristics.returns_null_on_null) put(" RETURNS NULL ON NULL INPUT");
  if (characteristics.called_on_null) put(" CALLED ON NULL INPUT");
  if (characteristics.security_definer) {
    put(*characteristics.security_definer ? " SECURITY DEFINER" : " SECURITY INVOKER");
  }
  put_comment(characteristics.comment);
}

void Writer::put(const FunctionDefinition& definition) {
  puts("FUNCTION ", definition.signature, " RETURNS ", definition.returns);
  put_characteristics(definition.characteristics);
  put(" ");
  put(*definition.body);
}

void Writer::put_control_list(const std::vector<ControlPtr>& statements) {
  for (const auto& statement : statements) {
    put(" ");
    put(*statement);
    put(";");
  }
}

void Writer::put(const ControlStatement& statement) {
  using Kind = ControlStatement::Kind;
  if (statement.label) puts(*statement.label, ": ");
  switch (statement.kind) {
    case Kind::Return:
      put("RETURN ");
      put(*statement.value, Binding::Concat);
      return;
    case Kind::Assign:
      puts("SET ", *statement.name, " = ", statement.value);
      return;
    case Kind::Iterate:
      puts("ITERATE ", *statement.name);
      return;
    case Kind::Leave:
      puts("LEAVE ", *statement.name);
      return;
    case Kind::Case:
    case Kind::If: {
      bool is_case = statement.kind == Kind::Case;
      put(is_case ? "CASE" : "");
      if (statement.value) puts(" ", statement.value);
      bool first = true;
      for (const auto& branch : statement.branches) {
        puts(is_case ? " WHEN " : first ? "IF " : " ELSEIF ", branch.condition, " THEN");
        put_control_list(branch.body);
        first = false;
      }
      if (statement.otherwise) {
        put(" ELSE");
        put_control_list(*statement.otherwise);
      }
      put(is_case ? " END CASE" : " END IF");
      return;
    }
    case Kind::Compound:
      put("BEGIN");
      for (const auto& declaration : statement.declarations) {
        put(" DECLARE ");
        put_list(declaration.names);
        puts(" ", declaration.type);
        if (declaration.initial) {
          put(" DEFAULT ");
          put(*declaration.initial, Binding::Concat);
        }
        put(";");
      }
      put_control_list(statement.body);
      put(" END");
      return;
    case Kind::Loop:
      put("LOOP");
      put_control_list(statement.body);
      put(" END LOOP");
      return;
    case Kind::While:
      puts("WHILE ", statement.value, " DO");
      put_control_list(statement.body);
      put(" END WHILE");
      return;
    case Kind::Repeat:
      put("REPEAT");
      put_control_list(statement.body);
      puts(" UNTIL ", statement.value, " END REPEAT");
      return;
  }
}

void Writer::print(const CreateFunction& node) {
  puts(node.or_replace ? "CREATE OR REPLACE " : "CREATE ", node.definition);
}

void Writer::print(const DropFunction& node) {
  puts(node.if_exists ? "DROP FUNCTION IF EXISTS " : "DROP FUNCTION ", node.signature);
}

}  // namespace tarn::sql
