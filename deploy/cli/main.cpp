#include "deploy/cli/program.hpp"

int main(int argc, char** argv) {
  return squall::cli::run_program({argv + 1, argv + argc}, squall::cli::squall_environment());
}
