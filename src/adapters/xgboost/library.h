// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <xgboost/c_api.h>

#include "base/result.h"

namespace handrail::xgboost {

// The functions of libxgboost that train. The library is loaded when training asks for it first: a server, which only
// scores, does without its megabytes of memory.
struct Library {
  decltype(&::XGBGetLastError) last_error = nullptr;
  decltype(&::XGBoostVersion) version = nullptr;
  decltype(&::XGDMatrixCreateFromMat) make_matrix = nullptr;
  decltype(&::XGDMatrixSetFloatInfo) set_floats = nullptr;
  decltype(&::XGDMatrixFree) free_matrix = nullptr;
  decltype(&::XGBoosterCreate) make_booster = nullptr;
  decltype(&::XGBoosterFree) free_booster = nullptr;
  decltype(&::XGBoosterSetParam) set_parameter = nullptr;
  decltype(&::XGBoosterUpdateOneIter) grow = nullptr;
  decltype(&::XGBoosterPredictFromDMatrix) predict = nullptr;
  decltype(&::XGBoosterSlice) slice = nullptr;
  decltype(&::XGBoosterSetStrFeatureInfo) set_names = nullptr;
  decltype(&::XGBoosterSaveModelToBuffer) save = nullptr;

  // kNotFound: it is not installed, or lacks a function. Thread-safe.
  static Result<const Library*> loaded();
};

}  // namespace handrail::xgboost
