lib_libneap_la_SOURCES += \
	%D%/check.c %D%/document.c %D%/impl.h %D%/layout.c %D%/layout.h %D%/node.c %D%/path.c \
	%D%/utf8.c %D%/write.c %D%/write_csv.c %D%/write_json.c %D%/write_table.c %D%/write_text.c
