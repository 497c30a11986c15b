#pragma once

#include <string_view>

/// What the OpenAPI document has about schedules; pieces of it, see openapi.cpp.
namespace squall::gateway::http {

inline constexpr std::string_view openapi_schedule_paths = R"json(,
 "/v1/schedules":{"get":{"summary":"All schedules by name, without params","responses":{
  "200":{"description":"The schedules","content":{"application/json":{"schema":{"type":"object","required":["schedules"],
   "properties":{"schedules":{"type":"array","items":{"$ref":"#/components/schemas/Schedule"}}}}}}},
  "default":{"$ref":"#/components/responses/Problem"}}}},
 "/v1/schedules/{name}":{
  "parameters":[{"$ref":"#/components/parameters/ScheduleName"}],
  "get":{"summary":"A schedule","responses":{"200":{"$ref":"#/components/responses/Schedule"},"default":{"$ref":"#/components/responses/Problem"}}},
  "put":{"summary":"Makes a schedule or replaces it: one job is submitted for each due time",
   "requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/NewSchedule"}}}},
   "responses":{"201":{"$ref":"#/components/responses/Schedule"},"200":{"$ref":"#/components/responses/Schedule"},
    "default":{"$ref":"#/components/responses/Problem"}}},
  "delete":{"summary":"Removes a schedule; jobs that it has submitted stay",
   "responses":{"204":{"description":"It is gone"},"default":{"$ref":"#/components/responses/Problem"}}}},
 "/v1/schedules/{name}/pause":{
  "parameters":[{"$ref":"#/components/parameters/ScheduleName"}],
  "post":{"summary":"Lets a schedule submit nothing",
   "responses":{"200":{"$ref":"#/components/responses/Schedule"},"default":{"$ref":"#/components/responses/Problem"}}}},
 "/v1/schedules/{name}/resume":{
  "parameters":[{"$ref":"#/components/parameters/ScheduleName"}],
  "post":{"summary":"Ends a pause: the next due time is the first from now on",
   "responses":{"200":{"$ref":"#/components/responses/Schedule"},"default":{"$ref":"#/components/responses/Problem"}}}})json";

/// What they refer to: in `parameters`, `responses` and `schemas`.
inline constexpr std::string_view openapi_schedule_parameters = R"json(,
 "ScheduleName":{"name":"name","in":"path","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9._-]{1,128}$"}})json";
inline constexpr std::string_view openapi_schedule_responses = R"json(,
 "Schedule":{"description":"The schedule","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Schedule"}}}})json";
inline constexpr std::string_view openapi_schedule_schemas = R"json(,
 "NewSchedule":{"type":"object","required":["kind"],"additionalProperties":false,
  "oneOf":[{"required":["cron"]},{"required":["every_ms"]}],"properties":{
  "cron":{"description":"As crontab(5): minute, hour, day of the month, month, day of the week; or @hourly, @daily, @weekly, @monthly, @yearly","type":"string"},
  "time_zone":{"description":"Of cron: a name of IANA's database","type":"string","default":"UTC"},
  "every_ms":{"description":"Due at all multiples of this in Unix time","type":"integer","minimum":100,"maximum":31622400000},
  "catch_up":{"description":"Whether due times that no gateway was there for are made up for by one job","type":"boolean","default":false},
  "paused":{"type":"boolean","default":false},
  "kind":{"type":"string","minLength":1,"maxLength":128},
  "params":{"description":"The kind's; kept as they are written","default":{}},
  "queue":{"type":"string","pattern":"^[A-Za-z0-9._-]{1,128}$","default":"default"},
  "priority":{"type":"integer","minimum":0,"maximum":9,"default":5},
  "max_attempts":{"description":"The queue's when absent","type":"integer","minimum":1,"maximum":1000},
  "timeout_ms":{"description":"Of one attempt; 0: the kind's own","type":"integer","minimum":0,"maximum":86400000,"default":0},
  "ttl_ms":{"type":"integer","minimum":0,"maximum":315619200000,"default":0},
  "result_ttl_ms":{"type":"integer","minimum":0,"maximum":315619200000,"default":86400000}}},
 "Schedule":{"description":"What it was made with, and its times","type":"object",
  "required":["name","kind","queue","priority","timeout_ms","ttl_ms","result_ttl_ms","catch_up","paused"],"properties":{
  "name":{"type":"string"},"cron":{"type":"string"},"time_zone":{"type":"string"},"every_ms":{"type":"integer"},
  "kind":{"type":"string"},"params":{"description":"Where one schedule is asked for"},"queue":{"type":"string"},
  "priority":{"type":"integer"},"max_attempts":{"type":"integer"},"timeout_ms":{"type":"integer"},
  "ttl_ms":{"type":"integer"},"result_ttl_ms":{"type":"integer"},"catch_up":{"type":"boolean"},"paused":{"type":"boolean"},
  "next_at":{"description":"The next due time, unless it is paused","type":"string","format":"date-time"},
  "last_at":{"description":"The due time for which a job was submitted last, since the schedule was set","type":"string","format":"date-time"}}})json";

} // namespace squall::gateway::http
