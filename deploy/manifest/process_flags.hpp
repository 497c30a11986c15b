#pragma once

#include "deploy/manifest/manifest.hpp"

#include <string>
#include <string_view>
#include <vector>

/// From what a manifest says of a group to what its processes are told. Where a process listens and
/// whom it joins depends on what runs it, so that is said by whoever asks. Pure.
namespace squall::manifest {

/// Flags of `squall gateway` for a process of the group. \param listen as `--listen` \param cluster
/// as `--cluster`; empty: no worker may join \param declared_in as `--declare`; empty: nothing is
/// declared
flag_values gateway_flags(const manifest& of, const gateway_group& group, const std::string& listen,
                          const std::string& cluster, const std::string& declared_in);

/// Flags of `squall worker` for a process of the group. \param join as `--join`
flag_values worker_flags(const manifest& of, const worker_group& group,
                         const std::vector<std::string>& join);

/// The flags as a file that `--config` takes: section `[command]`, a line for each. Values have
/// none of # ' " and \, which manifests see to.
std::string to_toml(std::string_view command, const flag_values& flags);

} // namespace squall::manifest
