// SPDX-License-Identifier: Apache-2.0
#include "adapters/xgboost/library.h"

#include <dlfcn.h>

#include <string>

namespace handrail::xgboost {
namespace {

constexpr const char* kName = "libxgboost.so.0";  // Debian's package libxgboost0

template <class Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

Result<Library> load() {
  void* handle = dlopen(kName, RTLD_NOW | RTLD_LOCAL);  // stays for good: what it made may outlive any owner
  if (handle == nullptr)
    return fail(ErrorCode::kNotFound, std::string("training needs ") + kName + " (Debian: libxgboost0): " + dlerror());
  Library it;
  const bool has_all =
      find(handle, "XGBGetLastError", it.last_error) && find(handle, "XGBoostVersion", it.version) &&
      find(handle, "XGDMatrixCreateFromMat", it.make_matrix) && find(handle, "XGDMatrixSetFloatInfo", it.set_floats) &&
      find(handle, "XGDMatrixFree", it.free_matrix) && find(handle, "XGBoosterCreate", it.make_booster) &&
      find(handle, "XGBoosterFree", it.free_booster) && find(handle, "XGBoosterSetParam", it.set_parameter) &&
      find(handle, "XGBoosterUpdateOneIter", it.grow) && find(handle, "XGBoosterPredictFromDMatrix", it.predict) &&
      find(handle, "XGBoosterSlice", it.slice) && find(handle, "XGBoosterSetStrFeatureInfo", it.set_names) &&
      find(handle, "XGBoosterSaveModelToBuffer", it.save);
  if (!has_all) return fail(ErrorCode::kNotFound, std::string(kName) + " lacks functions of xgboost 1.7");
  return it;
}

}  // namespace

Result<const Library*> Library::loaded() {
  static const Result<Library> library = load();
  if (!library) return pass_on(library);
  return &*library;
}

}  // namespace handrail::xgboost
