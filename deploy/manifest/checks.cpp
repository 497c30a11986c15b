#include "deploy/manifest/checks.hpp"

#include "deploy/manifest/store_text.hpp"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <set>
#include <string>

namespace squall::manifest {
namespace {

/// The member's value, or, when it was not written, what it would stand in.
const node& within(const node& from, std::string_view name) {
  const auto* const found = find(from, name);
  return found != nullptr ? *found : from;
}

/// An entry of a list, or what is nearest to it.
const node& entry(const node& root, std::string_view list, std::size_t index) {
  const auto& all = within(root, list);
  return index < all.items.size() ? all.items[index] : all;
}

bool is_true(const flag_values& flags, const std::string& name) {
  const auto found = flags.find(name);
  return found != flags.end() && found->second == std::vector<std::string>{"true"};
}

/// What is checked, and where what is wrong is told.
class checker {
public:
  checker(report& to, const node& root, const manifest& of) : to_(to), root_(root), of_(of) {}

  void run() {
    if (of_.gateways.empty() && of_.workers.empty())
      to_.add(root_.at, "nothing to run: neither 'gateways' nor 'workers' has an entry");
    if (!of_.cluster.tls.empty() && of_.cluster.insecure)
      to_.add(within(within(root_, "cluster"), "insecure").at,
              "'insecure' besides 'tls'; leave one of them out");
    check_names();
    for (std::size_t i = 0; i < of_.gateways.size(); ++i)
      check_gateway(of_.gateways[i], entry(root_, "gateways", i));
    for (std::size_t i = 0; i < of_.workers.size(); ++i)
      check_worker(of_.workers[i], entry(root_, "workers", i));
    check_stores();
    check_ports();
  }

private:
  /// Whether two entries of the lists have one name.
  void check_unique(std::initializer_list<std::string_view> lists) {
    std::set<std::string> seen;
    for (const auto list : lists)
      for (const auto& item : within(root_, list).items) {
        const auto* const name = find(item, "name");
        if (name != nullptr && !name->text.empty() && !seen.insert(name->text).second)
          to_.add(name->at, shown(*name) + " is the name of another one already");
      }
  }

  void check_names() {
    check_unique({"gateways", "workers"});
    check_unique({"queues"});
    check_unique({"schedules"});
    for (const auto* const list : {"queues", "schedules"}) {
      const auto* const declared = find(root_, list);
      if (declared != nullptr && !declared->items.empty() && of_.gateways.empty())
        to_.add(declared->at, std::string("'") + list + "' without a gateway that would have them");
    }
  }

  void check_gateway(const gateway_group& group, const node& at) {
    if (group.cluster && !proto::is_loopback(group.cluster->host) && of_.cluster.tls.empty() &&
        !of_.cluster.insecure)
      to_.add(within(at, "cluster").at,
              "other hosts reach this address, and whoever reaches it has full control; set "
              "'tls: DIR' under 'cluster' (squall certs makes one), or 'insecure: true' there");
    const bool open = is_true(group.flags, "open");
    if (!proto::is_loopback(group.listen.host) && group.tokens.empty() && !open)
      to_.add(within(at, "listen").at, "other hosts reach this address; set 'tokens: FILE' so that "
                                       "clients must show one, or 'open: true' to serve anybody");
    if (group.replicas > 1 && !is_shared_store(group.store))
      to_.add(within(at, "replicas").at,
              "several gateways cannot share " +
                  std::string(group.store == "memory:" ? "queues in memory" : "an SQLite file") +
                  "; set 'store: postgres://USER@HOST/DATABASE', or 'replicas: 1'");
  }

  void check_worker(const worker_group& group, const node& at) {
    if (group.pools.empty() && group.consume.empty() && find(at, "pools") == nullptr &&
        find(at, "consume") == nullptr)
      to_.add(at.at, "a worker group needs 'pools' or 'consume'");
    if (group.scale) check_scaling(group, at);
    check_join(group, at);
  }

  void check_scaling(const worker_group& group, const node& at) {
    const auto& between = *group.scale;
    if (find(at, "max") == nullptr) {
      to_.add(at.at, "a group that scales itself needs 'max'");
    } else if (between.min > between.max) {
      to_.add(within(at, "min").at,
              "'min' is above 'max', which is " + std::to_string(between.max));
    } else if (group.replicas < between.min || group.replicas > between.max) {
      to_.add(within(at, "replicas").at, "'replicas' is not between 'min' and 'max', " +
                                             std::to_string(between.min) + " and " +
                                             std::to_string(between.max));
    }
    if (between.target_waiting.count() < 1)
      to_.add(within(at, "target_waiting").at, "'target_waiting' needs 1ms at least");
    if (between.down_after.count() < 1)
      to_.add(within(at, "down_after").at, "'down_after' needs 1ms at least");
    // How many slots "auto" comes to, only the worker knows; a queue's books don't tell.
    for (const auto& [queue, work] : group.consume)
      if (work.ends_with(":auto") || work.find(':') == std::string::npos)
        to_.add(within(within(at, "consume"), queue).at,
                "a group that scales itself needs to know its slots for a queue; write a number "
                "instead of 'auto'");
  }

  void check_join(const worker_group& group, const node& at) {
    const auto& join = within(at, "join");
    if (group.join.empty() && find(at, "join") == nullptr)
      to_.add(at.at, "there is no gateway with a 'cluster' address to join; set 'join'");
    for (const auto& place : group.join) {
      const auto& item = item_of(join, place);
      if (place.find(':') != std::string::npos) {
        const auto where = proto::parse_endpoint(place);
        if (!where || where->port == 0)
          to_.add(item.at, shown(item) + " is neither a gateway's name nor HOST:PORT");
      } else {
        check_joined(place, item);
      }
    }
  }

  void check_joined(const std::string& name, const node& item) {
    const auto found = std::ranges::find(of_.gateways, name, &gateway_group::name);
    if (found == of_.gateways.end()) {
      std::vector<std::string_view> names;
      for (const auto& gateway : of_.gateways)
        names.emplace_back(gateway.name);
      to_.add(item.at, "there is no gateway " + shown(item) +
                           (item.filled_in ? "" : did_you_mean(name, names)) +
                           (names.empty() ? "" : "; there is " + either(names)));
    } else if (!found->cluster) {
      to_.add(item.at, "the gateway '" + name + "' has no 'cluster' address to join");
    }
  }

  static const node& item_of(const node& list, const std::string& text) {
    const auto found = std::ranges::find(list.items, text, &node::text);
    return found == list.items.end() ? list : *found;
  }

  /// A file serves one gateway.
  void check_stores() {
    std::map<std::string, std::string> owners;
    for (std::size_t i = 0; i < of_.gateways.size(); ++i) {
      const auto& group = of_.gateways[i];
      if (is_shared_store(group.store) || group.store == "memory:") continue;
      const auto [owner, is_new] = owners.try_emplace(group.store, group.name);
      if (!is_new)
        to_.add(within(entry(root_, "gateways", i), "store").at,
                "the gateway '" + owner->second +
                    "' has this file already; give each its own, as "
                    "'store: sqlite:PATH'");
    }
  }

  void check_ports() {
    std::map<proto::endpoint, std::string> owners;
    const auto take = [&](const proto::endpoint& where, const std::string& owner, const node& at) {
      if (where.port == 0) return;
      const auto [known, is_new] = owners.try_emplace(where, owner);
      if (!is_new) to_.add(at.at, proto::to_string(where) + " is taken by " + known->second);
    };
    for (std::size_t i = 0; i < of_.gateways.size(); ++i) {
      const auto& group = of_.gateways[i];
      const auto& at = entry(root_, "gateways", i);
      take(group.listen, "the clients of '" + group.name + "'", within(at, "listen"));
      if (!group.cluster || group.cluster->port == 0) continue;
      if (group.cluster->port + group.replicas > 65'536) {
        to_.add(within(at, "cluster").at, "each replica has the next port, and there are not that "
                                          "many behind this one");
        continue;
      }
      for (std::uint32_t replica = 0; replica < group.replicas; ++replica)
        take({group.cluster->host, static_cast<std::uint16_t>(group.cluster->port + replica)},
             "the cluster port of '" + group.name + "'", within(at, "cluster"));
    }
  }

  report& to_;
  const node& root_;
  const manifest& of_;
};

} // namespace

void complete(const node& root, manifest& of) {
  for (std::size_t i = 0; i < of.workers.size(); ++i) {
    auto& group = of.workers[i];
    const auto& at = entry(root, "workers", i);
    if (group.scale && find(at, "replicas") == nullptr) group.replicas = group.scale->min;
    if (find(at, "join") != nullptr) continue;
    for (const auto& gateway : of.gateways)
      if (gateway.cluster) group.join.push_back(gateway.name);
  }
}

void check(report& to, const node& root, const manifest& of) {
  checker(to, root, of).run();
}

} // namespace squall::manifest
