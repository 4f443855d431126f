# bin/flowtrail finds lib/libduckdb.so beside it ($ORIGIN), in the build tree and in an install tree alike, so that either can
# be copied anywhere. In the build tree the library is a hard link where the file system allows one.
set_target_properties(flowtrail PROPERTIES BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN/../lib")
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
file(CREATE_LINK ${FLOWTRAIL_DUCKDB_DIR}/lib/libduckdb.so ${CMAKE_BINARY_DIR}/lib/libduckdb.so COPY_ON_ERROR)

install(TARGETS flowtrail RUNTIME DESTINATION bin)
install(FILES ${FLOWTRAIL_DUCKDB_DIR}/lib/libduckdb.so DESTINATION lib)
install(FILES LICENSE README.md CHANGELOG.md DESTINATION share/doc/flowtrail)
