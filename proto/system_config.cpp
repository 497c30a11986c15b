#include "proto/system_config.hpp"

#include "proto/messages.hpp"
#include "proto/tls_watch.hpp"

#include <caf/atom.hpp>
#include <caf/io/middleman.hpp>
#include <caf/openssl/manager.hpp>
#include <caf/timespan.hpp>

namespace squall::proto {

system_config::system_config(const system_options& options) {
  add_message_types<caf::id_block::squall>();
  add_message_types<caf::id_block::squall_handles>();
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", options.threads);
  set("logger.console", caf::atom("none"));
  if (!options.network) return;
  load<caf::io::middleman>();
  set("middleman.workers", std::size_t{0});
  set("middleman.heartbeat-interval", caf::timespan{options.heartbeat});
  set("middleman.connection-timeout", caf::timespan{options.silence});
  if (options.tls) {
    load<caf::openssl::manager>();
    const auto files = watch_cluster_tls(options.tls);
    openssl_certificate = files.certificate;
    openssl_key = files.key;
    openssl_cafile = files.ca;
  }
}

} // namespace squall::proto
