lib_libneap_la_SOURCES += \
	%D%/arrivals.c %D%/arrivals.h %D%/balance.h %D%/calendar.c %D%/calendar.h %D%/central.c %D%/client.c %D%/door.c %D%/door.h \
	%D%/draws.c %D%/draws.h %D%/draws_loops.h \
	%D%/events.c %D%/events_client.c %D%/events_container.c %D%/events_impl.h %D%/events_line.c %D%/events_loop.c %D%/events_order.h %D%/events_steps.h \
	%D%/levels.c %D%/levels.h %D%/needs.c %D%/needs.h \
	%D%/own.c %D%/own.h %D%/own_hard.c %D%/own_loop.c %D%/pool.c %D%/pool.h %D%/settled.c %D%/settled.h \
	%D%/streams.h %D%/tape.c %D%/tape.h %D%/tournament.h
