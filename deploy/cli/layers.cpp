#include "deploy/cli/layers.hpp"

#include "deploy/cli/exit_code.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace squall::cli {

namespace {

constexpr std::string_view prefix = "SQUALL_";

/// Variables that the program does not read: those of the project's build and tests, and those that
/// `queue consume` gives to its command, which may be this program again.
constexpr std::array<std::string_view, 5> foreign{"SQUALL_BIN", "SQUALL_SANITIZE", "SQUALL_ITEM_ID",
                                                  "SQUALL_ATTEMPT", "SQUALL_QUEUE"};

std::string variable_of(const std::string& flag) {
  std::string name(prefix);
  for (const char c : flag) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

/// The flags of a command that have a value to be set from elsewhere.
std::vector<CLI::Option*> settable(CLI::App& command) {
  auto options = command.get_options([](const CLI::Option* option) {
    return !option->get_lnames().empty() && option->get_configurable();
  });
  return options;
}

CLI::Option* find_variable(CLI::App& command, const std::string& variable) {
  for (auto* option : settable(command)) {
    if (variable_of(option->get_lnames().front()) == variable) return option;
  }
  return nullptr;
}

CLI::Option* find_key(CLI::App& command, const std::string& key) {
  for (auto* option : settable(command)) {
    if (option->get_lnames().front() == key) return option;
  }
  return nullptr;
}

/// All commands, also those below another one.
std::vector<CLI::App*> commands_of(CLI::App& program) {
  std::vector<CLI::App*> commands;
  for (auto* command : program.get_subcommands([](CLI::App*) { return true; })) {
    commands.push_back(command);
    const auto below = commands_of(*command);
    commands.insert(commands.end(), below.begin(), below.end());
  }
  return commands;
}

/// The flag takes `values` as though they stood on the command line. `origin` is for errors.
void set(CLI::Option& option, const std::vector<std::string>& values, const std::string& origin) {
  try {
    for (const auto& value : values)
      option.add_result(value);
    option.run_callback();
  } catch (const CLI::ConversionError&) {
    const std::string text = values.empty() ? "" : values.front();
    throw misuse(origin + ": '" + text + "' is no " + option.get_type_name());
  } catch (const CLI::Error& error) {
    throw misuse(origin + ": " + error.what());
  }
}

using section_key = std::pair<std::string, std::string>;

/// All keys of a file. A key that is written several times has all its values.
std::map<section_key, std::vector<std::string>> read_file(const std::string& path) {
  std::ifstream stream(path);
  if (!stream) throw misuse("--config: cannot read " + path);
  std::map<section_key, std::vector<std::string>> keys;
  for (const auto& item : CLI::ConfigBase().from_config(stream)) {
    if (item.name == "++" || item.name == "--") continue; // a section's begin and end
    auto& values = keys[{CLI::detail::join(item.parents, "."), item.name}];
    values.insert(values.end(), item.inputs.begin(), item.inputs.end());
  }
  return keys;
}

CLI::Option& owner_of(CLI::App& program, const section_key& key, const std::string& origin) {
  const auto& [section, name] = key;
  if (section.empty()) {
    throw misuse(origin + ": stands in no section; write [gateway], [worker] or another command "
                          "above it");
  }
  const auto commands = commands_of(program);
  const auto command =
      std::find_if(commands.begin(), commands.end(),
                   [&section = section](auto* c) { return section_of(*c) == section; });
  if (command == commands.end()) {
    throw misuse(origin + ": there is no command '" + section + "'");
  }
  auto* option = name == "config" ? nullptr : find_key(**command, name);
  if (option == nullptr) throw misuse(origin + ": unknown key");
  return *option;
}

std::string origin_of(const std::string& path, const section_key& key) {
  return path + ": " + (key.first.empty() ? "" : "[" + key.first + "] ") + key.second;
}

} // namespace

environment squall_environment() {
  environment variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (!text.starts_with(prefix)) continue;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

void apply_environment(CLI::App& program, CLI::App& command, const environment& variables) {
  const auto commands = commands_of(program);
  for (const auto& [name, value] : variables) {
    if (std::find(foreign.begin(), foreign.end(), name) != foreign.end()) continue;
    if (auto* option = find_variable(command, name)) {
      if (option->count() == 0) set(*option, {value}, name);
      continue;
    }
    const bool known = std::any_of(commands.begin(), commands.end(), [&name = name](auto* other) {
      return find_variable(*other, name) != nullptr;
    });
    if (!known) throw misuse(name + ": no command has such a flag; see squall --help");
  }
}

std::string section_of(const CLI::App& command) {
  const auto* above = command.get_parent();
  if (above == nullptr) return "";
  const auto section = section_of(*above);
  return section.empty() ? command.get_name() : section + "." + command.get_name();
}

file_layer layer_of(CLI::App& program, CLI::App& command, const std::string& path) {
  file_layer layer{path, {}, {}};
  for (const auto* option : settable(command))
    if (option->count() > 0) layer.given.insert(option->get_lnames().front());
  if (!path.empty()) layer.values = read_section(program, command, path);
  return layer;
}

section_values read_section(CLI::App& program, CLI::App& command, const std::string& path) {
  section_values values;
  std::string mistakes;
  for (const auto& [key, inputs] : read_file(path)) {
    try {
      owner_of(program, key, origin_of(path, key));
    } catch (const misuse& error) {
      mistakes.append(mistakes.empty() ? "" : "\n").append(error.what());
    }
    if (key.first == section_of(command)) values[key.second] = inputs;
  }
  if (!mistakes.empty()) throw misuse(mistakes);
  return values;
}

void apply_file(CLI::App& program, CLI::App& command, const std::string& path) {
  for (const auto& [key, values] : read_file(path)) {
    const auto origin = origin_of(path, key);
    auto& option = owner_of(program, key, origin);
    if (key.first == section_of(command) && option.count() == 0) set(option, values, origin);
  }
}

} // namespace squall::cli
