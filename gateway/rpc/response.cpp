#include "gateway/rpc/response.hpp"

#include "gateway/rpc/json_text.hpp"
#include "proto/json_cursor.hpp"

namespace squall::gateway::rpc {

namespace {

void append_data(std::string& out, std::string_view name, std::string_view more) {
  out.append(R"("data":{"code":")").append(name).append("\"");
  proto::json_cursor cursor{more};
  cursor.members([&out](std::string_view key, std::string_view value) {
    if (key != "\"code\"") out.append(",").append(key).append(":").append(value);
    return true;
  });
  out += '}';
}

} // namespace

void append_response(std::string& out, std::string_view id, const proto::result& answer) {
  out.append(R"({"jsonrpc":"2.0","id":)").append(id);
  if (answer.code == proto::errc::none) {
    out.append(R"(,"result":)").append(answer.body.empty() ? "null" : answer.body).append("}");
    return;
  }
  const auto& error = proto::describe(answer.code);
  out.append(R"(,"error":{"code":)").append(std::to_string(error.json_rpc));
  out.append(R"(,"message":)");
  append_quoted(out, answer.body.empty() ? error.title : answer.body);
  out += ',';
  append_data(out, error.name, answer.data);
  out += "}}";
}

void append_notification(std::string& out, std::string_view method, std::string_view params) {
  out.append(R"({"jsonrpc":"2.0","method":")").append(method);
  out.append(R"(","params":)").append(params).append("}");
}

} // namespace squall::gateway::rpc
