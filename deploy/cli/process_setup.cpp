#include "deploy/cli/process_setup.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>

#include <sys/resource.h>

namespace squall::cli {

void configure_logging(const std::string& level) {
  auto logger =
      std::make_shared<spdlog::logger>("squall", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

void raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) spdlog::warn("cannot raise the limit of open files");
}

void ignore_broken_pipes() {
  std::signal(SIGPIPE, SIG_IGN);
}

void ignore_full_disks() {
  std::signal(SIGXFSZ, SIG_IGN);
}

} // namespace squall::cli
