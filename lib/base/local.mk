lib_libneap_la_SOURCES += \
	%D%/array.c \
	%D%/array.h \
	%D%/decimal.c \
	%D%/duration.h \
	%D%/error.c \
	%D%/fail.h \
	%D%/output.c \
	%D%/parameter.c \
	%D%/quantity.c \
	%D%/suggest.c \
	%D%/text.c \
	%D%/text.h \
	%D%/version.c
