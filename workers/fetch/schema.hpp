#pragma once

namespace squall::workers::fetch {

/// JSON Schemas (draft 2020-12) of what the kind `fetch` takes and answers.
extern const char* const params_schema;
extern const char* const result_schema;

} // namespace squall::workers::fetch
