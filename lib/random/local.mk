lib_libneap_la_SOURCES += %D%/buckets.c %D%/stream.c %D%/stream.h %D%/stream_gsl.c %D%/family.c %D%/gamma.c \
    %D%/quantiles.c %D%/samples.c %D%/make.c %D%/distribution.c %D%/distribution.h %D%/impl.h \
    %D%/count.c %D%/count.h %D%/quantile_table.c %D%/quantile_table.h %D%/histogram.c %D%/histogram.h
