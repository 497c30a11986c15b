#include "gateway/jobs/job_params.hpp"

#include "gateway/queue/queue_params.hpp"
#include "gateway/rpc/json_text.hpp"
#include "proto/json_cursor.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <type_traits>

namespace squall::gateway {
namespace {

using proto::job_options;
using proto::json_cursor;

constexpr std::uint64_t ten_years_ms = 3'653ULL * longest_timeout_ms;
constexpr std::uint32_t most_attempts = 1'000;
constexpr std::size_t longest_key = 255;

/// A job while it is read.
struct draft {
  proto::new_item item;
  std::string queue{default_queue};
};

complaint read_text(std::string_view value, std::size_t most, std::string& out) {
  auto wrong = read_string(value, out);
  return wrong ? wrong : check_job_text(out, most);
}

/// A member of a job, and how it is read.
struct member {
  std::string_view name;
  complaint (*read)(draft& to, std::string_view value);
};

template <auto Place, std::uint64_t Least, std::uint64_t Most>
complaint number(draft& to, std::string_view value) {
  auto& out = to.item.job.*Place;
  using integer = std::remove_reference_t<decltype(out)>;
  return read_integer(value, static_cast<integer>(Least), static_cast<integer>(Most), out);
}

complaint read_queue(draft& to, std::string_view value) {
  auto wrong = read_string(value, to.queue);
  return wrong ? wrong : check_queue_name(to.queue);
}

constexpr std::string_view key_member = "idempotency_key";

constexpr std::array members{
    member{"kind",
           [](draft& to, auto value) { return read_text(value, longest_kind, to.item.job.kind); }},
    member{"params",
           [](draft& to, auto value) {
             to.item.body = value;
             return complaint{};
           }},
    member{"queue", read_queue},
    member{"priority",
           [](draft& to, auto value) {
             return read_integer(value, std::uint8_t{0}, std::uint8_t{9}, to.item.priority);
           }},
    member{"delay_ms",
           [](draft& to, auto value) {
             return read_integer(value, std::uint64_t{0}, longest_delay_ms, to.item.delay_ms);
           }},
    member{"run_at", [](draft& to, auto value) { return read_run_at(value, to.item.delay_ms); }},
    member{"max_attempts", number<&job_options::max_attempts, 1, most_attempts>},
    member{"timeout_ms", number<&job_options::timeout_ms, 0, longest_timeout_ms>},
    member{"ttl_ms", number<&job_options::ttl_ms, 0, ten_years_ms>},
    member{"result_ttl_ms", number<&job_options::result_ttl_ms, 0, ten_years_ms>},
    member{"unique_key",
           [](draft& to, auto value) {
             return read_text(value, longest_key, to.item.job.unique_key);
           }},
    member{key_member,
           [](draft& to, auto value) {
             return read_text(value, longest_key, to.item.job.idempotency_key);
           }},
};

constexpr auto names = [] {
  std::array<std::string_view, members.size()> list;
  std::ranges::transform(members, list.begin(), &member::name);
  return list;
}();

constexpr std::size_t place_of(std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
}

/// What a client wrote for each of `members`; empty: nothing.
using writing = std::array<std::string_view, members.size()>;

/// Of all that the client wrote, in the order of `members`, but for the key itself: the first 64
/// bits of its SHA-256.
std::uint64_t fingerprint(const writing& written) {
  std::string text;
  for (std::size_t i = 0; i < members.size(); ++i)
    if (!written[i].empty() && members[i].name != key_member)
      text.append(members[i].name).append(":").append(written[i]).append("\n");
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  std::uint64_t first = 0;
  for (std::size_t i = 0; i < sizeof first; ++i)
    first = first << 8 | digest[i];
  return first;
}

/// What belongs to a job, but not to what its kind or its queue is told.
struct beside {
  std::string_view key;             ///< of a header; empty: none
  std::uint32_t* wait_ms = nullptr; ///< where the member `wait_ms` goes; null: it is not taken
};

complaint read_job_members(std::string_view text, const beside& more, draft& out,
                           writing& written) {
  json_cursor cursor{text};
  complaint wrong;
  const auto valid = cursor.members([&](std::string_view key, std::string_view value) {
    std::string decoded;
    const auto name = rpc::unquoted(key, decoded);
    if (more.wait_ms && name == "wait_ms")
      return !(wrong = about(name, read_integer(value, 0U, longest_timeout_ms, *more.wait_ms)));
    if ((wrong = refuse_unknown(name, names))) return false;
    const auto place = place_of(name);
    written[place] = value;
    return !(wrong = about(name, members[place].read(out, value)));
  });
  if (!valid && !wrong) wrong = R"(a job is an object with "kind")";
  return wrong;
}

complaint read_job(std::string_view text, const beside& more, draft& out) {
  writing written;
  auto wrong = read_job_members(text, more, out, written);
  if (wrong) return wrong;
  auto& job = out.item.job;
  if (job.kind.empty()) return "kind: the name of a kind is needed";
  if (!written[place_of("delay_ms")].empty() && !written[place_of("run_at")].empty())
    return "delay_ms: not together with run_at";
  if (out.item.body.empty()) out.item.body = "{}";
  if (!more.key.empty()) {
    if (!job.idempotency_key.empty())
      return "idempotency_key: not together with the header Idempotency-Key";
    if ((wrong = about(key_member, check_job_text(more.key, longest_key)))) return wrong;
    job.idempotency_key = more.key;
  }
  if (!job.idempotency_key.empty()) job.fingerprint = fingerprint(written);
  return std::nullopt;
}

complaint add_job(proto::queue_request& to, std::string_view text, const beside& more) {
  draft job;
  if (auto wrong = read_job(text, more, job)) return wrong;
  if (!to.items.empty() && job.queue != to.queue)
    return "queue: jobs that are submitted together go to one queue";
  to.queue = std::move(job.queue);
  to.items.push_back(std::move(job.item));
  return std::nullopt;
}

complaint add_jobs(proto::queue_request& to, std::string_view text, std::string_view key) {
  complaint wrong;
  json_cursor{text}.elements([&](std::string_view each) {
    const auto number = std::to_string(to.items.size());
    const auto own_key = key.empty() ? std::string() : std::string(key) + "/" + number;
    if (to.items.size() == most_jobs)
      wrong = "at most 1000 jobs are taken at a time";
    else
      wrong = about("job " + number, add_job(to, each, {own_key}));
    return !wrong;
  });
  if (!wrong && to.items.empty()) wrong = "at least one job is needed";
  return wrong;
}

void begin_put(proto::queue_request& to) {
  to.op = proto::queue_op::put;
  to.timeout_ms = 0;
  to.create = true;
  to.items.clear();
}

} // namespace

complaint check_job_text(std::string_view text, std::size_t most) {
  const bool is_plain = std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (!text.empty() && text.size() <= most && is_plain) return std::nullopt;
  return "1 to " + std::to_string(most) + " bytes without control characters are needed";
}

complaint read_jobs(proto::queue_request& to, std::string_view text, std::string_view key) {
  begin_put(to);
  return json_cursor{text}.peek() == '[' ? add_jobs(to, text, key) : add_job(to, text, {key});
}

complaint read_submission(proto::queue_request& to, std::string_view text, submission& how) {
  std::string_view jobs;
  std::size_t count = 0;
  json_cursor{text}.members([&](std::string_view key, std::string_view value) {
    ++count;
    if (key == R"("jobs")") jobs = value;
    return true;
  });
  begin_put(to);
  how.many = !jobs.empty();
  if (!how.many) return add_job(to, text, {{}, &how.wait_ms});
  if (count > 1) return "jobs: not together with other members";
  return jobs.starts_with('[') ? add_jobs(to, jobs, {}) : "jobs: an array of jobs is needed";
}

complaint read_key_header(std::string_view value, std::string& key) {
  key = value;
  if (value.starts_with('"')) {
    key.clear();
    const auto end = value.size() - 1;
    if (end == 0 || value.back() != '"') return "Idempotency-Key: the string does not end";
    for (std::size_t at = 1; at < end; ++at) {
      if (value[at] == '\\' && ++at == end) // RFC 9651, 3.3.3: before a quote and itself
        return "Idempotency-Key: the string does not end";
      key += value[at];
    }
  }
  if (!rpc::is_utf8(key)) return "Idempotency-Key: it is not UTF-8";
  return about("Idempotency-Key", check_job_text(key, longest_key));
}

complaint check_job_bytes(const proto::queue_request& request, std::size_t most) {
  const auto long_one = std::ranges::any_of(request.items, [most](const proto::new_item& item) {
    return !item.job.kind.empty() && item.body.size() > most;
  });
  if (!long_one && request.result.size() <= most) return std::nullopt;
  std::string out{long_one ? "params" : "result"};
  return out.append(": at most ").append(std::to_string(most)).append(" bytes are taken");
}

proto::queue_request wait_for_end(const proto::queue_answer& submitted, std::uint32_t wait_ms) {
  auto request = queue_request_of(proto::queue_op::job_get);
  request.jobs = {submitted.jobs.front().id};
  request.timeout_ms = wait_ms;
  return request;
}

void make_submitted(proto::queue_answer& waited, bool existed) {
  for (auto& job : waited.jobs) {
    job.existed = existed;
    if (!proto::is_ended(job.state)) job.params.clear();
  }
}

bool asks_for_no_job(const proto::queue_request& request) noexcept {
  return std::ranges::any_of(request.jobs, [](const auto& id) { return !id; });
}

} // namespace squall::gateway
