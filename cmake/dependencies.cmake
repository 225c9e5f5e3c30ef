# Imported targets for every outside library, named `dep::<library>`. All includes are SYSTEM.

if(NOT TARN_DEPENDENCIES)
  if(DEFINED ENV{TARN_CACHE})
    set(TARN_DEPENDENCIES $ENV{TARN_CACHE})
  else()
    set(TARN_DEPENDENCIES $ENV{HOME}/.cache/tarn)
  endif()
endif()

find_package(PkgConfig REQUIRED)

function(pkg_dependency name module)
  pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${module})
  add_library(dep::${name} ALIAS PkgConfig::${name})
endfunction()

function(library_dependency name)
  find_library(${name}_library NAMES ${name} REQUIRED)
  add_library(dep::${name} INTERFACE IMPORTED)
  target_link_libraries(dep::${name} INTERFACE ${${name}_library})
endfunction()

pkg_dependency(pq libpq)
pkg_dependency(curl libcurl)
pkg_dependency(yaml yaml-0.1)
pkg_dependency(pcre2 libpcre2-8)
pkg_dependency(utf8proc libutf8proc)
pkg_dependency(sqlite3 sqlite3)
pkg_dependency(crypto libcrypto)
pkg_dependency(zstd libzstd)
pkg_dependency(zlib zlib)
pkg_dependency(lz4 liblz4)
library_dependency(snappy)
library_dependency(roaring)
library_dependency(date-tz)

find_package(fmt REQUIRED)
add_library(dep::fmt ALIAS fmt::fmt)
find_package(Threads REQUIRED)
add_library(dep::threads ALIAS Threads::Threads)

# One exact DuckDB: the library and the headers it was built from.
set(TARN_DUCKDB_DIR ${TARN_DEPENDENCIES}/duckdb-1.5.5)
if(NOT EXISTS ${TARN_DUCKDB_DIR}/lib/libduckdb.so)
  message(FATAL_ERROR "DuckDB is missing in ${TARN_DUCKDB_DIR}: run `./dev deps` first")
endif()
add_library(dep::duckdb SHARED IMPORTED)
set_target_properties(dep::duckdb PROPERTIES
  IMPORTED_LOCATION ${TARN_DUCKDB_DIR}/lib/libduckdb.so
  IMPORTED_NO_SONAME ON
  INTERFACE_INCLUDE_DIRECTORIES ${TARN_DUCKDB_DIR}/include)

# The build tree has the shape of the installed one: bin/tarn beside lib/.
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
file(CREATE_LINK ${TARN_DUCKDB_DIR}/lib/libduckdb.so ${CMAKE_BINARY_DIR}/lib/libduckdb.so SYMBOLIC)
file(CREATE_LINK ${TARN_DUCKDB_DIR}/extensions ${CMAKE_BINARY_DIR}/lib/extensions SYMBOLIC)
