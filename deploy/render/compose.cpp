#include "deploy/render/render.hpp"

#include "deploy/render/compose_service.hpp"
#include "deploy/render/dockerfile.hpp"

namespace squall::render {
namespace {

constexpr const char* about =
    R"(Made by squall render. On a machine with Docker Compose 2.17 or later:
  docker compose up --build --detach --wait
  docker compose up --detach --no-recreate --scale GROUP=N
  docker compose down
The image is built from Squall's source in $SQUALL_SOURCE.
Files named under 'secrets' are mounted as they are: user @USER@ of the containers must be able to
read them. Variables without a value here (${...}) are taken from the environment, or from a file
.env beside this one.)";

std::string with_user(std::string text) {
  const std::string mark = "@USER@";
  return text.replace(text.find(mark), mark.size(), std::to_string(container_user));
}

value networks(const manifest::manifest& of) {
  value all = value::object();
  if (!of.gateways.empty()) all["clients"] = value::object();
  all["#cluster"] = "Gateways and workers alone, and no way out.";
  all["cluster"] = {{"internal", true}};
  for (const auto& group : of.workers)
    if (needs_outside(group)) all["outside"] = value::object();
  return all;
}

/// What the containers of all services mount, and what the stores are in.
struct sources {
  value configs = value::object();
  value secrets = value::object();
  value volumes = value::object();
};

sources sources_of(const manifest::manifest& of, const std::vector<container>& all) {
  sources out;
  if (has_declared(of)) out.configs["declared"] = {{"file", "./declared.json"}};
  for (const auto& each : all) {
    out.configs[each.group] = {{"file", "./" + each.group + ".toml"}};
    for (const auto& part : each.brought)
      for (const auto& file : part.files)
        out.secrets[secret_name(each, part, file)] = {{"file", compose_text(file.host)}};
    if (each.has_store_file) out.volumes[volume_name(each)] = value::object();
  }
  return out;
}

value compose_file(const manifest::manifest& of, const std::vector<container>& all) {
  value file = {{"#", with_user(about)}, {"name", of.name}, {"services", value::object()}};
  auto& services = file["services"];
  const auto declared = has_declared(of) ? declared_text(of) : "";
  for (std::size_t i = 0; i < of.gateways.size(); ++i)
    services[of.gateways[i].name] = gateway_service(of.gateways[i], all[i], declared);
  for (std::size_t i = 0; i < of.workers.size(); ++i)
    services[of.workers[i].name] = worker_service(of, of.workers[i], all[of.gateways.size() + i]);
  file["networks"] = networks(of);
  auto from = sources_of(of, all);
  for (auto [name, entries] : {std::pair{"volumes", &from.volumes},
                               {"configs", &from.configs},
                               {"secrets", &from.secrets}})
    if (!entries->empty()) file[name] = std::move(*entries);
  return file;
}

} // namespace

std::vector<rendered_file> render_compose(const manifest::manifest& of) {
  std::vector<container> all;
  for (const auto& group : of.gateways)
    all.push_back(compose_gateway(of, group));
  for (const auto& group : of.workers)
    all.push_back(worker_container(of, group, [](const std::string& name) { return name; }));
  std::vector<rendered_file> files = {{"compose.yaml", to_yaml(compose_file(of, all))},
                                      {"Dockerfile", dockerfile_text()}};
  for (const auto& each : all)
    files.push_back({each.group + ".toml", config_text(each)});
  if (has_declared(of)) files.push_back({"declared.json", declared_text(of)});
  return files;
}

} // namespace squall::render
