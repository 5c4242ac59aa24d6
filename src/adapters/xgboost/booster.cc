// SPDX-License-Identifier: Apache-2.0
#include "adapters/xgboost/booster.h"

#include <limits>

#include "adapters/xgboost/library.h"

namespace handrail::xgboost {
namespace {

// Once something was made by it, it is there.
const Library& library() { return **Library::loaded(); }

Result<void> done(int outcome, const char* what) {
  if (outcome == 0) return {};
  return fail(ErrorCode::kInternal, std::string("libxgboost cannot ") + what + ": " + library().last_error());
}

Result<void> set(DMatrixHandle matrix, const char* field, std::span<const float> values) {
  if (values.empty()) return {};
  return done(library().set_floats(matrix, field, values.data(), values.size()), field);
}

std::shared_ptr<void> owned(BoosterHandle handle) {
  return {handle, [](BoosterHandle it) { library().free_booster(it); }};
}

}  // namespace

Result<Matrix> Matrix::of(std::span<const float> values, std::size_t columns, std::span<const float> labels,
                          std::span<const float> weights) {
  constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
  if (columns == 0 || values.empty() || values.size() % columns != 0)
    return fail(ErrorCode::kInvalidArgument, "a matrix needs rows, and each as many values as there are columns",
                "values");
  if (const auto there = Library::loaded(); !there) return pass_on(there);
  Matrix matrix;
  matrix.rows_ = values.size() / columns;
  DMatrixHandle handle = nullptr;
  if (auto made = done(library().make_matrix(values.data(), matrix.rows_, columns, kMissing, &handle), "take rows");
      !made)
    return pass_on(made);
  matrix.handle_ = {handle, [](DMatrixHandle it) { library().free_matrix(it); }};
  if (auto told = set(handle, "label", labels); !told) return pass_on(told);
  if (auto told = set(handle, "weight", weights); !told) return pass_on(told);
  return matrix;
}

std::string library_version() {
  if (!Library::loaded()) return {};
  int major = 0, minor = 0, patch = 0;
  library().version(&major, &minor, &patch);
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

Result<Booster> Booster::on(const Matrix& data, const Parameters& parameters, const Matrix* watched) {
  const DMatrixHandle matrices[] = {data.handle_.get(), watched == nullptr ? nullptr : watched->handle_.get()};
  BoosterHandle handle = nullptr;
  if (auto made = done(library().make_booster(matrices, watched == nullptr ? 1 : 2, &handle), "make a booster"); !made)
    return pass_on(made);
  Booster booster;
  booster.handle_ = owned(handle);
  booster.data_ = data.handle_;
  for (const auto& [name, value] : parameters) {
    if (auto told = done(library().set_parameter(handle, name.c_str(), value.c_str()), "set a parameter"); !told)
      return pass_on(told);
  }
  return booster;
}

Result<void> Booster::grow() {
  if (auto grown = done(library().grow(handle_.get(), rounds_, data_.get()), "grow a tree"); !grown) return grown;
  ++rounds_;
  return {};
}

Result<std::vector<float>> Booster::margins(const Matrix& rows, int rounds) const {
  const std::string config = R"({"type":1,"training":false,"iteration_begin":0,"iteration_end":)" +
                             std::to_string(rounds) + R"(,"strict_shape":false})";
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* out = nullptr;
  if (auto asked = done(library().predict(handle_.get(), rows.handle_.get(), config.c_str(), &shape, &dimensions, &out),
                        "score");
      !asked)
    return pass_on(asked);
  return std::vector<float>(out, out + rows.rows_);
}

Result<Booster> Booster::first(int rounds) const {
  BoosterHandle handle = nullptr;
  if (auto cut = done(library().slice(handle_.get(), 0, rounds, 1, &handle), "cut trees off"); !cut)
    return pass_on(cut);
  Booster booster;
  booster.handle_ = owned(handle);
  booster.data_ = data_;
  booster.rounds_ = rounds;
  return booster;
}

Result<std::string> Booster::ubj(const std::vector<std::string>& feature_names) const {
  std::vector<const char*> names;
  for (const std::string& name : feature_names) names.push_back(name.c_str());
  if (auto named =
          done(library().set_names(handle_.get(), "feature_name", names.data(), names.size()), "name features");
      !named)
    return pass_on(named);
  bst_ulong size = 0;
  const char* bytes = nullptr;
  if (auto saved = done(library().save(handle_.get(), R"({"format":"ubj"})", &size, &bytes), "save"); !saved)
    return pass_on(saved);
  return std::string(bytes, size);
}

}  // namespace handrail::xgboost
