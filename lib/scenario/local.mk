lib_libneap_la_SOURCES += \
	%D%/access.c %D%/blame.c %D%/file.c %D%/file.h %D%/ini.c %D%/ini.h %D%/manifest.c %D%/manifest.h %D%/named.c \
	%D%/scenario.c %D%/scenario_impl.h %D%/sections.c %D%/traffic.c
