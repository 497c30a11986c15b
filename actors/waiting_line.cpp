#include "actors/waiting_line.hpp"

#include <algorithm>
#include <bit>

namespace squall::actors {

waiting_line::room waiting_line::room_for(std::uint64_t connection,
                                          std::size_t bytes) const noexcept {
  if (size_ >= bounds_.total) return room::line_full;
  // What was given back may have gone over the bound.
  if (bytes_ > bounds_.bytes || bytes > bounds_.bytes - bytes_) return room::bytes_full;
  auto known = by_connection_.find(connection + 1);
  if (known && connections_[*known].size >= bounds_.connection) return room::connection_full;
  return bounds_.connection == 0 ? room::connection_full : room::free;
}

waiting_line::place waiting_line::push(entry what, std::uint64_t connection, unsigned priority,
                                       std::size_t bytes) {
  const auto at = lane_of(connection, priority);
  const auto made = make_node(what, at, bytes);
  auto& own = lanes_[at];
  if (own.tail == none) {
    own.head = made;
    enter_ring(at, false);
  } else {
    nodes_[own.tail].next = made;
    nodes_[made].previous = own.tail;
  }
  own.tail = made;
  return made;
}

waiting_line::place waiting_line::give_back(entry what, std::uint64_t connection, unsigned priority,
                                            std::size_t bytes) {
  const auto at = lane_of(connection, priority);
  const auto made = make_node(what, at, bytes);
  auto& own = lanes_[at];
  if (own.head == none) {
    own.tail = made;
  } else {
    nodes_[own.head].previous = made;
    nodes_[made].next = own.head;
    leave_ring(at);
  }
  own.head = made;
  enter_ring(at, true);
  return made;
}

waiting_line::entry waiting_line::pop() {
  const auto priority = static_cast<unsigned>(std::bit_width(busy_)) - 1;
  const auto at = turn_[priority];
  turn_[priority] = lanes_[at].next;
  const auto first = lanes_[at].head;
  const auto what = nodes_[first].what;
  erase(first);
  return what;
}

void waiting_line::erase(place at) {
  const auto [what, lane, previous, next, bytes] = nodes_[at];
  auto& own = lanes_[lane];
  (previous == none ? own.head : nodes_[previous].next) = next;
  (next == none ? own.tail : nodes_[next].previous) = previous;
  bytes_ -= bytes;
  nodes_[at].next = free_node_;
  free_node_ = at;
  if (own.head == none) leave_ring(lane);
  count_out(lane);
}

std::uint32_t waiting_line::lane_of(std::uint64_t id, unsigned priority) {
  auto position = by_connection_.find(id + 1);
  if (!position) {
    if (free_connections_.empty()) {
      free_connections_.push_back(static_cast<std::uint32_t>(connections_.size()));
      connections_.emplace_back();
      lanes_.resize(lanes_.size() + priorities);
    }
    position = free_connections_.back();
    free_connections_.pop_back();
    connections_[*position] = {id, 0};
    by_connection_.add(id + 1, *position);
  }
  ++connections_[*position].size;
  ++size_;
  return *position * priorities + std::min(priority, priorities - 1);
}

std::uint32_t waiting_line::make_node(entry what, std::uint32_t lane, std::size_t bytes) {
  bytes_ += bytes;
  if (free_node_ == none) {
    nodes_.push_back({what, lane, none, none, bytes});
    return static_cast<std::uint32_t>(nodes_.size() - 1);
  }
  const auto made = free_node_;
  free_node_ = nodes_[made].next;
  nodes_[made] = {what, lane, none, none, bytes};
  return made;
}

void waiting_line::enter_ring(std::uint32_t lane, bool first) {
  const auto priority = lane % priorities;
  auto& turn = turn_[priority];
  if (turn == none) {
    lanes_[lane].previous = lanes_[lane].next = lane;
    turn = lane;
    busy_ |= 1U << priority;
    return;
  }
  // Before the lane whose turn it is: that is the end of the round.
  const auto last = lanes_[turn].previous;
  lanes_[lane].previous = last;
  lanes_[lane].next = turn;
  lanes_[last].next = lane;
  lanes_[turn].previous = lane;
  if (first) turn = lane;
}

void waiting_line::leave_ring(std::uint32_t lane) {
  const auto priority = lane % priorities;
  const auto [head, tail, previous, next] = lanes_[lane];
  if (next == lane) {
    turn_[priority] = none;
    busy_ &= ~(1U << priority);
    return;
  }
  lanes_[previous].next = next;
  lanes_[next].previous = previous;
  if (turn_[priority] == lane) turn_[priority] = next;
}

void waiting_line::count_out(std::uint32_t lane) {
  --size_;
  const auto position = lane / priorities;
  auto& owner = connections_[position];
  if (--owner.size > 0) return;
  by_connection_.erase(owner.id + 1);
  free_connections_.push_back(position);
}

} // namespace squall::actors
