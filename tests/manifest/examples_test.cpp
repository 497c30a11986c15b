#include "deploy/manifest/read.hpp"

#include "tests/support/catch.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace squall::manifest;

TEST_CASE("the manifests that are published as examples are good") {
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator("deploy/manifests")) {
    std::ifstream stream(file.path());
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    CAPTURE(file.path().string());
    const auto secret = [](const std::string& name) {
      return name == "PGPASSWORD" ? std::optional<std::string>("x") : std::nullopt;
    };
    CHECK_NOTHROW(read(text, file.path(), secret));
    ++count;
  }
  CHECK(count >= 3);
}
