# The SDK for C++ as a CMake package, used from where it stands, with the SDK for C beside it:
#
#     find_package(tourbillon-cpp REQUIRED PATHS tourbillon-sdk/cpp/cmake NO_DEFAULT_PATH)
#     target_link_libraries(test_manager PRIVATE tourbillon::cpp)
#
# SPDX-License-Identifier: Apache-2.0
if(TARGET tourbillon::cpp)
  return()
endif()

include(CMakeFindDependencyMacro)
get_filename_component(_tourbillon_cpp "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
find_dependency(tourbillon-c PATHS "${_tourbillon_cpp}/../tourbillon-c/cmake"
                "${_tourbillon_cpp}/../c/cmake" NO_DEFAULT_PATH)

add_library(tourbillon_cpp INTERFACE)
add_library(tourbillon::cpp ALIAS tourbillon_cpp)
target_link_libraries(tourbillon_cpp INTERFACE tourbillon::c)
target_sources(tourbillon_cpp INTERFACE "${_tourbillon_cpp}/src/panic.cpp")
target_include_directories(tourbillon_cpp INTERFACE "${_tourbillon_cpp}/include")
target_compile_features(tourbillon_cpp INTERFACE cxx_std_23)
