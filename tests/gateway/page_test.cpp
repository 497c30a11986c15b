#include "gateway/page.hpp"

#include "tests/support/catch.hpp"

namespace page = squall::gateway::page;

TEST_CASE("every embedded file is found under its own path and has a content type") {
  for (const auto& asset : page::assets()) {
    CHECK(page::find(asset.path) == &asset);
    CHECK(asset.path.starts_with('/'));
    CHECK_FALSE(asset.content_type.empty());
  }
}

TEST_CASE("the root path is the index file") {
  CHECK(page::find("/") == page::find("/index.html"));
}

TEST_CASE("a path that no file has finds nothing") {
  CHECK(page::find("/no-such-file.css") == nullptr);
  CHECK(page::find("") == nullptr);
  CHECK(page::find("index.html") == nullptr);
}
