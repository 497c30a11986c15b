#include "deploy/render/dockerfile.hpp"

#include "deploy/render/container.hpp"
#include "proto/version.hpp"

namespace squall::render {
namespace {

constexpr const char* build_stage =
    R"(# Made by squall render. The source is a build context of its own:
#   docker build --build-context source=PATH/TO/SQUALL --tag @IMAGE@ .
FROM debian:bookworm-slim AS build
COPY --from=source deploy/packages.sh /packages.sh
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive bash -c '. /packages.sh && \
      apt-get install -y --no-install-recommends "${build_packages[@]}"' && \
    rm -rf /var/lib/apt/lists/*
WORKDIR /squall
COPY --from=source CMakeLists.txt CMakePresets.json ./
COPY --from=source proto proto/
COPY --from=source actors actors/
COPY --from=source workers workers/
COPY --from=source gateway gateway/
COPY --from=source deploy deploy/
RUN cmake --preset release -DBUILD_TESTING=OFF && \
    cmake --build --preset release --target squall && \
    strip build/release/squall
)";

// curl asks for health; the libraries are those that the program is linked with.
constexpr const char* run_stage = R"(
FROM debian:bookworm-slim
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      ca-certificates curl tzdata \
      libcaf-core0.17 libcaf-io0.17 libcaf-openssl0.17 libcurl4 libdate-tz3 libfmt9 libgmp10 \
      libpq5 libprometheus-cpp-core1.0 libspdlog1.10 libsqlite3-0 libssl3 libsystemd0 \
      libyaml-cpp0.7 && \
    rm -rf /var/lib/apt/lists/*
RUN groupadd --gid @USER@ squall && \
    useradd --uid @USER@ --gid squall --no-create-home --home-dir @STORE@ \
      --shell /usr/sbin/nologin squall && \
    install -d -m 0700 -o squall -g squall @STORE@
COPY --from=build /squall/build/release/squall /usr/local/bin/squall
USER @USER@:@USER@
WORKDIR @STORE@
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/squall"]
CMD ["--help"]
)";

void replace_all(std::string& in, const std::string& what, const std::string& with) {
  for (auto at = in.find(what); at != std::string::npos; at = in.find(what, at + with.size()))
    in.replace(at, what.size(), with);
}

} // namespace

std::string image_name() {
  return "squall:" + std::string(proto::software_version);
}

std::string dockerfile_text() {
  auto text = std::string(build_stage) + run_stage;
  replace_all(text, "@IMAGE@", image_name());
  replace_all(text, "@USER@", std::to_string(container_user));
  replace_all(text, "@STORE@", std::string(store_folder));
  return text;
}

} // namespace squall::render
