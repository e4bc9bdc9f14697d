lib_libneap_la_SOURCES += %D%/access.c %D%/buckets.c %D%/check.c %D%/distribution.c %D%/fill.c \
    %D%/minimise.c %D%/need.c %D%/percentiles.c %D%/profile.c %D%/range.c %D%/settle.c %D%/spec.c \
    %D%/speedup.c %D%/impl.h
