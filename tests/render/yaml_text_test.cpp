#include "deploy/render/yaml_text.hpp"
#include "tests/support/catch.hpp"

#include <yaml-cpp/yaml.h>

using namespace squall::render;

TEST_CASE("texts that look like something else are still texts") {
  for (const auto* text : {"",   "1",         "0.5",  "1e3",      "0x10", "yes",   "NO",    "null",
                           "~",  "8443-8444", "a: b", "a #b",     "- a",  "*",     "&x",    "!t",
                           "%d", "{a}",       "[a]",  "12:30:00", "x:",   "/x: y", "/x #y", " x",
                           "x ", "@a",        "`a`",  "\"q\"",    "'q'",  "a\\b",  "a\nb",  "\n"}) {
    const auto read = YAML::Load(to_yaml(value{{"key", text}}))["key"];
    CHECK(read.as<std::string>() == text);
    CHECK(read.Tag() != "?"); // a plain one, whose type the reader would guess
  }
}

TEST_CASE("names are plain") {
  CHECK(to_yaml(value{{"a.b/c-d", "squall:0.1.0"}, {"path", "/etc/x"}}) ==
        "a.b/c-d: squall:0.1.0\npath: /etc/x\n");
}

TEST_CASE("maps keep their order, lists theirs, empty ones are told") {
  CHECK(to_yaml(value{{"z", 1},
                      {"a", {{"e", value::object()}, {"f", value::array()}}},
                      {"l", {1, true}}}) == "z: 1\na:\n  e: {}\n  f: []\nl:\n  - 1\n  - true\n");
}

TEST_CASE("a text of lines is a block, which is read as it was") {
  const std::string text = "[a]\nb = 'c'\n\n# d\n  e\n";
  const auto yaml = to_yaml(value{{"#", "About"}, {"file", text}, {"next", 1}});
  CHECK(yaml == "# About\nfile: |\n  [a]\n  b = 'c'\n\n  # d\n    e\nnext: 1\n");
  CHECK(YAML::Load(yaml)["file"].as<std::string>() == text);
  for (const auto* odd : {"a\n\n", " a\nb\n", "\na\n", "a\nb"})
    CHECK(YAML::Load(to_yaml(value{{"file", odd}}))["file"].as<std::string>() == odd);
}

TEST_CASE("a comment stands before what it is about, as far in") {
  const value document = {
      {"a", {{"b", 1}, {"#c", "Two\nlines."}, {"c", {{"#d", "Deep."}, {"d", 2}}}}},
      {"#l", "A list."},
      {"l", value::array({{{"x", 1}, {"#z", "In it."}, {"z", 2}}})}};
  CHECK(to_yaml(document) == "a:\n  b: 1\n  # Two\n  # lines.\n  c:\n    # Deep.\n    d: 2\n"
                             "# A list.\nl:\n  - x: 1\n    # In it.\n    z: 2\n");
}

TEST_CASE("several documents are parted") {
  CHECK(to_yaml(std::vector<value>{{{"a", 1}}, {{"b", 2}}}) == "a: 1\n---\nb: 2\n");
}
