lib_libneap_la_SOURCES += \
	%D%/central.c %D%/client.c %D%/events.c %D%/balance.h %D%/own.c %D%/own.h %D%/own_loop.c %D%/pool.c %D%/pool.h %D%/settled.c %D%/settled.h %D%/tape.c \
	%D%/arrivals.c %D%/arrivals.h %D%/draws.c %D%/draws.h %D%/draws_loops.h %D%/needs.c %D%/needs.h %D%/streams.h %D%/tape.h
