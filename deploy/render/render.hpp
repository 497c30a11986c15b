#pragma once

#include "deploy/manifest/manifest.hpp"

#include <filesystem>
#include <string>
#include <vector>

/// What others need to run a manifest's processes: systemd, Compose, Kubernetes. Pure: files are
/// values here, written by whoever asks.
namespace squall::render {

/// One file, relative to the folder that is rendered to.
struct rendered_file {
  std::filesystem::path path;
  std::string text;
  bool executable = false;

  friend bool operator==(const rendered_file&, const rendered_file&) = default;
};

/// Units, socket units and a target for systemd 252 and later, on one or several hosts. Throws
/// `std::invalid_argument` that says what of the manifest systemd cannot do.
std::vector<rendered_file> render_systemd(const manifest::manifest& of);

/// A Compose file, its Dockerfile, and the configuration files that it mounts. Throws like
/// `render_systemd`.
std::vector<rendered_file> render_compose(const manifest::manifest& of);

/// Kubernetes objects, one file for each sort of process. Throws like `render_systemd`.
std::vector<rendered_file> render_kubernetes(const manifest::manifest& of);

} // namespace squall::render
