#pragma once

#include "proto/agent.hpp"
#include "proto/interfaces.hpp"

#include <caf/type_id.hpp>

// Everything that actors say to each other, registered here and nowhere else. Append-only: the
// order gives the numbers. Include this header, not `interfaces.hpp`, where messages are sent.

CAF_BEGIN_TYPE_ID_BLOCK(squall, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(squall, (squall::proto::errc))
CAF_ADD_TYPE_ID(squall, (squall::proto::call))
CAF_ADD_TYPE_ID(squall, (squall::proto::result))
CAF_ADD_TYPE_ID(squall, (squall::proto::call_batch))
CAF_ADD_TYPE_ID(squall, (squall::proto::grant))
CAF_ADD_TYPE_ID(squall, (squall::proto::result_batch))
CAF_ADD_TYPE_ID(squall, (squall::proto::kind_info))
CAF_ADD_TYPE_ID(squall, (squall::proto::greeting))
CAF_ADD_TYPE_ID(squall, (squall::proto::welcome))
CAF_ADD_TYPE_ID(squall, (squall::proto::enter))
CAF_ADD_TYPE_ID(squall, (squall::proto::pool_offer))
CAF_ADD_TYPE_ID(squall, (squall::proto::worker_info))
CAF_ADD_TYPE_ID(squall, (squall::proto::join_request))
CAF_ADD_TYPE_ID(squall, (squall::proto::join_answer))
CAF_ADD_TYPE_ID(squall, (squall::proto::leave))
CAF_ADD_TYPE_ID(squall, (squall::proto::pool_status))
CAF_ADD_TYPE_ID(squall, (squall::proto::worker_status))
CAF_ADD_TYPE_ID(squall, (squall::proto::latency_histogram))
CAF_ADD_TYPE_ID(squall, (squall::proto::outcome_count))
CAF_ADD_TYPE_ID(squall, (squall::proto::kind_status))
CAF_ADD_TYPE_ID(squall, (squall::proto::router_status))
CAF_ADD_TYPE_ID(squall, (squall::proto::get_status))
CAF_ADD_TYPE_ID(squall, (squall::proto::drain))
CAF_ADD_TYPE_ID(squall, (squall::proto::tick))
CAF_ADD_TYPE_ID(squall, (squall::proto::submission))
CAF_ADD_TYPE_ID(squall, (squall::proto::submit_batch))
CAF_ADD_TYPE_ID(squall, (squall::proto::answer_batch))
CAF_ADD_TYPE_ID(squall, (squall::proto::kind_slots))
CAF_ADD_TYPE_ID(squall, (squall::proto::kinds_changed))
CAF_ADD_TYPE_ID(squall, (squall::proto::link_request))
CAF_ADD_TYPE_ID(squall, (squall::proto::pool_ready))
CAF_ADD_TYPE_ID(squall, (squall::proto::slot_wake))
CAF_ADD_TYPE_ID(squall, (squall::proto::resolved))
CAF_END_TYPE_ID_BLOCK(squall)

// Handles that travel in messages.
CAF_BEGIN_TYPE_ID_BLOCK(squall_handles, caf::first_custom_type_id + 200)
CAF_ADD_TYPE_ID(squall_handles, (squall::proto::agent_actor))
CAF_ADD_TYPE_ID(squall_handles, (squall::proto::router_port))
CAF_END_TYPE_ID_BLOCK(squall_handles)
