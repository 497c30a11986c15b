#pragma once

#include "deploy/manifest/read.hpp"
#include "deploy/render/render.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// Manifests that tests render, and what was rendered.
namespace squall::render {

/// Two gateways with all that can be brought, and three sorts of workers.
inline constexpr std::string_view whole_sample = R"(
apiVersion: squall/v1
name: shop
cluster: {tls: /keys/cluster}
gateways:
  - name: front
    replicas: 2
    listen: 0.0.0.0:443
    cluster: 0.0.0.0:7411
    store: postgres://squall@db.example/squall
    tls: {cert: /keys/front.pem, key: /keys/front.key}
    tokens: /keys/tokens
    environment: {PGPASSWORD: "${DATABASE_PASSWORD}", TZ: "a$b"}
    drain_timeout: 1500ms
workers:
  - name: compute
    min: 2
    max: 9
    down_after: 2m
    pools: {prime: auto}
    resources: {cpus: 1.5, memory: 512MiB}
  - name: io
    replicas: 3
    pools: {fetch: 20}
    fetch: {ca: /keys/web.pem}
    drain_timeout: 2m
  - name: jobs
    consume: {numbers: "prime:4"}
queues:
  - {name: numbers, maxsize: 10}
)";

/// What listens at the loopback address alone, with its queues in a file.
inline constexpr std::string_view lone_sample = R"(
apiVersion: squall/v1
name: lone
gateways:
  - {name: gateway, store: "sqlite:/srv/queues.db"}
workers:
  - {name: workers, pools: {sleep: 10}}
)";

inline manifest::manifest read_sample(std::string_view text) {
  return manifest::read(text, "/deploy/sample.yaml",
                        [](const std::string& name) -> std::optional<std::string> {
                          if (name == "DATABASE_PASSWORD") return "hunter2";
                          return std::nullopt;
                        });
}

inline const std::string& text_of(const std::vector<rendered_file>& files, std::string_view path) {
  const auto found = std::ranges::find(files, std::filesystem::path(path), &rendered_file::path);
  if (found == files.end()) throw std::runtime_error("no file " + std::string(path));
  return found->text;
}

inline std::vector<std::string> words_of(const YAML::Node& list) {
  return list.as<std::vector<std::string>>();
}

} // namespace squall::render
