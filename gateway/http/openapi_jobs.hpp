#pragma once

#include <string_view>

namespace squall::gateway::http {

/// The paths of jobs in the OpenAPI document, each behind a comma.
inline constexpr std::string_view openapi_job_paths = R"json(,
 "/v1/jobs":{
  "get":{"summary":"Jobs, the newest first, without params and results",
   "parameters":[
    {"name":"queue","in":"query","description":"Of all when absent","schema":{"type":"string"}},
    {"name":"kind","in":"query","description":"Of all when absent","schema":{"type":"string"}},
    {"name":"state","in":"query","description":"All when absent; several are given one by one or with commas between them",
     "style":"form","explode":true,"schema":{"type":"array","items":{"$ref":"#/components/schemas/JobState"}}},
    {"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":1000,"default":100}},
    {"name":"cursor","in":"query","description":"Of the list before this one","schema":{"type":"string"}}],
   "responses":{"200":{"description":"At most limit of them; there is a cursor when there may be more","content":{"application/json":{"schema":{
     "type":"object","required":["jobs"],"properties":{"jobs":{"type":"array","items":{"$ref":"#/components/schemas/Job"}},
      "cursor":{"type":"string"}}}}}},
    "default":{"$ref":"#/components/responses/Problem"}}},
  "post":{"summary":"Submits one job, or an array of at most 1000 for one queue: all or none",
   "description":"The queue is made when there is none. The job lasts as the queues' store does; its kind need not be known yet.",
   "parameters":[
    {"name":"Idempotency-Key","in":"header","description":"The job's idempotency_key; in an array the jobs have it with /0, /1, ... behind it",
     "schema":{"type":"string","minLength":1,"maxLength":255}},
    {"name":"Prefer","in":"header","description":"wait=N (RFC 7240): waits for the end of a single job, at most N seconds","schema":{"type":"string"}}],
   "requestBody":{"required":true,"content":{"application/json":{"schema":{"oneOf":[{"$ref":"#/components/schemas/NewJob"},
    {"type":"array","minItems":1,"maxItems":1000,"items":{"$ref":"#/components/schemas/NewJob"}}]}}}},
   "responses":{"202":{"$ref":"#/components/responses/Submitted"},
    "200":{"description":"The job's end that was waited for; or all that was submitted had existed",
     "headers":{"Location":{"$ref":"#/components/headers/JobLocation"},"Preference-Applied":{"schema":{"type":"string"}}},
     "content":{"application/json":{"schema":{"$ref":"#/components/schemas/JobOrJobs"}}}},
    "default":{"$ref":"#/components/responses/Problem"}}}},
 "/v1/jobs/{id}":{
  "parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string","format":"uuid"}}],
  "get":{"summary":"A job as it is now, or as soon as it is ended",
   "parameters":[{"name":"wait_ms","in":"query","description":"Longest time to wait for its end",
    "schema":{"type":"integer","minimum":0,"maximum":86400000,"default":0}}],
   "responses":{"200":{"$ref":"#/components/responses/Job"},"default":{"$ref":"#/components/responses/Problem"}}},
  "delete":{"summary":"Cancels a job that is not ended; one that runs is stopped",
   "responses":{"200":{"$ref":"#/components/responses/Job"},"default":{"$ref":"#/components/responses/Problem"}}}},
 "/v1/jobs/{id}/events":{
  "parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string","format":"uuid"}}],
  "get":{"summary":"A job's changes as they happen, as server-sent events",
   "description":"Events have the type job, the job as data, and an id that rises. The first is the job as it is, unless the client has seen that; the last is that of its end. To clients that read slowly changes that came meanwhile are told as one. A comment comes every 15 s.",
   "parameters":[{"name":"Last-Event-ID","in":"header","description":"The id of the last event that the client has seen","schema":{"type":"string"}}],
   "responses":{"200":{"description":"The events","content":{"text/event-stream":{"schema":{"type":"string"}}}},
    "204":{"description":"The client has seen the job's end: nothing more comes"},
    "default":{"$ref":"#/components/responses/Problem"}}}})json";

/// What they refer to: in `headers`, `responses` and `schemas`.
inline constexpr std::string_view openapi_job_headers = R"json(
 "JobLocation":{"description":"Of a single job: where it is found","schema":{"type":"string"}})json";
inline constexpr std::string_view openapi_job_responses = R"json(,
 "Job":{"description":"The job","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Job"}}}},
 "Submitted":{"description":"Accepted; without params and results",
  "headers":{"Location":{"$ref":"#/components/headers/JobLocation"},"Preference-Applied":{"schema":{"type":"string"}}},
  "content":{"application/json":{"schema":{"$ref":"#/components/schemas/JobOrJobs"}}}})json";
inline constexpr std::string_view openapi_job_schemas = R"json(,
 "JobState":{"enum":["scheduled","ready","leased","done","dead","cancelled"]},
 "NewJob":{"type":"object","required":["kind"],"additionalProperties":false,"properties":{
  "kind":{"type":"string","minLength":1,"maxLength":128},
  "params":{"description":"The kind's; kept as they are written","default":{}},
  "queue":{"type":"string","pattern":"^[A-Za-z0-9._-]{1,128}$","default":"default"},
  "priority":{"description":"Higher first, in queues of that order","type":"integer","minimum":0,"maximum":9,"default":5},
  "delay_ms":{"description":"Before it may run","type":"integer","minimum":0,"maximum":31622400000,"default":0},
  "run_at":{"description":"The same as a time, at most 366 days ahead; in the past: at once. Not together with delay_ms",
   "type":"string","format":"date-time"},
  "max_attempts":{"description":"The queue's when absent","type":"integer","minimum":1,"maximum":1000},
  "timeout_ms":{"description":"Of one attempt; 0: the kind's own","type":"integer","minimum":0,"maximum":86400000,"default":0},
  "ttl_ms":{"description":"It is dead when it has not begun within this time; 0: it waits on",
   "type":"integer","minimum":0,"maximum":315619200000,"default":0},
  "result_ttl_ms":{"description":"How long it is kept when it is done or cancelled",
   "type":"integer","minimum":0,"maximum":315619200000,"default":86400000},
  "unique_key":{"description":"While a job with it waits or runs in the queue, that one is found instead","type":"string","minLength":1,"maxLength":255},
  "idempotency_key":{"description":"For a day, the same submission with it finds this job; another one is refused",
   "type":"string","minLength":1,"maxLength":255}}},
 "Job":{"type":"object","required":["id","queue","kind","state","priority","attempt","max_attempts","created_at","attempts"],"properties":{
  "id":{"type":"string","format":"uuid"},
  "existed":{"description":"The submission found it","const":true},
  "queue":{"type":"string"},"kind":{"type":"string"},"state":{"$ref":"#/components/schemas/JobState"},
  "priority":{"type":"integer"},"attempt":{"description":"How often it was begun","type":"integer"},"max_attempts":{"type":"integer"},
  "created_at":{"type":"string","format":"date-time"},
  "run_at":{"description":"Scheduled: when it is ready","type":"string","format":"date-time"},
  "lease_until":{"description":"Leased","type":"string","format":"date-time"},
  "expires_at":{"description":"Done, cancelled: when it is forgotten","type":"string","format":"date-time"},
  "started_at":{"description":"Its last attempt","type":"string","format":"date-time"},
  "ended_at":{"type":"string","format":"date-time"},
  "worker":{"description":"Of its last attempt, if known","type":"string"},
  "progress":{"description":"What its last attempt told of itself, if it did"},
  "attempts":{"description":"Those that failed","type":"array","items":{"$ref":"#/components/schemas/FailedAttempt"}},
  "params":{"description":"Where one job is asked for"},"result":{"description":"Done; where one job is asked for"}}},
 "JobOrJobs":{"oneOf":[{"$ref":"#/components/schemas/Job"},
  {"type":"object","required":["jobs"],"properties":{"jobs":{"type":"array","items":{"$ref":"#/components/schemas/Job"}}}}]})json";

} // namespace squall::gateway::http
