// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace handrail {

// What kind of failure it is. Callers branch on the code; the message is for people.
enum class ErrorCode : std::uint8_t {
  kInvalidArgument,  // the caller's input is wrong; repeating it will not help
  kNotFound,
  kConflict,
  kUnavailable,    // try again later (full queue, draining, no space)
  kTimeout,        // the outcome is unknown
  kLimitExceeded,  // a named limit was hit
  kCorrupt,        // stored bytes are damaged
  kInternal,       // a bug
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::string field;                    // the field of the input that is wrong, where there is one
  std::optional<std::int64_t> limit{};  // the limit that was hit, where there is one
};

// A value or an Error. Dropping one is a compile error (-Werror=unused-result).
// Thin wrapper, since tl::expected itself is not [[nodiscard]].
template <class T>
struct [[nodiscard]] Result : tl::expected<T, Error> {
  using Base = tl::expected<T, Error>;
  using Base::Base;
  Result(Base base) : Base(std::move(base)) {}
  Result() = default;
};

inline tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string field = {},
                                  std::optional<std::int64_t> limit = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(field), limit});
}

template <class T>
tl::unexpected<Error> pass_on(const Result<T>& failed) {
  return tl::unexpected<Error>(failed.error());
}

}  // namespace handrail
