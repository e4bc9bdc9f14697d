lib_libneap_la_SOURCES += %D%/sweep.c
