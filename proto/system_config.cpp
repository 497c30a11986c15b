#include "proto/system_config.hpp"

#include "proto/messages.hpp"

#include <caf/atom.hpp>
#include <caf/io/middleman.hpp>
#include <caf/openssl/manager.hpp>

namespace squall::proto {
namespace {

/// CAF's unit for the heartbeat settings: milliseconds as a plain number in 0.17.
template <class Duration>
std::size_t count_ms(Duration time) {
  return static_cast<std::size_t>(time.count());
}

} // namespace

system_config::system_config(const system_options& options) {
  add_message_types<caf::id_block::squall>();
  add_message_types<caf::id_block::squall_handles>();
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", options.threads);
  set("logger.console", caf::atom("none"));
  if (!options.network) return;
  load<caf::io::middleman>();
  set("middleman.workers", std::size_t{0});
  set("middleman.heartbeat-interval", count_ms(options.heartbeat));
  set("middleman.connection-timeout", count_ms(options.silence));
  if (options.tls) {
    load<caf::openssl::manager>();
    openssl_certificate = options.tls.certificate;
    openssl_key = options.tls.key;
    openssl_cafile = options.tls.ca;
  }
}

} // namespace squall::proto
