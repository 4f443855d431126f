# One target per folder of src/, with only its true dependencies: a wrong include fails to link.
#
#   flowtrail_module(NAME base
#     SOURCES error.cc ip_address.cc
#     LINKS fmt::fmt            # public dependencies: flowtrail_* modules and packages
#     TESTS ip_address_test.cc)             # neighbours of the code; one test program per folder

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths relative to the checkout, so that one checkout finds what another compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=true
      ${CCACHE_PROGRAM})
endif()
find_program(MOLD_PROGRAM mold)

add_library(flowtrail_flags INTERFACE)
target_compile_options(flowtrail_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
# GCC 12 at -O1 and -O2 takes the empty half of many a std::optional for a value that is used unset.
target_compile_options(flowtrail_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
if(FLOWTRAIL_WERROR)
  target_compile_options(flowtrail_flags INTERFACE -Werror)
endif()
if(MOLD_PROGRAM)
  target_link_options(flowtrail_flags INTERFACE -fuse-ld=mold)
endif()
if(FLOWTRAIL_SANITIZE)
  target_compile_options(flowtrail_flags INTERFACE -fsanitize=${FLOWTRAIL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(flowtrail_flags INTERFACE -fsanitize=${FLOWTRAIL_SANITIZE})
endif()

function(flowtrail_module)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;LINKS;TESTS;TEST_LINKS" ${ARGN})
  set(target flowtrail_${ARG_NAME})
  add_library(${target} STATIC ${ARG_SOURCES})
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${target} PRIVATE flowtrail_flags PUBLIC ${ARG_LINKS})
  if(ARG_TESTS AND FLOWTRAIL_TESTS)
    set(test ${ARG_NAME}_test)
    add_executable(${test} ${ARG_TESTS})
    target_link_libraries(${test} PRIVATE flowtrail_flags ${target} ${ARG_TEST_LINKS} GTest::gtest_main)
    target_compile_definitions(${test} PRIVATE FLOWTRAIL_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    gtest_discover_tests(${test} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 TEST_PREFIX "${ARG_NAME}/")
  endif()
endfunction()
