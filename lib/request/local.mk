lib_libneap_la_SOURCES += \
	%D%/central.c %D%/client.c %D%/events.c %D%/own.c %D%/pool.c %D%/pool.h %D%/tape.c
