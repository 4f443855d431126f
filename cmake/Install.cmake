# A program in bin/ opens lib/libduckdb.so beside that folder, in the build tree and in an install tree alike, so that either
# can be copied anywhere. In the build tree the library is a hard link where the file system allows one.
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
file(CREATE_LINK ${FLOWTRAIL_DUCKDB_DIR}/lib/libduckdb.so ${CMAKE_BINARY_DIR}/lib/libduckdb.so COPY_ON_ERROR)

install(TARGETS flowtrail RUNTIME DESTINATION bin)
install(FILES ${FLOWTRAIL_DUCKDB_DIR}/lib/libduckdb.so DESTINATION lib)
install(FILES LICENSE README.md CHANGELOG.md DESTINATION share/doc/flowtrail)
