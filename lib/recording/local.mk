lib_libneap_la_SOURCES += %D%/options.c %D%/header.c %D%/rows.c %D%/grid.c %D%/fill.c \
	%D%/read.c %D%/recording.c %D%/resample.c %D%/impl.h
