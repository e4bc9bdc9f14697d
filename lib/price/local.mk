lib_libneap_la_SOURCES += \
	%D%/bill.c %D%/impl.h %D%/lists.c %D%/look.c %D%/options.c %D%/price.c %D%/rates.c \
	%D%/sheet.c %D%/size.c
