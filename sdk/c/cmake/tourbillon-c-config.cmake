# The SDK for C as a CMake package, used from where it stands:
#
#     find_package(tourbillon-c REQUIRED PATHS tourbillon-sdk/cmake NO_DEFAULT_PATH)
#     target_link_libraries(test_manager PRIVATE tourbillon::c)
#
# The target compiles the SDK's sources along. They are no library on purpose: what a component
# exports must reach the linker as an object, and before the manager's own (see src/abort.c).
#
# SPDX-License-Identifier: Apache-2.0
if(TARGET tourbillon::c)
  return()
endif()

get_filename_component(_tourbillon_c "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
file(GLOB _tourbillon_c_sources CONFIGURE_DEPENDS "${_tourbillon_c}/src/*.c")
if(CMAKE_SYSTEM_NAME STREQUAL "WASI")
  list(APPEND _tourbillon_c_sources "${_tourbillon_c}/bindings/manager.c")
endif()

add_library(tourbillon_c_objects OBJECT ${_tourbillon_c_sources})
target_include_directories(tourbillon_c_objects PUBLIC "${_tourbillon_c}/include")
set_target_properties(tourbillon_c_objects PROPERTIES C_STANDARD 17 C_EXTENSIONS ON)

add_library(tourbillon_c INTERFACE)
add_library(tourbillon::c ALIAS tourbillon_c)
target_sources(tourbillon_c INTERFACE $<TARGET_OBJECTS:tourbillon_c_objects>)
target_include_directories(tourbillon_c INTERFACE "${_tourbillon_c}/include")
