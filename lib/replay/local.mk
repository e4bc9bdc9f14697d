lib_libneap_la_SOURCES += \
	%D%/decide.c %D%/fleet.c %D%/fleet.h %D%/latency.c %D%/latency.h %D%/options.c \
	%D%/pipeline.c %D%/pipeline.h %D%/queue.c %D%/queue.h %D%/replay.c %D%/replay_impl.h \
	%D%/streams.h %D%/tick.c
