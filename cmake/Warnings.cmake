# Warnings and code generation shared by every target of ours.
add_library(handrail_options INTERFACE)
target_compile_features(handrail_options INTERFACE cxx_std_20)
target_include_directories(handrail_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
# -ffp-contract=off: the same arithmetic on every machine.
target_compile_options(handrail_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror
  -Wno-missing-field-initializers -ffp-contract=off)
