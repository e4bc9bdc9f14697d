lib_libneap_la_SOURCES += \
	%D%/civil.c %D%/day_curve.c %D%/fields.c %D%/holidays.c %D%/impl.h %D%/parse.c \
	%D%/pattern.c %D%/period.c %D%/tzif.c %D%/tzrule.c %D%/zone.c
