#include "deploy/certs/folder.hpp"

#include "deploy/certs/files.hpp"
#include "deploy/certs/openssl.hpp"

#include <algorithm>

namespace squall::certs {

namespace {

namespace fs = std::filesystem;

constexpr mode_t secret = 0600;
constexpr mode_t open_to_all = 0644;

/// The certificates of a file, with an authority to check them against unless that is empty.
void add_file(std::vector<found>& all, const fs::path& file, const std::string& authority,
              time_point now) {
  const auto text = read_file(file);
  const auto parts = split_certificates(text);
  if (parts.empty()) throw failure{file.string() + " holds no certificate in PEM"};
  try {
    for (const auto& each : parts) {
      const auto what = describe(each);
      const auto& trusted = authority.empty() && what.authority ? each : authority;
      std::string wrong;
      if (!trusted.empty())
        wrong = refusal(&each == &parts.front() ? text : each, trusted, now);
      else if (what.end <= now)
        wrong = "certificate has expired";
      all.push_back({file, what, wrong});
    }
  } catch (const failure& error) {
    throw failure{file.string() + ": " + error.what()};
  }
}

void add_folder(std::vector<found>& all, const fs::path& folder, time_point now) {
  std::string authority;
  if (const auto file = folder / "ca.pem"; fs::exists(file)) {
    add_file(all, file, "", now);
    authority = read_file(file);
  }
  if (const auto file = folder / "cert.pem"; fs::exists(file)) add_file(all, file, authority, now);
  std::vector<fs::path> names;
  for (const auto& entry : fs::directory_iterator{folder})
    if (fs::exists(entry.path() / "cert.pem")) names.push_back(entry.path());
  std::ranges::sort(names);
  for (const auto& each : names)
    add_file(all, each / "cert.pem", authority, now);
}

} // namespace

described init_folder(const fs::path& folder, int days, time_point now) {
  for (const auto* name : {"ca.pem", "ca.key"})
    if (fs::exists(fs::symlink_status(folder / name)))
      throw std::invalid_argument{
          (folder / name).string() +
          " is there: an authority is not overwritten, since what it has signed would be refused. "
          "Name another folder, or issue certificates from this one with squall certs issue"};
  const auto made = make_authority(days, now);
  make_folder(folder);
  create_file(folder / "ca.key", made.key, secret); // first: without it the other is of no use
  create_file(folder / "ca.pem", made.certificate, open_to_all);
  return describe(made.certificate);
}

issued issue_into(const fs::path& folder, order what, bool new_key, time_point now) {
  check_name(what.name);
  if (!fs::exists(folder / "ca.pem") || !fs::exists(folder / "ca.key"))
    throw std::invalid_argument{folder.string() +
                                " has no ca.pem and ca.key; make them with squall certs init " +
                                folder.string()};
  const identity authority{read_file(folder / "ca.pem"), read_file(folder / "ca.key")};
  const auto target = folder / what.name;
  if (const auto kind = fs::symlink_status(target).type();
      kind != fs::file_type::not_found && !fs::is_directory(target))
    throw std::invalid_argument{target.string() + " is there, and is no folder"};
  const bool renewed = fs::exists(target / "cert.pem");
  if (renewed && what.hosts.empty()) {
    what.hosts = describe(read_file(target / "cert.pem")).hosts;
    std::erase(what.hosts, what.name);
  }
  // With the same key what is written in turn fits together at any time.
  const bool keeps_key = !new_key && fs::exists(target / "key.pem");
  if (keeps_key) what.key = read_file(target / "key.pem");
  const auto made = issue(authority, what, now);
  make_folder(target);
  replace_file(target / "ca.pem", authority.certificate, open_to_all);
  if (!keeps_key) replace_file(target / "key.pem", made.key, secret);
  replace_file(target / "cert.pem", made.certificate, open_to_all);
  return {target, describe(made.certificate), renewed};
}

std::vector<found> find_certificates(const fs::path& where, time_point now) {
  std::vector<found> all;
  if (!fs::is_directory(where)) {
    add_file(all, where, "", now);
    return all;
  }
  try {
    add_folder(all, where, now);
  } catch (const fs::filesystem_error& error) {
    throw failure{"cannot read " + where.string() + ": " + error.code().message()};
  }
  if (all.empty())
    throw failure{where.string() + " has no certificates; make them with squall certs init " +
                  where.string()};
  return all;
}

} // namespace squall::certs
