#pragma once

#include "deploy/cli/commands.hpp"
#include "deploy/cli/gateway_flags.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// The commands below `squall queue`. A function adds one of them to `queue`.
namespace squall::cli {

/// What every one of them has.
struct queue_flags {
  gateway_flags url;
  std::string queue;
};

/// A command with `--url`, and with the queue's name in front when it has one.
CLI::App* add_queue_leaf(CLI::App& queue, const std::string& name, const std::string& description,
                         queue_flags& flags, bool named, const char* footer);

command add_queue_put(CLI::App& queue);
command add_queue_get(CLI::App& queue);
command add_queue_join(CLI::App& queue);
command add_queue_consume(CLI::App& queue);
/// `purge` below `above`, of what stands behind `rest` of the queue's path.
command add_queue_purge(CLI::App& above, const char* rest, const std::string& description,
                        const char* footer);
std::vector<command> add_queue_admin(CLI::App& queue);  ///< ls, create, stats, rm
std::vector<command> add_queue_flow(CLI::App& queue);   ///< pause, resume, purge
std::vector<command> add_queue_leases(CLI::App& queue); ///< ack, nack, extend
std::vector<command> add_queue_dead(CLI::App& queue);   ///< dead ls, retry, purge

} // namespace squall::cli
