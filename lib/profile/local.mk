lib_libneap_la_SOURCES += %D%/spec.c %D%/settle.c %D%/distribution.c %D%/profile.c %D%/access.c \
    %D%/impl.h
