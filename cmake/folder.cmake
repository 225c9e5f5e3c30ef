# One function makes a folder's library, its header check and its test program.
#
#   folder(iceberg DEPENDS avro storage LIBRARIES roaring)
#
# DEPENDS are folders whose headers it may include (and what those may include in turn);
# LIBRARIES are outside libraries (`dep::…`). Sources are all `*.cc` below the folder;
# `*_test.cc` go into the program `<name>_test`, one ctest entry.

set(TARN_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
    -Wimplicit-fallthrough -Werror=switch -Werror=unused-result -Wno-sign-conversion -Wno-missing-field-initializers)

add_library(doctest_main STATIC ${CMAKE_SOURCE_DIR}/cmake/doctest_main.cc)
set_target_properties(doctest_main PROPERTIES UNITY_BUILD OFF)

function(folder name)
  cmake_parse_arguments(arg "" "" "DEPENDS;LIBRARIES" ${ARGN})
  set(directory ${CMAKE_SOURCE_DIR}/src/${name})
  if(NOT IS_DIRECTORY ${directory})
    return()
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${directory}/*.cc)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${directory}/*.h)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  if(NOT sources)
    return()
  endif()

  add_library(tarn_${name} STATIC ${sources})
  set_source_files_properties(${directory}/boost_json.cc PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_include_directories(tarn_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_compile_options(tarn_${name} PRIVATE ${TARN_WARNINGS})
  foreach(dependency ${arg_DEPENDS})
    if(TARGET tarn_${dependency})
      target_link_libraries(tarn_${name} PUBLIC tarn_${dependency})
    endif()
  endforeach()
  foreach(library ${arg_LIBRARIES})
    target_link_libraries(tarn_${name} PUBLIC dep::${library})
  endforeach()

  if(TARN_HEADER_CHECK AND headers)
    target_sources(tarn_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR}/src
                   FILES ${headers})
    set_target_properties(tarn_${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  endif()

  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE tarn_${name} doctest_main)
    target_compile_options(${name}_test PRIVATE ${TARN_WARNINGS} -Wno-conversion)
    target_compile_definitions(${name}_test PRIVATE TARN_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                               TARN_BINARY_DIR="${CMAKE_BINARY_DIR}")
    set_target_properties(${name}_test PROPERTIES BUILD_RPATH ${CMAKE_BINARY_DIR}/lib
                          UNITY_BUILD OFF)
    add_test(NAME ${name} COMMAND ${name}_test)
  endif()
endfunction()
