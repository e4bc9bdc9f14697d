lib_libneap_la_SOURCES += %D%/options.c %D%/header.c %D%/rows.c %D%/grid.c %D%/fill.c \
	%D%/read.c %D%/recording.c %D%/resample.c %D%/split.c %D%/stamps.c %D%/stamps_build.c %D%/write.c %D%/holidays.c \
	%D%/synth_options.c %D%/synth_plan.c %D%/synth.c %D%/synth.h %D%/impl.h
