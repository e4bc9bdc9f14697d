lib_libneap_la_SOURCES += \
	%D%/ahead.c \
	%D%/decide.c \
	%D%/engine.h \
	%D%/fleet.c \
	%D%/fleet.h \
	%D%/latency.c \
	%D%/latency.h \
	%D%/latency_grid.c \
	%D%/latency_impl.h \
	%D%/latency_new.c \
	%D%/latency_tail.c \
	%D%/mix.c \
	%D%/mix.h \
	%D%/options.c \
	%D%/pipeline.c \
	%D%/pipeline.h \
	%D%/queue.c \
	%D%/queue.h \
	%D%/replay.c \
	%D%/replay_impl.h \
	%D%/request.c \
	%D%/request_impl.h \
	%D%/request_pool.c \
	%D%/request_tape.c \
	%D%/rollout.c \
	%D%/rollout.h \
	%D%/run.c \
	%D%/scaling.c %D%/signals.c %D%/signals.h \
	%D%/start.c \
	%D%/start.h \
	%D%/streams.h \
	%D%/stretch.c \
	%D%/tick.c \
	%D%/tick.h \
	%D%/tick_engine.c \
	%D%/timeline.c \
	%D%/together.c
