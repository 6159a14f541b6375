# The rules every target of this repository is built by.
#
#   pitview_library(<name> DEPS ... )      libs/<name> → static library pitview::<name>
#   pitview_tests(<name> DEPS ... )        tests/*.cpp → one GoogleTest executable
#   pitview_fuzz(<name> SOURCES ... )      fuzz/<name>.cpp → a libFuzzer executable and a short test of it
#   pitview_service(<name> DEPS ... )      an executable that wires libraries together
#
# A library sees the headers of its DEPS and of nothing else: the direction of
# dependencies (ARCHITECTURE.md) is what the link lines say.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

set(PITVIEW_SANITIZE "" CACHE STRING "Sanitizers of this build: address,undefined or thread")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} ${CCACHE_PROGRAM})
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wimplicit-fallthrough
                    -Wunused-result -Wno-missing-designated-field-initializers -Werror -fno-omit-frame-pointer -fdiagnostics-color=always
                    -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
# The same commit gives the same bytes, and a compiled header can come from the cache.
add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
add_link_options(-fuse-ld=lld)

# Debug information of the heavy headers costs more link time than it is worth.
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -gline-tables-only")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -gline-tables-only -DNDEBUG")

if(PITVIEW_SANITIZE)
  add_compile_options(-fsanitize=${PITVIEW_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${PITVIEW_SANITIZE})
endif()

# Asio, Beast and fmt are compiled once, in one unit each, instead of in every unit.
add_compile_definitions(BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
                        BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_REGEX
                        BOOST_JSON_NO_LIB BOOST_ALL_NO_LIB
                        SPDLOG_COMPILED_LIB SPDLOG_FMT_EXTERNAL)

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Boost 1.81 REQUIRED)

function(pitview_library name)
  cmake_parse_arguments(arg "" "" "DEPS;PRIVATE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS src/*.cpp)
  add_library(pitview_${name} STATIC ${sources})
  add_library(pitview::${name} ALIAS pitview_${name})
  target_include_directories(pitview_${name} PUBLIC include PRIVATE src)
  target_link_libraries(pitview_${name} PUBLIC ${arg_DEPS} PRIVATE ${arg_PRIVATE})
  file(GLOB tests CONFIGURE_DEPENDS tests/*.cpp)
  if(tests)
    pitview_tests(${name} DEPS pitview::${name})
  endif()
endfunction()

# Tests that need PostgreSQL find it through the environment that ./pit test sets; without
# it they say so and fail, they are never skipped.
function(pitview_tests name)
  cmake_parse_arguments(arg "" "" "DEPS" ${ARGN})
  find_package(GTest REQUIRED)
  file(GLOB tests CONFIGURE_DEPENDS tests/*.cpp)
  add_executable(test_${name} ${tests})
  target_include_directories(test_${name} PRIVATE src tests)
  target_link_libraries(test_${name} PRIVATE ${arg_DEPS} GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND test_${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endfunction()

# A fuzz target of the library it is called from: fuzz_<library>_<name>, with the units
# it tests (SOURCES) compiled again, because libFuzzer counts the branches of what it
# instruments itself. The test replays the corpus and RUNS mutations of it, always the
# same ones; ./pit fuzz goes on for longer. Only where AddressSanitizer is the judge.
function(pitview_fuzz name)
  cmake_parse_arguments(arg "" "RUNS" "SOURCES;DEPS" ${ARGN})
  if(NOT PITVIEW_SANITIZE MATCHES address)
    return()
  endif()
  get_filename_component(library ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  set(target fuzz_${library}_${name})
  # Only what is tested counts as covered, not the properties themselves.
  add_library(${target}_units OBJECT ${arg_SOURCES})
  target_compile_options(${target}_units PRIVATE -O1 -fsanitize=fuzzer)
  add_executable(${target} fuzz/${name}.cpp)
  target_compile_options(${target} PRIVATE -O1)
  target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  target_include_directories(${target}_units PRIVATE include src .)
  target_include_directories(${target} PRIVATE include src . fuzz)
  target_link_libraries(${target}_units PRIVATE ${arg_DEPS})
  target_link_libraries(${target} PRIVATE ${target}_units ${arg_DEPS})
  file(GLOB inputs CONFIGURE_DEPENDS fuzz/corpus/${name}/* fuzz/regressions/${name}/*)
  list(JOIN inputs "," inputs)
  # Named one by one: into a folder libFuzzer would write what it finds.
  add_test(NAME ${target}
           COMMAND ${target} -seed=1 -runs=${arg_RUNS} -max_len=4096 -verbosity=0 -print_final_stats=1
                   -artifact_prefix=${CMAKE_CURRENT_BINARY_DIR}/${target}. -seed_inputs=${inputs})
endfunction()

function(pitview_service name)
  cmake_parse_arguments(arg "" "" "DEPS;SOURCES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_DEPS})
endfunction()
