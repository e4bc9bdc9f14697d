lib_libneap_la_SOURCES += \
	%D%/civil.c %D%/fields.c %D%/impl.h %D%/parse.c %D%/pattern.c %D%/period.c %D%/tzif.c \
	%D%/tzrule.c %D%/zone.c
