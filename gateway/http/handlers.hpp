#pragma once

#include "gateway/http/context.hpp"
#include "gateway/http/message.hpp"

/// What answers each route. One file an area.
namespace squall::gateway::http {

reply hello(const context&, request&);
reply echo(const context&, request&);
reply upgrade_required(const context&, request&);
reply call_kind(const context&, request&);
reply list_kinds(const context&, request&);
reply show_cluster(const context&, request&);
reply show_metrics(const context&, request&);
reply show_alive(const context&, request&);
reply show_ready(const context&, request&);
reply show_openapi(const context&, request&);
reply list_queues(const context&, request&);
reply serve_queue(const context&, request&);
reply pause_queue(const context&, request&);
reply resume_queue(const context&, request&);
reply serve_items(const context&, request&);
reply lease_items(const context&, request&);
reply join_queue(const context&, request&);
reply serve_dead(const context&, request&);
reply put_back_dead(const context&, request&);
reply ack_lease(const context&, request&);
reply nack_lease(const context&, request&);
reply extend_lease(const context&, request&);
reply serve_jobs(const context&, request&);
reply serve_job(const context&, request&);
reply follow_job(const context&, request&);
reply list_schedules(const context&, request&);
reply serve_schedule(const context&, request&);
reply pause_schedule(const context&, request&);
reply resume_schedule(const context&, request&);
reply page_file(const context&, request&);

} // namespace squall::gateway::http
