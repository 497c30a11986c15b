#pragma once

#include "proto/system_config.hpp"

#include <mutex>
#include <string>

namespace squall::proto {

/// A copy, in memory, of the files by which a process shows who it is. CAF reads them for every
/// connection, and ends the process when they do not fit together, as while they are being replaced
/// one after the other: so it reads this copy, which is replaced only by files that do.
class tls_files {
public:
  explicit tls_files(cluster_tls originals);
  tls_files(const tls_files&) = delete;
  tls_files& operator=(const tls_files&) = delete;
  ~tls_files();

  /// What CAF is to read: names of the copies, or of the originals where there can be no copies.
  cluster_tls names() const;

  /// Takes the originals if they have changed and fit together, and logs it when they do not. Any
  /// thread.
  void refresh();

private:
  struct texts {
    std::string certificate;
    std::string key;
    std::string ca;

    friend bool operator==(const texts&, const texts&) = default;
  };

  texts read() const;
  void take(const texts& next);

  const cluster_tls originals_;
  std::mutex mutex_;
  texts seen_;        ///< that were looked at last
  int identity_ = -1; ///< certificates and key
  int ca_ = -1;
};

} // namespace squall::proto
