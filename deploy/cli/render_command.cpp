#include "deploy/cli/commands.hpp"
#include "deploy/manifest/read.hpp"
#include "deploy/render/render.hpp"
#include "workers/registry.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace squall::cli {

namespace {

constexpr const char* footer =
    R"(Secrets are not written: variables of a group's environment that the manifest takes from the
environment are referred to, and certificates, keys and tokens are named by their paths. Files that
are there already are replaced, others stay.

Examples
  squall render deploy/manifests/cluster.yaml --target systemd -o out
  squall render deploy/manifests/cluster.yaml --target compose -o out
  squall render deploy/manifests/cluster.yaml --target kubernetes -o out)";

using renderer = std::vector<render::rendered_file> (*)(const manifest::manifest& of);

const std::map<std::string, renderer> renderers{
    {"systemd", render::render_systemd},
    {"compose", render::render_compose},
    {"kubernetes", render::render_kubernetes},
};

struct render_flags {
  std::string file;
  std::string target;
  std::string folder;
};

void write(const std::filesystem::path& folder, const render::rendered_file& file) {
  const auto path = folder / file.path;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  stream << file.text;
  stream.close();
  if (!stream) throw misuse("cannot write " + path.string());
  if (!file.executable) return;
  using std::filesystem::perms;
  std::filesystem::permissions(path, perms::owner_exec | perms::group_exec | perms::others_exec,
                               std::filesystem::perm_options::add);
}

exit_code run(const render_flags& flags) {
  try {
    const auto files = renderers.at(flags.target)(
        manifest::read_file(flags.file, workers::built_in_kinds().all_names()));
    for (const auto& file : files) {
      write(flags.folder, file);
      std::cout << (std::filesystem::path(flags.folder) / file.path).string() << '\n';
    }
    return exit_code::done;
  } catch (const manifest::mistakes& wrong) {
    std::cerr << wrong.what() << '\n';
  } catch (const std::invalid_argument& error) {
    throw misuse(flags.file + ": " + error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    throw misuse(error.what());
  }
  return exit_code::misuse;
}

} // namespace

command add_render_command(CLI::App& program) {
  auto flags = std::make_shared<render_flags>();
  auto* app = program.add_subcommand(
      "render", "Write what systemd, Compose or Kubernetes need to run a manifest");
  app->footer(footer);
  app->add_option("FILE", flags->file, "manifest")->required()->default_str("");
  app->add_option("--target", flags->target, "for whom")
      ->required()
      ->default_str("")
      ->check(CLI::IsMember({"systemd", "compose", "kubernetes"}));
  app->add_option("-o,--output", flags->folder, "folder to write to, made when it is missing")
      ->required()
      ->default_str("")
      ->type_name("DIR");
  return {app, [flags] { return run(*flags); }};
}

} // namespace squall::cli
