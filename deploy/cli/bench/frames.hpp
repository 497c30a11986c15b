#pragma once

#include "deploy/cli/bench/speech.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// Frames of RFC 6455, section 5, as a client needs them that sends and gets whole messages.
namespace squall::cli::bench {

inline constexpr std::uint8_t text_opcode = 1;
inline constexpr std::uint8_t pong_opcode = 10;

/// Appends a masked frame. The masking key is fixed: what a proxy between could be fooled with is
/// no matter here, and building it costs no randomness.
void append_frame(std::string& out, std::uint8_t opcode, std::string_view payload);

/// Reads an unmasked frame. Messages in several frames count as broken.
reply read_frame(std::string_view input);

} // namespace squall::cli::bench
