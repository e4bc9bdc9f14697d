lib_libneap_la_SOURCES += \
	%D%/forecast.c \
	%D%/impl.h \
	%D%/start.c
