# bin/flowtrail finds lib/libduckdb.so beside it ($ORIGIN), in the build tree and in a copied install tree alike.
include(GNUInstallDirs)
install(TARGETS flowtrail RUNTIME DESTINATION bin)
install(FILES ${FLOWTRAIL_DUCKDB_DIR}/lib/libduckdb.so DESTINATION lib)
install(FILES LICENSE README.md CHANGELOG.md DESTINATION share/doc/flowtrail)
