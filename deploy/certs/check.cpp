#include "deploy/certs/check.hpp"

#include "deploy/certs/described.hpp"
#include "deploy/certs/files.hpp"
#include "deploy/certs/openssl.hpp"

namespace squall::certs {

namespace {

constexpr int soon_days = 14;

/// What is wrong with the text of a file is told with its name.
template <class Reading>
auto naming(const std::filesystem::path& file, Reading&& reading) {
  try {
    return reading();
  } catch (const failure& error) {
    throw failure{file.string() + ": " + error.what()};
  }
}

} // namespace

identity_files files_in(const std::filesystem::path& folder) {
  identity_files files{folder / "cert.pem", folder / "key.pem", folder / "ca.pem"};
  std::string missing;
  for (const auto& each : {files.authority, files.certificate, files.key})
    if (!std::filesystem::exists(each))
      missing += (missing.empty() ? "" : ", ") + each.filename().string();
  if (!missing.empty())
    throw failure{folder.string() + " has no " + missing +
                  "; squall certs issue makes such a folder"};
  return files;
}

std::vector<std::string> check_files(const identity_files& files, time_point now) {
  const auto authority = read_file(files.authority);
  const auto certificate = read_file(files.certificate);
  const auto key = read_file(files.key);
  if (split_certificates(authority).empty())
    throw failure{files.authority.string() + " holds no certificate in PEM"};
  const auto what = naming(files.certificate, [&] { return describe(certificate); });
  naming(files.key, [&] { return parse_key(key) != nullptr; });
  if (!belongs(key, certificate))
    throw failure{files.key.string() + " is not the key of " + files.certificate.string()};
  const auto left = what.days_left(now);
  if (what.end <= now)
    throw failure{files.certificate.string() + " (" + what.name + ") has expired " +
                  std::to_string(std::chrono::floor<std::chrono::days>(now - what.end).count()) +
                  " days ago; renew it with squall certs issue, and copy it here"};
  std::vector<std::string> warnings;
  if (const auto why =
          naming(files.authority, [&] { return refusal(certificate, authority, now); });
      !why.empty())
    warnings.push_back(files.certificate.string() + " (" + what.name +
                       ") is refused by peers with " + files.authority.string() + ": " + why);
  if (left < soon_days)
    warnings.push_back(files.certificate.string() + " (" + what.name + ") expires in " +
                       std::to_string(left) + " days; renew it with squall certs issue");
  if (is_open_to_others(files.key))
    warnings.push_back(files.key.string() +
                       " can be read by others than its owner; chmod 600 keeps it to you");
  return warnings;
}

} // namespace squall::certs
