lib_libneap_la_SOURCES += \
	%D%/balancing.c %D%/balancing.h %D%/balancing_chain.c %D%/container.c \
	%D%/container_chain.c %D%/dequeue.c %D%/equivalent.c %D%/even.c %D%/even.h %D%/erlang.c %D%/explain.c \
	%D%/explain.h %D%/forward.c %D%/forward.h %D%/gimc.c %D%/ideal.c \
	%D%/infinite.c %D%/inversion.c %D%/inversion.h %D%/latency.c %D%/law.c %D%/law.h %D%/loss.c \
	%D%/mdc.c %D%/mg1.c %D%/poisson.c %D%/poisson.h %D%/response.c %D%/sharing.c \
	%D%/solve.c %D%/solve.h %D%/station.c %D%/station.h %D%/station_kinds.c \
	%D%/wait.c
