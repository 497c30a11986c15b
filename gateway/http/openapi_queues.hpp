#pragma once

#include <string_view>

namespace squall::gateway::http {

/// The paths of queues and leases in the OpenAPI document, each behind a comma.
inline constexpr std::string_view openapi_queue_paths = R"json(,
 "/v1/queues":{"get":{"summary":"All queues by name, with their books",
  "description":"Queues are kept in this gateway's store; other gateways have others.",
  "responses":{"200":{"description":"The queues","content":{"application/json":{"schema":{
   "type":"object","required":["queues"],"properties":{"queues":{"type":"array","items":{"$ref":"#/components/schemas/Queue"}}}}}}},
   "default":{"$ref":"#/components/responses/Problem"}}}},
 "/v1/queues/{q}":{"parameters":[{"$ref":"#/components/parameters/q"}],
  "get":{"summary":"A queue's books",
   "responses":{"200":{"$ref":"#/components/responses/Queue"},"default":{"$ref":"#/components/responses/Problem"}}},
  "put":{"summary":"Makes a queue, or changes its settings; what is not given has its default, items stay",
   "requestBody":{"content":{"application/json":{"schema":{"type":"object","additionalProperties":false,"properties":{
    "order":{"description":"priority: the highest first, among equals the one put first","enum":["fifo","lifo","priority"],"default":"priority"},
    "maxsize":{"description":"Most ready items, above which a put waits; 0: no bound but the store's room",
     "type":"integer","minimum":0,"maximum":4294967295,"default":0},
    "max_attempts":{"description":"An item that failed so often is dead","type":"integer","minimum":1,"maximum":1000,"default":5},
    "lease_ms":{"type":"integer","minimum":1,"maximum":86400000,"default":30000},
    "backoff_ms":{"description":"Pause behind the first failed attempt; doubles","type":"integer","minimum":0,"maximum":86400000,"default":1000},
    "backoff_cap_ms":{"type":"integer","minimum":0,"maximum":86400000,"default":60000},
    "max_running":{"description":"Most items that are leased at a time, by whomever; 0: no limit",
     "type":"integer","minimum":0,"maximum":4294967295,"default":0},
    "rate":{"description":"Most items that are handed out a second (s), minute (m) or hour (h), 1 to 1000000, as in 100/s; empty or null: no limit. What is not used of a second can be used at once later",
     "type":["string","null"],"pattern":"^([1-9][0-9]{0,6}/[smh])?$","default":""}}}}}},
   "responses":{"200":{"$ref":"#/components/responses/Queue"},"201":{"$ref":"#/components/responses/Queue"},
    "default":{"$ref":"#/components/responses/Problem"}}},
  "delete":{"summary":"Removes a queue with its items; whoever waits there gets not_found",
   "responses":{"204":{"description":"Removed"},"default":{"$ref":"#/components/responses/Problem"}}}},
 "/v1/queues/{q}/items":{"parameters":[{"$ref":"#/components/parameters/q"}],
  "post":{"summary":"Puts one item, or an array of at most 1000: all or none",
   "parameters":[{"$ref":"#/components/parameters/timeout_ms"}],
   "description":"Waits for room up to timeout_ms, then queue_full.",
   "requestBody":{"required":true,"content":{"application/json":{"schema":{"oneOf":[{"$ref":"#/components/schemas/NewItem"},
    {"type":"array","minItems":1,"maxItems":1000,"items":{"$ref":"#/components/schemas/NewItem"}}]}}}},
   "responses":{"201":{"$ref":"#/components/responses/Ids"},"default":{"$ref":"#/components/responses/Problem"}}},
  "delete":{"summary":"Removes all ready and delayed items; what is leased stays",
   "responses":{"200":{"$ref":"#/components/responses/Purged"},"default":{"$ref":"#/components/responses/Problem"}}}},
 "/v1/queues/{q}/pause":{"parameters":[{"$ref":"#/components/parameters/q"}],
  "post":{"summary":"Hands nothing out from now on; puts, acks and nacks are taken",
   "responses":{"200":{"$ref":"#/components/responses/Queue"},"default":{"$ref":"#/components/responses/Problem"}}}},
 "/v1/queues/{q}/resume":{"parameters":[{"$ref":"#/components/parameters/q"}],
  "post":{"summary":"Hands items out again",
   "responses":{"200":{"$ref":"#/components/responses/Queue"},"default":{"$ref":"#/components/responses/Problem"}}}},
 "/v1/queues/{q}/lease":{"parameters":[{"$ref":"#/components/parameters/q"},{"$ref":"#/components/parameters/timeout_ms"},
   {"$ref":"#/components/parameters/max"},
   {"name":"lease_ms","in":"query","description":"The queue's own when absent","schema":{"type":"integer","minimum":1,"maximum":86400000}}],
  "post":{"summary":"Takes items for a time; waits for the first up to timeout_ms",
   "description":"An item that is neither acked nor extended in time goes back to its place, its attempt counted.",
   "responses":{"200":{"description":"At least one item","content":{"application/json":{"schema":{
     "type":"object","required":["items"],"properties":{"items":{"type":"array","items":{"type":"object",
      "properties":{"id":{"type":"string"},"lease":{"type":"string"},"body":{},"priority":{"type":"integer"},
       "attempt":{"type":"integer"},"lease_ms":{"type":"integer"},
       "job":{"description":"Of a job: its id","type":"string","format":"uuid"},"kind":{"description":"Of a job","type":"string"}}}}}}}}},
    "204":{"description":"None came in time"},"default":{"$ref":"#/components/responses/Problem"}}}},
 "/v1/queues/{q}/join":{"parameters":[{"$ref":"#/components/parameters/q"},{"$ref":"#/components/parameters/timeout_ms"}],
  "post":{"summary":"Waits until every item that was put is acked or dead",
   "responses":{"204":{"description":"Nothing is unfinished"},"default":{"$ref":"#/components/responses/Problem"}}}},
 "/v1/queues/{q}/dead":{"parameters":[{"$ref":"#/components/parameters/q"}],
  "get":{"summary":"Items that failed too often, with every attempt's error; the first that died first",
   "parameters":[{"name":"max","in":"query","schema":{"type":"integer","minimum":1,"maximum":1000,"default":100}}],
   "responses":{"200":{"description":"The items","content":{"application/json":{"schema":{
    "type":"object","required":["items"],"properties":{"items":{"type":"array","items":{"type":"object",
     "properties":{"id":{"type":"string"},"body":{},"priority":{"type":"integer"},
      "attempts":{"type":"array","items":{"type":"object","properties":{"attempt":{"type":"integer"},
       "at":{"type":"string","format":"date-time"},"error":{"type":"string"}}}}}}}}}}}},
    "default":{"$ref":"#/components/responses/Problem"}}},
  "delete":{"summary":"Removes all dead items",
   "responses":{"200":{"$ref":"#/components/responses/Purged"},"default":{"$ref":"#/components/responses/Problem"}}}},
 "/v1/queues/{q}/dead/put_back":{"parameters":[{"$ref":"#/components/parameters/q"}],
  "post":{"summary":"Makes dead items ready again, their attempts forgotten",
   "requestBody":{"content":{"application/json":{"schema":{"type":"object","additionalProperties":false,
    "properties":{"ids":{"description":"All of them when absent","type":"array","minItems":1,"items":{"type":"string"}}}}}}},
   "responses":{"200":{"$ref":"#/components/responses/Ids"},"default":{"$ref":"#/components/responses/Problem"}}}},
 "/v1/leases/{id}/ack":{"parameters":[{"$ref":"#/components/parameters/lease"}],
  "post":{"summary":"The item is finished",
   "requestBody":{"content":{"application/json":{"schema":{"type":"object","additionalProperties":false,"properties":{
    "result":{"description":"Of a job: any JSON, kept as it is written"}}}}}},
   "responses":{"204":{"description":"Done"},"default":{"$ref":"#/components/responses/Problem"}}}},
 "/v1/leases/{id}/nack":{"parameters":[{"$ref":"#/components/parameters/lease"}],
  "post":{"summary":"This attempt failed: the item goes back to its place, or to the dead list",
   "requestBody":{"content":{"application/json":{"schema":{"type":"object","additionalProperties":false,"properties":{
    "error":{"type":"string"},
    "delay_ms":{"description":"Pause before it is ready again","type":"integer","minimum":0,"maximum":86400000,"default":0},
    "backoff":{"description":"A pause that grows with the attempts, as the queue is set","type":"boolean","default":false}}}}}},
   "responses":{"204":{"description":"Done"},"default":{"$ref":"#/components/responses/Problem"}}}},
 "/v1/leases/{id}/extend":{"parameters":[{"$ref":"#/components/parameters/lease"}],
  "post":{"summary":"Keeps the item for lease_ms from now on",
   "requestBody":{"content":{"application/json":{"schema":{"type":"object","additionalProperties":false,"properties":{
    "lease_ms":{"description":"The queue's own when absent","type":"integer","minimum":1,"maximum":86400000}}}}}},
   "responses":{"200":{"description":"The time that was given","content":{"application/json":{"schema":{
     "type":"object","required":["lease_ms"],"properties":{"lease_ms":{"type":"integer"}}}}}},
    "default":{"$ref":"#/components/responses/Problem"}}}})json";

/// What they refer to: in `parameters`, `responses` and `schemas`.
inline constexpr std::string_view openapi_queue_parameters = R"json(
 "q":{"name":"q","in":"path","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9._-]{1,128}$"}},
 "lease":{"name":"id","in":"path","required":true,"description":"The item's lease","schema":{"type":"string"}},
 "timeout_ms":{"name":"timeout_ms","in":"query","description":"0: do not wait",
  "schema":{"type":"integer","minimum":0,"maximum":86400000,"default":30000}},
 "max":{"name":"max","in":"query","schema":{"type":"integer","minimum":1,"maximum":1000,"default":1}})json";
inline constexpr std::string_view openapi_queue_responses = R"json(,
 "Queue":{"description":"The queue's books","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Queue"}}}},
 "Purged":{"description":"So many items were removed","content":{"application/json":{"schema":{
  "type":"object","required":["purged"],"properties":{"purged":{"type":"integer"}}}}}},
 "Ids":{"description":"The items","content":{"application/json":{"schema":{
  "type":"object","required":["ids"],"properties":{"ids":{"type":"array","items":{"type":"string"}}}}}}})json";
inline constexpr std::string_view openapi_queue_schemas = R"json(,
 "NewItem":{"type":"object","required":["body"],"additionalProperties":false,"properties":{
  "body":{"description":"Any JSON; kept as it is written"},
  "priority":{"description":"Higher first, in queues of that order","type":"integer","minimum":0,"maximum":9,"default":5},
  "delay_ms":{"description":"Before it is ready for the first time","type":"integer","minimum":0,"maximum":31622400000,"default":0},
  "run_at":{"description":"The same as a time, at most 366 days ahead; in the past: at once. Not together with delay_ms",
   "type":"string","format":"date-time"}}},
 "FailedAttempt":{"type":"object","properties":{"attempt":{"type":"integer"},
  "at":{"type":"string","format":"date-time"},"error":{"type":"string"},"worker":{"description":"If known","type":"string"}}},
 "Queue":{"type":"object","properties":{"name":{"type":"string"},"order":{"enum":["fifo","lifo","priority"]},
  "maxsize":{"type":"integer"},"max_attempts":{"type":"integer"},"lease_ms":{"type":"integer"},
  "backoff_ms":{"type":"integer"},"backoff_cap_ms":{"type":"integer"},
  "max_running":{"description":"Most items that are leased at a time; 0: no limit","type":"integer"},
  "rate":{"description":"Most items that are handed out, as in 100/s; empty: no limit","type":"string"},
  "paused":{"description":"Nothing is handed out","type":"boolean"},
  "ready":{"type":"integer"},"delayed":{"type":"integer"},"leased":{"type":"integer"},"dead":{"type":"integer"},
  "done":{"description":"Jobs that are kept for their results","type":"integer"},
  "cancelled":{"description":"Jobs that are kept","type":"integer"},
  "unfinished":{"type":"integer"},"getters":{"type":"integer"},"putters":{"type":"integer"},"joiners":{"type":"integer"},
  "oldest_ms":{"description":"Age of the oldest ready item","type":"integer"},
  "bytes":{"description":"Of all items' bodies","type":"integer"},
  "total_put":{"type":"integer"},"total_leased":{"type":"integer"},"total_acked":{"type":"integer"},
  "total_nacked":{"type":"integer"},"total_expired":{"type":"integer"},
  "put_rate":{"description":"Items a second","type":"number"},"ack_rate":{"type":"number"}}})json";

} // namespace squall::gateway::http
