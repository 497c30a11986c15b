#include "deploy/certs/folder.hpp"
#include "deploy/cli/commands.hpp"
#include "deploy/cli/exit_code.hpp"
#include "deploy/cli/flags.hpp"
#include "deploy/cli/table.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <iostream>
#include <memory>
#include <stdexcept>

#include <unistd.h>

namespace squall::cli {

namespace {

constexpr const char* footer =
    R"(Examples: an authority, what two hosts need, and who is good until when
  squall certs init certs
  squall certs issue certs gateway --host a.example --host 192.0.2.7
  squall certs issue certs w1
  squall certs show certs
Copy certs/gateway and certs/w1 to their hosts, and name them there:
  squall gateway --cluster 0.0.0.0:7411 --cluster-tls /etc/squall/tls
ca.key stays where it is: who has it can let anyone into the cluster.)";

constexpr const char* init_footer = R"(Example
  squall certs init certs)";

constexpr const char* issue_footer =
    R"(Issuing a name again renews it: it keeps its key, and its hosts unless others are given. Processes
read the files again for every new connection; copying cert.pem over the old one is all there is to do.

Examples
  squall certs issue certs gateway --host a.example --host 192.0.2.7
  squall certs issue certs w1 --days 90)";

constexpr const char* show_footer = R"(Examples
  squall certs show certs
  squall certs show /etc/squall/tls
  squall certs show /etc/squall/tls/cert.pem --json)";

constexpr int soon_days = 30; // then a certificate's end is shown as a warning

struct certs_flags {
  std::string place;
  certs::order order;
  int days = 3'650; ///< of an authority
  bool new_key = false;
  bool as_json = false;
};

certs::time_point now() {
  return std::chrono::system_clock::now();
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& each : words)
    all += (all.empty() ? "" : " ") + each;
  return all;
}

/// What is wrong with what was asked for is misuse; what is wrong with files is a failure.
template <class Work>
exit_code tell_misuse(Work&& work) {
  try {
    return work();
  } catch (const std::invalid_argument& error) {
    throw misuse(error.what());
  }
}

exit_code init(const certs_flags& flags) {
  return tell_misuse([&] {
    const auto made = certs::init_folder(flags.place, flags.days, now());
    std::cout << flags.place << "/ca.pem and ca.key are an authority until "
              << certs::to_text(made.end) << " (" << made.name << "). Keep ca.key to yourself."
              << std::endl;
    return exit_code::done;
  });
}

exit_code issue(const certs_flags& flags) {
  return tell_misuse([&] {
    const auto made = certs::issue_into(flags.place, flags.order, flags.new_key, now());
    std::cout << made.folder.string() << " is " << (made.renewed ? "renewed" : "issued") << " for "
              << joined(made.certificate.hosts) << " until " << certs::to_text(made.certificate.end)
              << std::endl;
    return exit_code::done;
  });
}

cell state_of(const certs::found& each, std::int64_t left) {
  if (!each.wrong.empty()) return {each.wrong, tone::bad};
  return left < soon_days ? cell{"expires soon", tone::warning} : cell{"good", tone::good};
}

void show_table(const std::vector<certs::found>& all) {
  table rows({"FILE", "NAME", "HOSTS", "SIGNED BY", "EXPIRES", "DAYS LEFT", "STATE"});
  for (const auto& each : all) {
    const auto& what = each.certificate;
    const auto left = what.days_left(now());
    cell days{std::to_string(left)};
    days.right = true;
    rows.add({each.file.string(), what.name, joined(what.hosts), what.issuer,
              certs::to_text(what.end), days, state_of(each, left)});
  }
  std::cout << rows.render(::isatty(STDOUT_FILENO) == 1) << std::flush;
}

void show_json(const std::vector<certs::found>& all) {
  auto list = nlohmann::json::array();
  for (const auto& each : all) {
    const auto& what = each.certificate;
    list.push_back({{"file", each.file.string()},
                    {"name", what.name},
                    {"hosts", what.hosts},
                    {"signed_by", what.issuer},
                    {"authority", what.authority},
                    {"begins", certs::to_text(what.begin)},
                    {"expires", certs::to_text(what.end)},
                    {"days_left", what.days_left(now())},
                    {"wrong", each.wrong}});
  }
  std::cout << nlohmann::json{{"certificates", list}}.dump(2) << std::endl;
}

exit_code show(const certs_flags& flags) {
  const auto all = certs::find_certificates(flags.place, now());
  flags.as_json ? show_json(all) : show_table(all);
  return exit_code::done;
}

CLI::Option* add_days(CLI::App& app, int& days) {
  return app.add_option("--days", days, "how long it is good")->check(CLI::Range(1, 36'500));
}

command add_init(CLI::App& above) {
  auto flags = std::make_shared<certs_flags>();
  auto* app = above.add_subcommand(
      "init", "Make an authority: DIR/ca.pem, and DIR/ca.key, with which it signs");
  app->footer(init_footer);
  app->add_option("dir", flags->place, "folder to keep it in; made if need be")->required();
  add_days(*app, flags->days);
  return {app, [flags] { return init(*flags); }};
}

command add_issue(CLI::App& above) {
  auto flags = std::make_shared<certs_flags>();
  auto* app = above.add_subcommand("issue", "Make or renew what a host needs: ca.pem, cert.pem and "
                                            "key.pem in DIR/NAME, as --cluster-tls takes it");
  app->footer(issue_footer);
  app->add_option("dir", flags->place, "the authority's folder")->required();
  app->add_option("name", flags->order.name, "of the host or process")->required();
  add_days(*app, flags->order.days)->description("how long it is good, the authority at most");
  add_list(*app, "--host", flags->order.hosts,
           "more names or IP addresses that clients with HTTPS may reach it by; repeatable")
      ->type_name("HOST");
  app->add_flag("--new-key", flags->new_key, "not the key that it had (default: off)");
  return {app, [flags] { return issue(*flags); }};
}

command add_show(CLI::App& above) {
  auto flags = std::make_shared<certs_flags>();
  auto* app = above.add_subcommand("show", "Who certificates are for, and how long they are good");
  app->footer(show_footer);
  app->add_option("place", flags->place, "folder of an authority or of a host, or a PEM file")
      ->required();
  app->add_flag("--json", flags->as_json, "for programs (default: off)");
  return {app, [flags] { return show(*flags); }};
}

} // namespace

std::vector<command> add_certs_commands(CLI::App& program) {
  auto* certs = program.add_subcommand(
      "certs", "Certificates for mutual TLS between gateways and workers, and for HTTPS");
  certs->footer(footer);
  certs->require_subcommand(0, 1); // as the program's own
  return {add_init(*certs), add_issue(*certs), add_show(*certs)};
}

} // namespace squall::cli
