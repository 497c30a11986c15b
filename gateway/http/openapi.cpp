#include "gateway/http/handlers.hpp"
#include "gateway/http/openapi_jobs.hpp"
#include "gateway/http/openapi_queues.hpp"
#include "gateway/http/openapi_schedules.hpp"

#include "proto/version.hpp"

#include <string>

namespace squall::gateway::http {
namespace {

// Pieces around the version and what belongs to queues and jobs: the document is small, true, and
// kept by hand.
constexpr std::string_view opening =
    R"json({"openapi":"3.1.0","info":{"title":"Squall","summary":"A service platform for jobs","version":")json";

constexpr std::string_view paths = R"json("},
"paths":{
 "/hello":{"get":{"summary":"Says hello","parameters":[
   {"name":"name","in":"query","schema":{"type":"string"}}],
  "responses":{"200":{"description":"A greeting","content":{"text/plain":{}}}}}},
 "/v1/call/{kind}":{
  "parameters":[
   {"name":"kind","in":"path","required":true,"schema":{"type":"string"}},
   {"name":"X-Timeout-Ms","in":"header","description":"How long the client waits; the kind's default when absent",
    "schema":{"type":"integer","minimum":1,"maximum":86400000}},
   {"name":"X-Priority","in":"header","description":"Higher first",
    "schema":{"type":"integer","minimum":0,"maximum":9,"default":5}}],
  "get":{"summary":"Calls a kind that has no effects; the query string gives its params",
   "description":"Every value is a string; a name that is repeated becomes an array.",
   "responses":{"200":{"$ref":"#/components/responses/Result"},"default":{"$ref":"#/components/responses/Problem"}}},
  "post":{"summary":"Calls a kind","requestBody":{"description":"The kind's params; {} when there is no body",
    "content":{"application/json":{"schema":{"type":"object"}}}},
   "responses":{"200":{"$ref":"#/components/responses/Result"},"default":{"$ref":"#/components/responses/Problem"}}}},
 "/v1/kinds":{"get":{"summary":"The kinds, with JSON Schemas of their params and results",
  "responses":{"200":{"description":"The kinds by name","content":{"application/json":{"schema":{
   "type":"object","required":["kinds"],"properties":{"kinds":{"type":"array","items":{"type":"object",
    "properties":{"name":{"type":"string"},"description":{"type":"string"},"slots":{"type":"integer"},
     "idempotent":{"type":"boolean"},"safe":{"type":"boolean"},"default_timeout_ms":{"type":"integer"},
     "params_schema":{},"result_schema":{}}}}}}}}}}}},
 "/v1/cluster":{"get":{"summary":"Gateways, workers, pools and kinds as this gateway sees them",
  "responses":{"200":{"description":"The cluster","content":{"application/json":{"schema":{
   "type":"object","required":["gateways","workers","kinds"],"properties":{
    "gateways":{"type":"array"},"workers":{"type":"array"},"kinds":{"type":"array"}}}}}}}}},
 "/v1/ws":{"get":{"summary":"WebSocket: JSON-RPC 2.0, each kind is a method",
  "responses":{"101":{"description":"WebSocket from here on"},"default":{"$ref":"#/components/responses/Problem"}}}},
 "/ws/prime":{"get":{"summary":"WebSocket: an integer in, a sentence out",
  "responses":{"101":{"description":"WebSocket from here on"},"default":{"$ref":"#/components/responses/Problem"}}}},
 "/livez":{"get":{"summary":"Whether the process lives",
  "responses":{"200":{"description":"It does","content":{"text/plain":{}}}}}},
 "/healthz":{"get":{"summary":"The same as /livez",
  "responses":{"200":{"description":"It does","content":{"text/plain":{}}}}}},
 "/readyz":{"get":{"summary":"Whether every required kind has a slot, the queues' store works and the gateway does not drain",
  "responses":{"200":{"description":"Ready","content":{"text/plain":{}}},
   "503":{"$ref":"#/components/responses/Problem"}}}},
 "/metrics":{"get":{"summary":"Metrics in Prometheus' text format",
  "responses":{"200":{"description":"Metrics","content":{"text/plain":{}}}}}},
 "/openapi.json":{"get":{"summary":"This document",
  "responses":{"200":{"description":"OpenAPI 3.1","content":{"application/json":{}}}}}})json";

constexpr std::string_view problem_response =
    R"json("Result":{"description":"The kind's result","content":{"application/json":{}}},
 "Problem":{"description":"An error (RFC 9457)","content":{"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}}})json";

constexpr std::string_view problem_schema =
    R"json("Problem":{"type":"object","required":["type","title","status","detail","code","request_id"],"properties":{
  "type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},"detail":{"type":"string"},
  "instance":{"type":"string"},"code":{"type":"string","description":"The error's one name, for programs"},
  "request_id":{"type":"string"}}})json";

// What of it a token must allow is said with each refusal.
constexpr std::string_view security_schemes =
    R"json("securitySchemes":{"token":{"type":"http","scheme":"bearer",
  "description":"Needed where the gateway has a file of tokens; scopes: call:KIND, call:*, jobs:read, jobs:write, queues:NAME, queues:*, schedules:*, cluster:read, admin"}})json";

std::string make_document() {
  std::string text;
  text.append(opening).append(proto::software_version).append(paths);
  text.append(openapi_queue_paths).append(openapi_job_paths).append(openapi_schedule_paths);
  text.append("},\"components\":{\"parameters\":{")
      .append(openapi_queue_parameters)
      .append(openapi_schedule_parameters);
  text.append("},\"headers\":{").append(openapi_job_headers);
  text.append("},\"responses\":{").append(problem_response);
  text.append(openapi_queue_responses)
      .append(openapi_job_responses)
      .append(openapi_schedule_responses);
  text.append("},\"schemas\":{").append(problem_schema);
  text.append(openapi_queue_schemas).append(openapi_job_schemas).append(openapi_schedule_schemas);
  text.append("},").append(security_schemes);
  return text += "}}\n";
}

} // namespace

reply show_openapi(const context&, request&) {
  static const std::string document = make_document();
  response answer;
  answer.content_type = application_json;
  answer.static_body = document;
  return answer;
}

} // namespace squall::gateway::http
