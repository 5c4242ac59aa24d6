// SPDX-License-Identifier: Apache-2.0
#include "training/sagemaker_job.h"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <random>

#include "adapters/xgboost/model_document.h"
#include "tests/support/temporary_folder.h"

using namespace handrail;
using namespace handrail::training;

namespace {

// /opt/ml with a job in it.
struct Container {
  Container() {
    write("input/config/hyperparameters.json",
          R"({"num_round":"20","max_depth":"3","eta":"0.3","objective":"binary:logistic"})");
    write("input/data/train/part-0.csv", rows(300, 1));
    write("input/data/train/part-1.csv", rows(200, 2));
  }
  static std::string rows(int count, unsigned seed) {
    std::mt19937 random(seed);
    std::string out;
    for (int i = 0; i < count; ++i) {
      const int value = static_cast<int>(random() % 100);
      const bool is_one = value + static_cast<int>(random() % 40) > 70;
      out += std::to_string(is_one ? 1 : 0) + "," + std::to_string(value) + "," + (i % 5 == 0 ? "" : "2.5") + "\n";
    }
    return out;
  }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((root.path() / name).parent_path());
    std::ofstream(root.path() / name) << text;
  }
  std::string read(const std::string& name) const {
    std::ifstream in(root.path() / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  Result<SagemakerResult> run() {
    return run_sagemaker_job(root.path(), [this](const std::string& line) { said.push_back(line); });
  }

  test::TemporaryFolder root;
  std::vector<std::string> said;
};

}  // namespace

TEST_CASE("a job's files come to a model, and each round says how it does") {
  Container container;
  const auto done = container.run();
  REQUIRE(done);
  CHECK(done->rows == 500);
  CHECK(done->rounds == 20);
  REQUIRE(container.said.size() == 20);
  CHECK(container.said.front().starts_with("[0]#011train-logloss:0."));
  const auto model = xgboost::model_in(container.read("model/xgboost-model"));
  REQUIRE(model);
  const std::vector<float> low = {5, 2.5F}, high = {95, NAN};
  CHECK(model->forest.margin(low) < 0);
  CHECK(model->forest.margin(high) > 0);
}

TEST_CASE("with a validation channel growing stops where it helps no longer") {
  Container container;
  container.write("input/config/hyperparameters.json",
                  R"({"num_round":"500","eta":"0.5","max_depth":"6","early_stopping_rounds":"5"})");
  container.write("input/data/validation/v.csv", Container::rows(200, 3));
  const auto done = container.run();
  REQUIRE(done);
  CHECK(done->rounds < 500);
  CHECK(container.said.size() == static_cast<std::size_t>(done->rounds) + 5);
  CHECK(container.said.front().find("#011validation-logloss:") != std::string::npos);
}

TEST_CASE("what is wrong is named, and no model is left") {
  Container container;
  std::string words;
  SUBCASE("no job") {
    std::filesystem::remove(container.root.path() / "input/config/hyperparameters.json");
    words = "hyperparameters.json is not there";
  }
  SUBCASE("no rounds") {
    container.write("input/config/hyperparameters.json", "{}");
    words = "num_round";
  }
  SUBCASE("another objective") {
    container.write("input/config/hyperparameters.json", R"({"num_round":"5","objective":"reg:squarederror"})");
    words = "only binary:logistic";
  }
  SUBCASE("a parameter that there is not") {
    container.write("input/config/hyperparameters.json", R"({"num_round":"5","max_dept":"3"})");
    words = "\"max_dept\" is not known";
  }
  SUBCASE("a header") {
    container.write("input/data/train/part-1.csv", "label,a,b\n1,2,3\n");
    words = "part-1.csv:1: cell 1 is no number";
  }
  SUBCASE("a label that is none") {
    container.write("input/data/train/part-1.csv", "1,2,3\n2,2,3\n");
    words = "part-1.csv:2: the first cell is the label";
  }
  SUBCASE("rows of other widths") {
    container.write("input/data/train/part-1.csv", "1,2,3\n1,2\n");
    words = "part-1.csv:2: has 1 features";
  }
  SUBCASE("no data") {
    std::filesystem::remove_all(container.root.path() / "input/data/train");
    words = "holds no file";
  }
  const auto done = container.run();
  REQUIRE_FALSE(done);
  CHECK(done.error().message.find(words) != std::string::npos);
  CHECK(container.read("model/xgboost-model").empty());
  REQUIRE(write_failure(container.root.path(), done.error().message));
  CHECK(container.read("output/failure") == done.error().message);
}
